package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
)

// sameTransfer is how far a notice and the statement's row about one transfer may be dated apart.
const sameTransfer = int64(24 * 3600 * 1e9)

// losses sums what left in a draft, by service and asset. Transfers that failed do not count, those that came back are taken off,
// and one that a notice and a statement tell of counts once. Values are those that the sources state.
func losses(events map[int64]*forensics.Event, d *draft) ([]forensics.Loss, error) {
	var sent []*forensics.Event
	for _, p := range d.points {
		if e := events[p.b.Row]; e != nil && p.step == forensics.StepMoney && e.Kind == forensics.FundsSent && e.Outcome != forensics.Failure && e.Amount != "" {
			sent = append(sent, e)
		}
	}
	slices.SortStableFunc(sent, func(x, y *forensics.Event) int {
		return cmp.Or(boolFirst(stated(x), stated(y)), cmp.Compare(x.Time.Nano, y.Time.Nano), cmp.Compare(x.Row, y.Row))
	})
	sums := map[[2]string]*sum{}
	var keys [][2]string
	var counted []*forensics.Event
	for _, e := range sent {
		amount, err := forensics.ParseDecimal(e.Amount)
		if err != nil || slices.ContainsFunc(counted, func(o *forensics.Event) bool { return sameAs(o, e) }) {
			continue
		}
		counted = append(counted, e)
		key := [2]string{e.Service, e.Asset}
		s := sums[key]
		if s == nil {
			s = &sum{}
			sums[key] = s
			keys = append(keys, key)
		}
		if err := s.add(e, amount); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(keys, func(x, y [2]string) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	var out []forensics.Loss
	for _, k := range keys {
		s := sums[k]
		if s.amount.Sign() <= 0 {
			continue
		}
		slices.Sort(s.rows)
		l := forensics.Loss{Service: k[0], Asset: k[1], Amount: s.amount.String(), Rows: s.rows}
		if s.valued == len(s.rows) {
			l.ValueUSD = s.value.String()
		}
		out = append(out, l)
	}
	return out, nil
}

// stated reports whether a transfer stands in a statement, not only in a notice.
func stated(e *forensics.Event) bool { return strings.HasPrefix(e.Provider, statementPrefix) }

func boolFirst(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// sameAs reports whether a notice tells of a transfer that is counted.
func sameAs(counted, e *forensics.Event) bool {
	if counted.TxID != "" && counted.TxID == e.TxID && counted.Asset == e.Asset && counted.Amount == e.Amount {
		return true
	}
	if stated(counted) == stated(e) || !foldEqual(counted.Asset, e.Asset) || !foldEqual(counted.Service, e.Service) {
		return false
	}
	x, errX := forensics.ParseDecimal(counted.Amount)
	y, errY := forensics.ParseDecimal(e.Amount)
	gap := counted.Time.Nano - e.Time.Nano
	return errX == nil && errY == nil && x.Abs().Cmp(y.Abs()) == 0 && max(gap, -gap) <= sameTransfer
}

// sum is the sum over one asset.
type sum struct {
	amount, value forensics.Decimal
	valued        int // how many of the transfers have a value
	rows          []int64
}

func (s *sum) add(e *forensics.Event, amount forensics.Decimal) error {
	s.amount = s.amount.Add(amount.Abs())
	s.rows = append(s.rows, e.Row)
	if e.ValueUSD == "" {
		return nil
	}
	value, err := forensics.ParseDecimal(e.ValueUSD)
	if err != nil {
		return fmt.Errorf("value of event %d: %w", e.Row, err)
	}
	s.value = s.value.Add(value.Abs())
	s.valued++
	return nil
}
