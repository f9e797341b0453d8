package statement

import (
	"strings"

	"keytrail/forensics/format"
)

// fold writes a column's name or a word as it is compared.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// matchName compares a folded name with a pattern, in which one "*" stands for anything: "date(utc*)". It
// gives what the star stands for.
func matchName(pattern, name string) (star string, ok bool) {
	before, after, any := strings.Cut(pattern, "*")
	if !any {
		return "", pattern == name
	}
	if len(name) < len(before)+len(after) || !strings.HasPrefix(name, before) || !strings.HasSuffix(name, after) {
		return "", false
	}
	return name[len(before) : len(name)-len(after)], true
}

// findColumn finds the first column that one of several patterns, parted by bars, names; -1 where there is none.
// The patterns are tried in their order.
func findColumn(names []string, patterns string) (at int, star string) {
	if patterns == "" {
		return -1, ""
	}
	for p := range strings.SplitSeq(patterns, "|") {
		for i, name := range names {
			if star, ok := matchName(p, name); ok {
				return i, star
			}
		}
	}
	return -1, ""
}

// foldAll folds the cells of a row; nil where it cannot be a header.
func foldAll(fields [][]byte) []string {
	const fewest, most, longest = 3, 400, 200
	if len(fields) < fewest || len(fields) > most {
		return nil
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		if len(f) > longest {
			return nil
		}
		names[i] = fold(strings.TrimPrefix(format.Text(f), "\ufeff"))
	}
	return names
}

// columns are the places of the facts in a row, -1 where there is none.
type columns struct {
	time, op, asset, amount, dest, tx, id, usd, cur, price, fee, network, status, note int
	offset                                                                             int    // of the times, as the header says, in seconds
	currency                                                                           string // that the header says: "USD Subtotal"
	width                                                                              int    // fields that a row needs at least
}

// bind finds a layout's columns in a header. ok is false where it is another layout's.
func (l *layout) bind(names []string) (c columns, ok bool) {
	if names == nil {
		return c, false
	}
	for _, want := range l.header {
		at, star := findColumn(names, want)
		if at < 0 {
			return c, false
		}
		if strings.HasPrefix(want, "*") {
			c.currency = strings.ToUpper(strings.TrimSpace(star))
		}
	}
	col := func(patterns string) int {
		at, _ := findColumn(names, patterns)
		return at
	}
	at, star := findColumn(names, l.at)
	switch l.clock.zone {
	case zoneFixed:
		c.offset = l.clock.offset
	case zoneHeader:
		if c.offset, ok = headerOffset(star); !ok {
			return c, false
		}
	}
	c.time = at
	c.op, c.asset, c.amount, c.dest = col(l.op), col(l.asset), col(l.amount), col(l.dest)
	c.tx, c.id, c.usd, c.cur, c.price, c.fee = col(l.tx), col(l.id), col(l.usd), col(l.cur), col(l.price), col(l.fee)
	c.network, c.status, c.note = col(l.network), col(l.status), col(l.note)
	c.width = 1 + max(c.time, c.op, c.asset, c.amount)
	return c, c.time >= 0 && c.amount >= 0
}
