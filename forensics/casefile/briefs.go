package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"keytrail/forensics"
)

// Briefs hands out the events of one snapshot account by account, out of the columns in
// memory. Two goroutines may ask at once.
type Briefs struct {
	c       *Case
	s       *state
	symbols symbols

	accounts []string
	place    map[string]int    // of an account in accounts
	start    []uint32          // where each account's events begin in index; one more than accounts
	index    []uint32          // events by account, in the order of the timeline
	used     [numFiltered]bool // columns in which some event has a text
	spelled  sync.Map          // texts that were asked for, by symbol
}

var _ forensics.Briefs = (*Briefs)(nil)

// Briefs takes a snapshot of the case for detection.
func (c *Case) Briefs(ctx context.Context) (*Briefs, error) {
	c.flushed()
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	s.sort()
	if c.briefs == nil || c.briefs.s != s {
		c.briefs = newBriefs(c, s)
	}
	return c.briefs, nil
}

// newBriefs sorts the events by account: a count, then each event to its place.
func newBriefs(c *Case, s *state) *Briefs {
	b := &Briefs{c: c, s: s, symbols: newSymbols(&s.texts), place: map[string]int{}}
	for i, values := range s.columns.texts {
		b.used[i] = slices.ContainsFunc(values, func(id uint32) bool { return id != 0 })
	}
	column := s.columns.texts[textAccount]
	count := make([]uint32, len(s.texts.end))
	for _, id := range column {
		count[id]++
	}
	b.symbols.merge(count)
	var ids []uint32
	for id, n := range count {
		if n > 0 {
			ids = append(ids, uint32(id))
		}
	}
	slices.SortFunc(ids, func(x, y uint32) int { return strings.Compare(b.text(x), b.text(y)) })
	next := make([]uint32, len(count)) // where the next event of an account goes
	at := uint32(0)
	for i, id := range ids {
		b.accounts = append(b.accounts, b.text(id))
		b.place[b.text(id)] = i
		b.start = append(b.start, at)
		next[id] = at
		at += count[id]
	}
	b.start = append(b.start, at)
	b.index = make([]uint32, at)
	for _, i := range s.order {
		id := b.symbols.of(column[i])
		b.index[next[id]] = i
		next[id]++
	}
	return b
}

// Len tells how many events the snapshot has.
func (b *Briefs) Len() int { return len(b.index) }

// Accounts implements forensics.Briefs. The list is the snapshot's own.
func (b *Briefs) Accounts() []string { return b.accounts }

// Account implements forensics.Briefs. An account that the case does not have gives no events.
func (b *Briefs) Account(account string, buffer []forensics.Brief) (forensics.AccountEvents, error) {
	at, ok := b.place[account]
	if !ok {
		return forensics.AccountEvents{Account: account, Briefs: buffer[:0]}, nil
	}
	index := b.index[b.start[at]:b.start[at+1]]
	buffer = slices.Grow(buffer[:0], len(index))[:len(index)]
	b.fill(buffer, index)
	return forensics.AccountEvents{Account: account, Briefs: buffer}, nil
}

// symbolColumns say which column fills which symbol of a brief.
var symbolColumns = [...]struct {
	column int
	field  uintptr // in forensics.Brief
}{
	{textAccount, unsafe.Offsetof(forensics.Brief{}.Account)},
	{textActor, unsafe.Offsetof(forensics.Brief{}.Actor)},
	{textIP, unsafe.Offsetof(forensics.Brief{}.IP)},
	{textHost, unsafe.Offsetof(forensics.Brief{}.Host)},
	{textCountry, unsafe.Offsetof(forensics.Brief{}.Country)},
	{textOrg, unsafe.Offsetof(forensics.Brief{}.Org)},
	{textClient, unsafe.Offsetof(forensics.Brief{}.Client)},
	{textProtocol, unsafe.Offsetof(forensics.Brief{}.Protocol)},
	{textService, unsafe.Offsetof(forensics.Brief{}.Service)},
	{textOperation, unsafe.Offsetof(forensics.Brief{}.Operation)},
	{textSender, unsafe.Offsetof(forensics.Brief{}.From)},
	{textKey, unsafe.Offsetof(forensics.Brief{}.Key)},
	{textFolder, unsafe.Offsetof(forensics.Brief{}.Folder)},
	{textDetail, unsafe.Offsetof(forensics.Brief{}.Detail)},
	{textFormat, unsafe.Offsetof(forensics.Brief{}.Provider)},
}

// fill reads the columns at the events' places. The places of one account lie far from each other, so it is
// the memory that takes the time: each column is read by itself, where reads do not wait for one another, and
// columns that no event has a text in are not read at all.
func (b *Briefs) fill(to []forensics.Brief, index []uint32) {
	c := &b.s.columns
	for k, i := range index {
		status := c.status[i]
		to[k] = forensics.Brief{
			Row: c.row[i], Time: c.time[i], Item: int64(c.item[i]),
			Kind: forensics.Kind(c.kind[i]), Certainty: forensics.Certainty(status >> shiftCertainty & 3),
			Outcome: forensics.Outcome(status >> shiftOutcome & 3), Sender: forensics.Sender(status >> shiftSenderState & 3),
			Unreliable: status&statusUnreliable != 0,
			ASN:        c.asn[i], Session: c.session[i], Message: c.message[i],
		}
	}
	for _, s := range &symbolColumns {
		if !b.used[s.column] {
			continue
		}
		values := c.texts[s.column]
		if first := b.symbols.first; first != nil {
			for k, i := range index {
				*(*uint32)(unsafe.Add(unsafe.Pointer(&to[k]), s.field)) = first[values[i]]
			}
			continue
		}
		for k, i := range index {
			*(*uint32)(unsafe.Add(unsafe.Pointer(&to[k]), s.field)) = values[i]
		}
	}
}

// Text implements forensics.Briefs. It is folded as filters compare texts.
func (b *Briefs) Text(s forensics.Symbol) string { return b.text(uint32(s)) }

// Spelled implements forensics.Briefs. A text that cannot be read is the folded one.
func (b *Briefs) Spelled(s forensics.Symbol) string {
	if s == 0 {
		return ""
	}
	if text, ok := b.spelled.Load(s); ok {
		return text.(string)
	}
	text := b.Text(s)
	if list := b.c.textsOf(context.Background(), []uint32{uint32(s)}); len(list) == 1 {
		text = list[0]
	}
	b.spelled.Store(s, text)
	return text
}

func (b *Briefs) text(id uint32) string { return b.s.texts.view(id) }

// Events implements forensics.Briefs: those that were taken away meanwhile are an error, because
// the caller counts on one event for each row.
func (b *Briefs) Events(rows []int64) ([]forensics.Event, error) {
	events, err := b.c.fetch(rows)
	if err == nil && len(events) != len(rows) {
		return nil, fmt.Errorf("read events: %d of %d are not in the case any more", len(rows)-len(events), len(rows))
	}
	return events, err
}

// ItemAccounts tells of which accounts each item speaks, in order; the empty account, of events that name none, is left out.
func (b *Briefs) ItemAccounts() map[int64][]string {
	items := b.s.columns.item
	last := make([]int32, highest(items)+1) // the account that an item was last seen with, from 1
	out := map[int64][]string{}
	for at, account := range b.accounts {
		if account == "" {
			continue
		}
		for _, i := range b.index[b.start[at]:b.start[at+1]] {
			if item := items[i]; last[item] != int32(at+1) {
				last[item] = int32(at + 1)
				out[int64(item)] = append(out[int64(item)], account)
			}
		}
	}
	return out
}

func highest(list []uint32) (top uint32) {
	for _, v := range list {
		top = max(top, v)
	}
	return top
}
