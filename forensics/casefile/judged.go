package casefile

import (
	"net/netip"
	"strings"

	"keytrail/forensics"
)

// The filter's key verdict: what Judge says, of every event at once.

// The verdicts as small numbers, for a look at every event.
const (
	saidNothing = iota
	saidMine
	saidNotMine
)

func said(verdict string) uint8 {
	switch verdict {
	case VerdictMine:
		return saidMine
	case VerdictNotMine:
		return saidNotMine
	}
	return saidNothing
}

// verdicts answers the key verdict; choices has a bit for unknown, mine, not-mine.
func (q *query) verdicts(choices uint64) (bitset, error) {
	v, err := loadVerdicts(q.ctx, q.c.read)
	if err != nil {
		return nil, err
	}
	found := newBitset(q.n)
	if choices>>saidNothing&1 != 0 {
		found.invert(q.n)
	}
	if v.empty() {
		return found, nil
	}
	kinds := map[string]bool{}
	for entity := range v.texts {
		kind, _, _ := strings.Cut(entity, ":")
		kinds[kind] = true
	}
	text := func(kind string) func(string) string { return func(s string) string { return v.ofText(kind, s) } }
	// The worse of the first columns decides, then the worse of the last ones.
	first := [...]spokenColumn{
		{textIP, q.spoken(textIP, kinds[forensics.EntityIP] || len(v.networks) > 0, func(s string) string { ip, _ := netip.ParseAddr(s); return v.ofAddr(ip) })},
		{textClient, q.spoken(textClient, kinds[forensics.EntityClient], text(forensics.EntityClient))},
		{textKey, q.spoken(textKey, kinds[forensics.EntityKey], text(forensics.EntityKey))},
	}
	last := [...]spokenColumn{
		{textActor, q.spoken(textActor, kinds[forensics.EntityAccount], text(forensics.EntityAccount))},
		{textService, q.spoken(textService, kinds[forensics.EntityService], v.ofService)},
	}
	t := &q.s.columns.texts
	verdict := make([]uint8, q.n)
	for _, c := range last {
		c.worse(verdict, t[c.column])
	}
	stronger := make([]uint8, q.n)
	for i, c := range first {
		c.worse(stronger, t[c.column])
		if i == 0 && len(v.asns) > 0 {
			for k, asn := range q.s.columns.asn {
				if stronger[k] == saidNothing && asn != 0 {
					stronger[k] = said(v.asns[asn])
				}
			}
		}
	}
	return where(q.n, func(i int) bool {
		s := stronger[i]
		if s == saidNothing {
			s = verdict[i]
		}
		return choices>>s&1 != 0
	}), nil
}

// spoken says what verdicts say about each text of one column, nil where there is no verdict on such.
func (q *query) spoken(column int, some bool, of func(text string) string) []uint8 {
	if !some {
		return nil
	}
	list := make([]uint8, len(q.s.texts.end))
	for id := range q.used(column) {
		list[id] = said(of(q.s.texts.view(uint32(id))))
	}
	return list
}

// spokenColumn is what verdicts say about the texts of one column.
type spokenColumn struct {
	column int
	said   []uint8
}

// worse joins what is said about each event's text to what was said about the event before.
func (c spokenColumn) worse(to []uint8, ids []uint32) {
	if c.said == nil {
		return
	}
	for i, id := range ids {
		to[i] = max(to[i], c.said[id])
	}
}
