package screen

import (
	"keytrail/forensics"
	"keytrail/tui/kit"
)

// gather sums the items up for their evidence.
func gather(evidence []forensics.Evidence, items []forensics.Item, err error) evidenceRead {
	out := evidenceRead{err: err}
	place := map[int64]int{}
	for i, e := range evidence {
		place[e.ID] = i
		out.evidence = append(out.evidence, evidenceNode{Evidence: e, state: map[forensics.Status]int{}})
	}
	for _, it := range items {
		i, ok := place[it.Evidence]
		if !ok {
			continue
		}
		n := &out.evidence[i]
		n.items = append(n.items, it)
		n.counts = n.counts.Add(it.Counts)
		n.state[it.Status]++
		n.addFormat(it.Format)
		if it.First != 0 || it.Last != 0 {
			if out.span == [2]int64{} {
				out.span = [2]int64{it.First, it.Last}
			}
			out.span = [2]int64{min(out.span[0], it.First), max(out.span[1], it.Last)}
		}
	}
	return out
}

func (n *evidenceNode) addFormat(f string) {
	switch {
	case f == "" || f == n.format:
	case n.format == "":
		n.format = f
	default:
		n.format = "several"
	}
}

// status is the word for all items together, with the status whose look it has: the
// items' own where they agree, else how many of them could be read in full.
func (n *evidenceNode) status() (word string, like forensics.Status) {
	if !n.Done || n.state[forensics.StatusReading] > 0 {
		return forensics.StatusReading.String(), forensics.StatusReading
	}
	fine := n.state[forensics.StatusOK] + n.state[forensics.StatusDuplicate] + n.state[forensics.StatusEmpty]
	switch {
	case len(n.items) == 0:
		return forensics.StatusEmpty.String(), forensics.StatusEmpty
	case fine == len(n.items) && n.state[forensics.StatusOK] > 0:
		return forensics.StatusOK.String(), forensics.StatusOK
	case len(n.state) == 1:
		return n.items[0].Status.String(), n.items[0].Status
	}
	return itoa(int64(fine)) + "/" + itoa(int64(len(n.items))) + " ok", forensics.StatusPartial
}

// wants reports whether something of an item was not read.
func wants(s forensics.Status) bool {
	switch s {
	case forensics.StatusPartial, forensics.StatusFailed, forensics.StatusUnrecognised:
		return true
	}
	return false
}

// itemsText counts the items by status: 57 items: 48 ok, 9 unrecognised.
func (n *evidenceNode) itemsText() string {
	if n.plain() || len(n.items) == 0 {
		return ""
	}
	text := kit.Plural(int64(len(n.items)), "item") + ":"
	for s := forensics.StatusReading; s <= forensics.StatusEmpty; s++ {
		if c := n.state[s]; c > 0 {
			text += " " + kit.Count(int64(c)) + " " + s.String() + ","
		}
	}
	return text[:len(text)-1]
}
