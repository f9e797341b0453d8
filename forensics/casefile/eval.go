package casefile

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/forensics/timeline"
)

// query evaluates one filter over one snapshot. Every condition becomes the set
// of the events that meet it; conditions on texts are first answered for every
// different text, by one search through all of them.
type query struct {
	c   *Case
	ctx context.Context
	s   *state
	n   int
}

// keyColumns says which text column a key looks at.
var keyColumns = map[string]int{
	"account": textAccount, "user": textActor, "host": textHost, "country": textCountry, "org": textOrg, "client": textClient,
	"protocol": textProtocol, "service": textService, "operation": textOperation, "from": textSender, "key": textKey,
	"folder": textFolder, "format": textFormat,
}

// wordColumns are the text columns in which a bare word is looked for.
var wordColumns = []int{textAccount, textActor, textIP, textHost, textOrg, textClient, textProtocol, textService, textOperation,
	textSender, textKey, textFolder, textDetail}

func (q *query) eval(e filter.Expr) (bitset, error) {
	if err := q.ctx.Err(); err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case *filter.And:
		return q.evalList(e.List, bitset.and)
	case *filter.Or:
		return q.evalList(e.List, bitset.or)
	case *filter.Not:
		b, err := q.eval(e.Expr)
		if err != nil {
			return nil, err
		}
		b.invert(q.n)
		return b, nil
	case *filter.Term:
		return q.term(e)
	}
	return nil, fmt.Errorf("unknown expression %T", e)
}

func (q *query) evalList(list []filter.Expr, join func(bitset, bitset)) (bitset, error) {
	var all bitset
	for i, e := range list {
		b, err := q.eval(e)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			all = b
		} else {
			join(all, b)
		}
	}
	return all, nil
}

func (q *query) term(t *filter.Term) (bitset, error) {
	col := &q.s.columns
	switch t.Key {
	case "":
		return q.word(t.Pattern), nil
	case "group", "kind":
		return where(q.n, func(i int) bool { return t.Kinds>>col.kind[i]&1 != 0 }), nil
	case "certainty":
		return where(q.n, func(i int) bool { return t.Choices>>(col.status[i]>>shiftCertainty&3)&1 != 0 }), nil
	case "outcome":
		return where(q.n, func(i int) bool { return t.Choices<<1>>(col.status[i]>>shiftOutcome&3)&1 != 0 }), nil
	case "sender":
		return where(q.n, func(i int) bool { return t.Choices<<1>>(col.status[i]>>shiftSenderState&3)&1 != 0 }), nil
	case "after", "before", "on":
		return where(q.n, func(i int) bool {
			return col.time[i] >= t.From && col.time[i] < t.To && col.status[i]&statusUnreliable == 0
		}), nil
	case "asn":
		return where(q.n, func(i int) bool { return int64(col.asn[i]) == t.Number && t.Number != 0 }), nil
	case "evidence":
		return where(q.n, func(i int) bool { return evidenceOf(q.s.evidence, col.item[i]) == t.Number }), nil
	case "incident":
		return q.inIncident(t), nil
	case "ip":
		return q.column(textIP, q.ips(t)), nil
	case "subject":
		return q.subjects(t.Pattern, contains(t.Pattern)), nil
	case "client":
		ids := q.described(contains(t.Pattern))
		ids.or(q.texts(t.Pattern, contains(t.Pattern)))
		return q.column(textClient, ids), nil
	case "org", "key", "folder":
		return q.column(keyColumns[t.Key], q.texts(t.Pattern, contains(t.Pattern))), nil
	case "verdict":
		return q.verdicts(t.Choices)
	case "tag", "note":
		return q.marks(t)
	case "session":
		return q.named("session", col.session, t.Pattern)
	case "message-id":
		return q.named("message_id", col.message, t.Pattern)
	case "id":
		return q.ids(t.Pattern)
	}
	if column, ok := keyColumns[t.Key]; ok {
		return q.column(column, q.texts(t.Pattern, t.Pattern.Match)), nil
	}
	return nil, fmt.Errorf("the key %q cannot be asked for", t.Key)
}

// contains is how a pattern of filter.TypeText is compared.
func contains(p filter.Pattern) func(string) bool {
	if p.IsLiteral() {
		return p.Find
	}
	return p.Match
}

// column gives the events whose text in a column is in the set.
func (q *query) column(column int, ids bitset) bitset {
	if ids.empty() {
		return newBitset(q.n)
	}
	values := q.s.columns.texts[column]
	return where(q.n, func(i int) bool { return ids.has(values[i]) })
}

// texts gives the numbers of the texts that match.
func (q *query) texts(p filter.Pattern, match func(string) bool) bitset {
	t := &q.s.texts
	found := newBitset(len(t.end))
	search(t.blob, t.end[1:], p, match, func(i int) { found.add(i + 1) })
	return found
}

// subjects gives the events whose subject matches.
func (q *query) subjects(p filter.Pattern, match func(string) bool) bitset {
	col := &q.s.columns
	found := newBitset(q.n)
	search(col.words, col.wordsEnd, p, match, found.add)
	return found
}

// search looks for p in texts that lie one after the other in blob; end says where
// each ends. One pass of bytes.Index over all of them finds the candidates.
func search(blob []byte, end []int64, p filter.Pattern, match func(string) bool, hit func(i int)) {
	needle := []byte(p.Longest())
	if len(needle) == 0 {
		start := int64(0)
		for i, e := range end {
			if e > start && match(string(blob[start:e])) {
				hit(i)
			}
			start = e
		}
		return
	}
	at, i := int64(0), 0
	for i < len(end) {
		k := bytes.Index(blob[at:end[len(end)-1]], needle)
		if k < 0 {
			return
		}
		at += int64(k)
		i += gallop(end[i:], at) // the text that holds the byte at
		start := int64(0)
		if i > 0 {
			start = end[i-1]
		}
		if at+int64(len(needle)) > end[i] { // reaches over the edge of two texts
			at++
			continue
		}
		if match(string(blob[start:end[i]])) {
			hit(i)
		}
		at = end[i]
		i++
	}
}

// gallop gives the first index whose end lies beyond at, near the start of end.
func gallop(end []int64, at int64) int {
	high := 1
	for high < len(end) && end[high-1] <= at {
		high *= 2
	}
	low := high / 2
	high = min(high, len(end))
	for low < high {
		mid := (low + high) / 2
		if end[mid] <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// ips gives the numbers of the addresses that the term means.
func (q *query) ips(t *filter.Term) bitset {
	found := newBitset(len(q.s.texts.end))
	for id := range q.used(textIP) {
		text := string(q.s.texts.get(id))
		if !t.Prefix.IsValid() {
			if t.Pattern.Match(text) {
				found.add(id)
			}
			continue
		}
		if ip, err := netip.ParseAddr(text); err == nil && t.Prefix.Contains(ip.WithZone("")) {
			found.add(id)
		}
	}
	return found
}

// used goes over the numbers of the texts that stand in a column.
func (q *query) used(column int) func(func(int) bool) {
	seen := newBitset(len(q.s.texts.end))
	for _, id := range q.s.columns.texts[column] {
		seen.add(int(id))
	}
	return func(yield func(int) bool) {
		for id := 1; id < len(q.s.texts.end); id++ {
			if seen.has(uint32(id)) && !yield(id) {
				return
			}
		}
	}
}

// described gives the numbers of the clients that match as sentences describe them.
func (q *query) described(match func(string) bool) bitset {
	ids := newBitset(len(q.s.texts.end))
	for id := range q.used(textClient) {
		name := string(q.s.texts.get(id))
		if what := forensics.DescribeClient(name); what != name && match(filter.Fold(what)) {
			ids.add(id)
		}
	}
	return ids
}

// word looks for a bare word in everything that a person sees of an event.
func (q *query) word(p filter.Pattern) bitset {
	found := q.subjects(p, p.Find)
	col := &q.s.columns
	if ids := q.texts(p, p.Find); !ids.empty() {
		for _, column := range wordColumns {
			found.or(q.column(column, ids))
		}
	}
	found.or(q.column(textClient, q.described(p.Find)))
	var kinds uint64
	for _, k := range forensics.Kinds() {
		if p.Find(filter.Fold(strings.Join(timeline.Words(k), " "))) || p.Find(k.String()) {
			kinds |= 1 << k
		}
	}
	if kinds != 0 {
		found.or(where(q.n, func(i int) bool { return kinds>>col.kind[i]&1 != 0 }))
	}
	return found
}
