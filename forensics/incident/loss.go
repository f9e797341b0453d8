package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
)

// losses sums what left in a draft, by service and asset, and gives the events beside the draft's own that the sums rest on. What counts is
// decided by forensics.NetTransfers, as everywhere: what failed, stayed with the same user or came back does not count, and what a notice
// and a statement tell of counts once. Values are those that the sources state.
func (b *builder) losses(events map[int64]*forensics.Event, d *draft) (out []forensics.Loss, beside []*forensics.Event, err error) {
	var sent []*forensics.Event
	for _, p := range d.points {
		if e := events[p.b.Row]; e != nil && p.step == forensics.StepMoney && e.Kind == forensics.FundsSent {
			sent = append(sent, e)
		}
	}
	if len(sent) == 0 {
		return nil, nil, nil
	}
	if beside, err = b.sameMoney(sent); err != nil {
		return nil, nil, err
	}
	var list []forensics.Transfer
	var of []*forensics.Event
	for _, e := range slices.Concat(sent, beside) {
		if t, ok := forensics.TransferOf(e); ok {
			list, of = append(list, t), append(of, e)
		}
	}
	out, err = sumUp(list, of)
	return out, beside, err
}

// How far a notice and the statement's row about one transfer may be dated apart, and how many transfers of the services of one draft are
// read to see what belongs to its own.
const (
	sameTransfer = int64(24 * 3600 * 1e9)
	maxMoney     = 20_000
)

// sameMoney finds what else is on record about the transfers of a draft: what undoes them, at whatever time, and the statement's row of what a
// notice tells of, where it is in no other draft.
func (b *builder) sameMoney(sent []*forensics.Event) ([]*forensics.Event, error) {
	own := map[int64]bool{}
	for _, e := range sent {
		own[e.Row] = true
	}
	named := map[forensics.Symbol]bool{}
	isNamed := func(s forensics.Symbol) bool {
		is, ok := named[s]
		if !ok {
			is = slices.ContainsFunc(sent, func(e *forensics.Event) bool { return foldEqual(e.Service, b.text(s)) })
			named[s] = is
		}
		return is
	}
	var rows []int64
	for _, list := range [2][]forensics.Brief{b.in.Account.Briefs, b.in.Unowned} {
		for i := range list {
			e := &list[i]
			if (e.Kind == forensics.FundsReceived || e.Kind == forensics.FundsSent) && !own[e.Row] && isNamed(e.Service) && len(rows) < maxMoney {
				rows = append(rows, e.Row)
			}
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	slices.Sort(rows)
	events, err := b.in.Briefs.Events(slices.Compact(rows))
	if err != nil {
		return nil, err
	}
	var out []*forensics.Event
	for _, e := range sent {
		x, ok := forensics.TransferOf(e)
		if !ok {
			continue
		}
		for i := range events {
			y, ok := forensics.TransferOf(&events[i])
			if !ok || own[y.Row] || !foldEqual(x.Service, y.Service) || !foldEqual(x.Asset, y.Asset) {
				continue
			}
			gap := x.Time - y.Time
			undoes := y.Reversal && !y.Sent && y.TxID != "" && y.TxID == x.TxID
			states := y.Sent && y.Stated && !y.Reversal && !x.Stated && y.Amount.Cmp(x.Amount) == 0 && max(gap, -gap) <= sameTransfer && b.byRow[y.Row] == nil
			if undoes || states {
				own[y.Row] = true
				out = append(out, &events[i])
			}
		}
	}
	return out, nil
}

// besideMoney puts what else is on record about the transfers into the step of the money.
func besideMoney(steps []forensics.Step, beside []*forensics.Event) {
	for i := range steps {
		if s := &steps[i]; s.Step == forensics.StepMoney {
			for _, e := range beside {
				s.Rows, s.EventIDs = append(s.Rows, e.Row), append(s.EventIDs, e.ID)
			}
		}
	}
}

// sumUp adds transfers up by service and asset.
func sumUp(list []forensics.Transfer, of []*forensics.Event) ([]forensics.Loss, error) {
	type key struct{ service, asset string }
	sums := map[key]*sum{}
	var order []*sum
	for i, n := range forensics.NetTransfers(list) {
		if n.Sign == 0 {
			continue
		}
		t := &list[i]
		k := key{strings.ToLower(t.Service), strings.ToUpper(t.Asset)}
		s := sums[k]
		if s == nil {
			s = &sum{service: t.Service, asset: t.Asset}
			sums[k] = s
			order = append(order, s)
		}
		if err := s.add(of[i], t.Amount, n.Sign); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(order, func(x, y *sum) int { return cmp.Or(cmp.Compare(x.service, y.service), cmp.Compare(x.asset, y.asset)) })
	var out []forensics.Loss
	for _, s := range order {
		if s.amount.Sign() <= 0 {
			continue
		}
		slices.Sort(s.rows)
		l := forensics.Loss{Service: s.service, Asset: s.asset, Amount: s.amount.String(), Rows: s.rows}
		if s.valued == len(s.rows) {
			l.ValueUSD = s.value.String()
		}
		out = append(out, l)
	}
	return out, nil
}

// sum is the sum over one asset of one service.
type sum struct {
	service, asset string
	amount, value  forensics.Decimal
	valued         int // how many of the rows have a value
	rows           []int64
}

func (s *sum) add(e *forensics.Event, amount forensics.Decimal, sign int) error {
	value := forensics.Decimal{}
	if e.ValueUSD != "" {
		v, err := forensics.ParseDecimal(e.ValueUSD)
		if err != nil {
			return fmt.Errorf("value of event %d: %w", e.Row, err)
		}
		value = v.Abs()
		s.valued++
	}
	if sign < 0 {
		amount, value = amount.Neg(), value.Neg()
	}
	s.amount, s.value = s.amount.Add(amount), s.value.Add(value)
	s.rows = append(s.rows, e.Row)
	return nil
}
