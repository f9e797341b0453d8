package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/tui/kit"
)

// What stands beside the incidents: evidence that is not read to its end, money that no incident has, and what can be done where
// nothing was found. Who asks for incidents must not take their absence for an answer.

// notWhole says on stderr which evidence is not read to its end, so that nobody takes a part for the whole.
func (p *Program) notWhole(c *casefile.Case) error {
	list, err := c.Evidence()
	if err != nil {
		return err
	}
	for _, ev := range list {
		if !ev.Done {
			p.say("%s is not read to its end: what follows rests on a part; keytrail add %s %s goes on", clean(ev.Path),
				shellWord(strings.TrimSuffix(c.Path(), casefile.Suffix)), shellWord(clean(ev.Path)))
		}
	}
	return nil
}

// outsideAssets is how many sums of money outside of incidents are printed.
const outsideAssets = 5

// leftOutside adds up what left, each transfer once, and belongs to no incident: service, asset, amount, dollars.
func leftOutside(ctx context.Context, c *casefile.Case, a *forensics.Analysis) (list []forensics.Loss, transfers int64, err error) {
	expr, err := parseFilter("group:money", time.UTC)
	if err != nil {
		return nil, 0, err
	}
	view, err := c.Query(ctx, expr)
	if err != nil {
		return nil, 0, err
	}
	inside := map[int64]bool{}
	for i := range a.Incidents {
		in := &a.Incidents[i]
		for k := range in.Steps {
			for _, row := range in.Steps[k].Rows {
				inside[row] = true
			}
		}
		for k := range in.Loss {
			for _, row := range in.Loss[k].Rows {
				inside[row] = true
			}
		}
	}
	var all []forensics.Transfer
	var values []string
	if err := forensics.Each(ctx, view, func(e *forensics.Event) error {
		if t, ok := forensics.TransferOf(e); ok && (t.Sent || t.Reversal) {
			all, values = append(all, t), append(values, e.ValueUSD)
		}
		return nil
	}); err != nil {
		return nil, 0, err
	}
	type key struct{ service, asset string }
	type sum struct {
		amount, value forensics.Decimal
		valued        bool
	}
	sums, order := map[key]*sum{}, []key{}
	for i, n := range forensics.NetTransfers(all) {
		t := &all[i]
		if n.Sign == 0 || inside[t.Row] {
			continue
		}
		k := key{strings.ToLower(t.Service), strings.ToUpper(t.Asset)}
		s := sums[k]
		if s == nil {
			s = &sum{valued: true}
			sums[k], order = s, append(order, k)
		}
		value, err := forensics.ParseDecimal(values[i])
		s.valued = s.valued && err == nil && values[i] != ""
		amount := t.Amount
		if value = value.Abs(); n.Sign < 0 {
			amount, value = amount.Neg(), value.Neg()
		} else {
			transfers++
		}
		s.amount, s.value = s.amount.Add(amount), s.value.Add(value)
	}
	for _, k := range order {
		l := forensics.Loss{Service: k.service, Asset: k.asset, Amount: sums[k].amount.String()}
		if sums[k].valued {
			l.ValueUSD = sums[k].value.String()
		}
		list = append(list, l)
	}
	return list, transfers, nil
}

// outside prints what left beside the incidents, and what to do next where there are none.
func (s *storyboard) outside(ctx context.Context, c *casefile.Case, a *forensics.Analysis) error {
	name := shellWord(strings.TrimSuffix(c.Path(), casefile.Suffix))
	list, transfers, err := leftOutside(ctx, c, a)
	if err != nil {
		return err
	}
	whole, err := c.Query(ctx, nil)
	if err != nil {
		return err
	}
	empty := whole.Len() == 0
	if len(list) > 0 || len(a.Incidents) == 0 && (empty || len(a.NotChecked) > 0) {
		fmt.Fprintln(s.out)
	}
	if len(list) > 0 {
		text := lossText(list[:min(len(list), outsideAssets)])
		if more := len(list) - outsideAssets; more > 0 {
			text += fmt.Sprintf("; and %s more", kit.Plural(int64(more), "sum"))
		}
		s.wrapped("outside", fmt.Sprintf("%s left in %s that no incident has; the owner's own may be among them. keytrail timeline %s group:money lists them.",
			text, kit.Plural(transfers, "transfer"), name))
	}
	switch {
	case len(a.Incidents) > 0:
	case empty:
		s.wrapped("next", fmt.Sprintf("no event has been read into this case. keytrail evidence %s says what became of each file; keytrail formats lists what can be read, and how to get it; keytrail add %s FILE reads it.", name, name))
	case len(a.NotChecked) > 0:
		s.wrapped("next", fmt.Sprintf("the rules above could not be asked, because what they need is not in the case. keytrail formats says where to get it; keytrail add %s FILE reads it.", name))
	}
	return nil
}
