package casefile

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"keytrail/forensics"
)

// Entities lists everything of one of forensics.EntityKinds that events name, the most frequent first. Seen counts
// their events in equal cells of the time from the first to the last dated event of the case; it must not be changed.
//
// A network is the block that forensics.Network gives for an address. An account is one that events are about, or an address
// that acted on one. Country, operator and name are what events state; where those of a network differ, none is given.
func (c *Case) Entities(ctx context.Context, kind string, cells int) ([]forensics.Entity, error) {
	if !slices.Contains(forensics.EntityKinds(), kind) {
		return nil, fmt.Errorf("%q is no kind of entity", kind)
	}
	verdicts, err := loadVerdicts(ctx, c.read)
	if err != nil {
		return nil, err
	}
	b, err := c.Briefs(ctx)
	if err != nil {
		return nil, err
	}
	c.entitiesMu.Lock()
	defer c.entitiesMu.Unlock()
	cells = max(0, cells)
	t := c.entities[kind]
	if t == nil || t.s != b.s || t.cells != cells {
		if t, err = c.newEntityTable(b, kind, cells); err != nil {
			return nil, fmt.Errorf("list the entities: %w", err)
		}
		if c.entities == nil {
			c.entities = map[string]*entityTable{}
		}
		c.entities[kind] = t
	}
	list := slices.Clone(t.list)
	t.judge(list, verdicts)
	t.setIncidents(list, c.incidentsOf())
	return list, nil
}

// entityTable is what the events of one state say about the entities of one kind. Verdicts and
// incidents are no part of it: they change without the events.
type entityTable struct {
	s     *state
	kind  string
	cells int
	list  []forensics.Entity

	text   []uint32          // 1 + place in list of the entity that a text names; 0 for none
	asn    map[uint32]uint32 // the same of an operator
	first  []uint32          // the columns whose texts name entities: one, or two for accounts
	second []uint32
}

// of gives the entities of an event as 1 + place in list, 0 for none.
func (t *entityTable) of(i uint32) (a, b uint32) {
	if t.asn != nil {
		return t.asn[t.s.columns.asn[i]], 0
	}
	a = t.text[t.first[i]]
	if t.second != nil {
		if b = t.text[t.second[i]]; b == a {
			b = 0
		}
	}
	return a, b
}

func (c *Case) newEntityTable(b *Briefs, kind string, cells int) (*entityTable, error) {
	t := &entityTable{s: b.s, kind: kind, cells: cells}
	texts := &b.s.columns.texts
	switch kind {
	case forensics.EntityIP, forensics.EntityNetwork:
		t.first = texts[textIP]
	case forensics.EntityClient:
		t.first = texts[textClient]
	case forensics.EntityKey:
		t.first = texts[textKey]
	case forensics.EntityService:
		t.first = texts[textService]
	case forensics.EntityAccount:
		t.first, t.second = texts[textAccount], texts[textActor]
	case forensics.EntityASN:
		t.numberOperators()
	}
	if kind != forensics.EntityASN {
		if err := t.numberTexts(c, b); err != nil {
			return nil, err
		}
	}
	place := newPlaces(t)
	t.count(place)
	if err := place.fill(c); err != nil {
		return nil, err
	}
	t.countAccounts(b)
	t.arrange()
	return t, nil
}

// numberOperators makes an entity of every operator.
func (t *entityTable) numberOperators() {
	t.asn = map[uint32]uint32{}
	last := uint32(0)
	for _, asn := range t.s.columns.asn {
		if asn == last || asn == 0 {
			continue
		}
		last = asn
		if t.asn[asn] == 0 {
			t.list = append(t.list, forensics.Entity{Kind: t.kind, Value: strconv.FormatUint(uint64(asn), 10), ASN: asn})
			t.asn[asn] = uint32(len(t.list))
		}
	}
}

// numberTexts makes an entity of every text of the columns, of all spellings of one, or of
// all addresses of a network.
func (t *entityTable) numberTexts(c *Case, b *Briefs) error {
	t.text = make([]uint32, len(t.s.texts.end))
	networks := map[netip.Prefix]uint32{}
	var spelled []uint32 // the text of each entity
	for pass, column := range [...][]uint32{t.first, t.second} {
		used := newBitset(len(t.text))
		for _, id := range column {
			used.add(int(id))
		}
		for id := uint32(1); int(id) < len(t.text); id++ {
			symbol := b.symbols.of(id)
			switch {
			case !used.has(id) || t.text[id] != 0:
				continue
			case pass == 1 && !strings.Contains(b.text(id), "@"): // who acted: a name, a system
				continue
			case t.text[symbol] != 0:
				t.text[id] = t.text[symbol]
				continue
			}
			value := ""
			if t.kind == forensics.EntityNetwork {
				ip, err := netip.ParseAddr(b.text(id))
				if err != nil {
					continue
				}
				p := forensics.Network(ip)
				if t.text[id] = networks[p]; t.text[id] != 0 {
					continue
				}
				networks[p] = uint32(len(t.list) + 1)
				value = p.String()
			}
			t.list = append(t.list, forensics.Entity{Kind: t.kind, Value: value})
			spelled = append(spelled, id)
			t.text[id], t.text[symbol] = uint32(len(t.list)), uint32(len(t.list))
		}
	}
	if t.kind == forensics.EntityNetwork {
		return nil
	}
	if t.kind == forensics.EntityIP {
		for i, id := range spelled {
			t.list[i].Value = b.text(id)
		}
		return nil
	}
	f := fetcher{c: c, r: c.reader, texts: map[uint32]string{}}
	return f.r.transact(func() error {
		for i, id := range spelled {
			if err := f.loadText(id); err != nil {
				return err
			}
			t.list[i].Value = f.texts[id]
		}
		return nil
	})
}

// count goes over all events in the order of the timeline.
func (t *entityTable) count(place *places) {
	col := &t.s.columns
	seen := make([]uint32, len(t.list)*t.cells)
	var from, to int64
	if t.s.dated > 0 {
		from, to = col.time[t.s.order[0]], col.time[t.s.order[t.s.dated-1]]
	}
	width := uint64(to) - uint64(from) + 1
	cell, end := -1, from // the events before end stand in cell
	for k, i := range t.s.order {
		dated := k < t.s.dated
		for dated && t.cells > 0 && cell+1 < t.cells && (cell < 0 || col.time[i] >= end) {
			cell++
			end = from + int64(muldiv(width, uint64(cell+1), uint64(t.cells)))
		}
		a, b := t.of(i)
		for _, at := range [...]uint32{a, b} {
			if at == 0 {
				continue
			}
			e := &t.list[at-1]
			e.Events++
			e.Groups[groups[col.kind[i]]]++
			if dated {
				if e.First == 0 {
					e.First = col.time[i]
				}
				e.Last = col.time[i]
				if t.cells > 0 {
					seen[int(at-1)*t.cells+cell]++
				}
			}
			place.note(at-1, i)
		}
	}
	for i := range t.list {
		t.list[i].Seen = seen[i*t.cells : (i+1)*t.cells : (i+1)*t.cells]
	}
}

// countAccounts finds out with how many accounts each entity has to do.
func (t *entityTable) countAccounts(b *Briefs) {
	last := make([]uint32, len(t.list))
	for at := range b.accounts {
		if b.accounts[at] == "" {
			continue
		}
		for _, i := range b.index[b.start[at]:b.start[at+1]] {
			x, y := t.of(i)
			for _, e := range [...]uint32{x, y} {
				if e != 0 && last[e-1] != uint32(at+1) {
					last[e-1] = uint32(at + 1)
					t.list[e-1].Accounts++
				}
			}
		}
	}
}

// arrange puts the most frequent first.
func (t *entityTable) arrange() {
	order := make([]uint32, len(t.list))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		x, y := &t.list[a], &t.list[b]
		return cmp.Or(cmp.Compare(y.Events, x.Events), cmp.Compare(uint64(x.First)-1, uint64(y.First)-1), // undated ones last
			cmp.Compare(x.Value, y.Value))
	})
	list := make([]forensics.Entity, len(order))
	moved := make([]uint32, len(order)+1)
	for to, from := range order {
		list[to] = t.list[from]
		moved[from+1] = uint32(to + 1)
	}
	t.list = list
	for i, e := range t.text {
		t.text[i] = moved[e]
	}
	for asn, e := range t.asn {
		t.asn[asn] = moved[e]
	}
}

// judge fills in the verdicts.
func (t *entityTable) judge(list []forensics.Entity, v *verdicts) {
	if v.empty() {
		return
	}
	judge := Judge{v}
	for i := range list {
		e := &list[i]
		if t.kind != forensics.EntityIP {
			e.Verdict = judge.Text(t.kind, e.Value)
		} else if ip, err := netip.ParseAddr(e.Value); err == nil {
			e.Verdict = v.ofIP(ip, e.ASN)
		}
	}
}

// setIncidents notes in which incidents the events of each entity are, and of which they are answers only.
func (t *entityTable) setIncidents(list []forensics.Entity, incidents incidentRows) {
	touched := map[uint32]bool{}
	for row, ids := range incidents.all {
		i, ok := t.s.columns.find(row)
		if !ok {
			continue
		}
		a, b := t.of(uint32(i))
		for _, e := range [...]uint32{a, b} {
			if e == 0 {
				continue
			}
			touched[e-1] = true
			for _, id := range ids {
				if to := &list[e-1]; slices.Contains(incidents.answers[row], id) {
					to.Answered = append(to.Answered, id)
				} else {
					to.Incidents = append(to.Incidents, id)
				}
			}
		}
	}
	for i := range touched {
		e := &list[i]
		slices.Sort(e.Incidents)
		e.Incidents = slices.Compact(e.Incidents)
		slices.Sort(e.Answered)
		e.Answered = slices.DeleteFunc(slices.Compact(e.Answered), func(id int64) bool { return slices.Contains(e.Incidents, id) })
	}
}
