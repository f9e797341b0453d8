package casefile

import (
	"net/netip"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// Which events entities mean.

// entityFinder says which texts of which columns entities mean.
type entityFinder struct {
	b    *Briefs
	ids  [numFiltered]bitset
	asns map[uint32]bool
}

// entity is one in its parts.
type entity struct{ kind, value string }

// newEntityFinder makes a finder of entities and gives them in their one spelling. An error is that of ParseEntity.
func newEntityFinder(b *Briefs, names []string) (*entityFinder, []entity, error) {
	f := &entityFinder{b: b, asns: map[uint32]bool{}}
	var list []entity
	for _, name := range names {
		spelled, err := ParseEntity(name)
		if err != nil {
			return nil, nil, err
		}
		kind, value, _ := strings.Cut(spelled, ":")
		f.add(kind, value)
		list = append(list, entity{kind, value})
	}
	return f, list, nil
}

// add takes in one entity. A value that is none of its kind names nothing.
func (f *entityFinder) add(kind, value string) {
	folded := filter.Fold(value)
	same := func(text string) bool { return text == folded }
	switch kind {
	case forensics.EntityIP:
		f.find(textIP, same)
	case forensics.EntityNetwork:
		p, err := netip.ParsePrefix(value)
		if err != nil {
			return
		}
		f.find(textIP, func(text string) bool {
			ip, err := netip.ParseAddr(text)
			return err == nil && p.Contains(ip.WithZone(""))
		})
	case forensics.EntityASN:
		if n, err := strconv.ParseUint(value, 10, 32); err == nil {
			f.asns[uint32(n)] = true
		}
	case forensics.EntityClient:
		f.find(textClient, same)
	case forensics.EntityKey:
		f.find(textKey, same)
	case forensics.EntityService:
		f.find(textService, same)
	case forensics.EntityAccount:
		f.find(textActor, same)
		f.find(textAccount, same)
	}
}

// find adds the texts of a column that match.
func (f *entityFinder) find(column int, match func(string) bool) {
	if f.ids[column] == nil {
		f.ids[column] = newBitset(len(f.b.s.texts.end))
	}
	q := query{s: f.b.s}
	for id := range q.used(column) {
		if match(f.b.text(uint32(id))) {
			f.ids[column].add(id)
		}
	}
}

// otherwise reports whether an entity that is no address and no client has a part in an event.
func (f *entityFinder) otherwise(i uint32) bool {
	for _, which := range [...]int{textAccount, textActor, textKey, textService} {
		if f.ids[which] != nil && f.ids[which].has(f.b.s.columns.texts[which][i]) {
			return true
		}
	}
	return false
}
