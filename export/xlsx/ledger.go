package xlsx

import (
	"context"
	"slices"
	"strings"

	"keytrail/forensics"
)

// maxTransfers is how many transfers the sheet of losses lists and adds up; the sheet of money has all.
const maxTransfers = 100_000

// maxTotals is how many pairs of service and asset have a sum.
const maxTotals = 500

// ledger is what the sheet of losses is made from: the transfers, and how each counts.
type ledger struct {
	at     []int // of each transfer: its index in the view of the money
	list   []forensics.Transfer
	netted []forensics.Netted
	values []forensics.Decimal // in dollars, 0 where none is stated
	valued []bool
	total  []int // number of the sum that it belongs to, from 1; 0: none
	totals []*total
	in     map[int64][]int64 // incidents by row
	more   int               // transfers that are not listed
	// attack are the first transfers that belong to incidents, for the summary: places in list, and their events.
	attack []attackTransfer
	others int // transfers of pairs that have no sum
}

// total is the sum over one service and asset.
type total struct {
	service, asset  string
	all, attack     lossSum
	without         int64 // transfers that count and have no value
	withoutInAttack int64
}

type attackTransfer struct {
	at    int
	event forensics.Event
}

type lossSum struct {
	n             int64
	amount, value forensics.Decimal
}

func (s *lossSum) add(sign int, amount, value forensics.Decimal) {
	if sign < 0 {
		amount, value = amount.Neg(), value.Neg()
	} else {
		s.n++
	}
	s.amount, s.value = s.amount.Add(amount), s.value.Add(value)
}

// incidentRows tells which events belong to which incidents.
func (b *book) incidentRows() map[int64][]int64 {
	out := map[int64][]int64{}
	if b.c.Analysis == nil {
		return out
	}
	for i := range b.c.Analysis.Incidents {
		in := &b.c.Analysis.Incidents[i]
		note := func(rows []int64) {
			for _, row := range rows {
				if !slices.Contains(out[row], in.ID) {
					out[row] = append(out[row], in.ID)
				}
			}
		}
		for k := range in.Steps {
			note(in.Steps[k].Rows)
		}
		for k := range in.Loss {
			note(in.Loss[k].Rows)
		}
	}
	return out
}

// ledger reads the events about money once.
func (b *book) ledger(ctx context.Context) (*ledger, error) {
	l := &ledger{in: b.attacks}
	index := 0
	err := each(ctx, b.c.Groups[forensics.GroupMoney], func(e *forensics.Event) error {
		at := index
		index++
		t, ok := forensics.TransferOf(e)
		if !ok || !t.Sent && !t.Reversal {
			return nil
		}
		if len(l.list) == maxTransfers {
			l.more++
			return nil
		}
		if len(l.in[e.Row]) > 0 && len(l.attack) < attackTransfers {
			l.attack = append(l.attack, attackTransfer{len(l.list), *e})
		}
		value, err := forensics.ParseDecimal(e.ValueUSD)
		l.at, l.list = append(l.at, at), append(l.list, t)
		l.values, l.valued = append(l.values, value.Abs()), append(l.valued, err == nil && e.ValueUSD != "")
		return nil
	})
	if err != nil {
		return nil, err
	}
	l.netted = forensics.NetTransfers(l.list)
	l.sum()
	return l, nil
}

// sum adds the transfers up by service and asset, in the order of these.
func (l *ledger) sum() {
	type key struct{ service, asset string }
	keyOf := func(t *forensics.Transfer) key { return key{strings.ToLower(t.Service), strings.ToUpper(t.Asset)} }
	of := map[key]*total{}
	for i := range l.list {
		t := &l.list[i]
		if k := keyOf(t); of[k] == nil && l.netted[i].Sign != 0 && len(of) < maxTotals {
			of[k] = &total{service: t.Service, asset: t.Asset}
			l.totals = append(l.totals, of[k])
		}
	}
	slices.SortFunc(l.totals, func(x, y *total) int {
		return strings.Compare(strings.ToLower(x.service)+"\x00"+strings.ToUpper(x.asset), strings.ToLower(y.service)+"\x00"+strings.ToUpper(y.asset))
	})
	number := map[*total]int{}
	for i, t := range l.totals {
		number[t] = i + 1
	}
	l.total = make([]int, len(l.list))
	for i := range l.list {
		t := of[keyOf(&l.list[i])]
		sign := l.netted[i].Sign
		if t == nil {
			if sign != 0 {
				l.others++
			}
			continue
		}
		l.total[i] = number[t]
		if sign == 0 {
			continue
		}
		t.all.add(sign, l.list[i].Amount, l.values[i])
		inAttack := len(l.in[l.list[i].Row]) > 0
		if inAttack {
			t.attack.add(sign, l.list[i].Amount, l.values[i])
		}
		if !l.valued[i] && sign > 0 {
			t.without++
			if inAttack {
				t.withoutInAttack++
			}
		}
	}
}
