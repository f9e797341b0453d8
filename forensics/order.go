package forensics

import "cmp"

// Compare is the one total order of the timeline: time, evidence, item,
// offset, row. Events without a reliable time come last.
func Compare(a, b *Event) int {
	return cmp.Or(
		boolCompare(a.Time.Unreliable, b.Time.Unreliable),
		cmp.Compare(a.Time.Nano, b.Time.Nano),
		cmp.Compare(a.Ref.Evidence, b.Ref.Evidence),
		cmp.Compare(a.Ref.Item, b.Ref.Item),
		cmp.Compare(a.Ref.Offset, b.Ref.Offset),
		cmp.Compare(a.Row, b.Row),
	)
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
