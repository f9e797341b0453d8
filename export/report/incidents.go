package report

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"keytrail/forensics"
)

// analysis asks for the incidents, and keeps those of which the report's filter leaves an event, so that a copy
// for one account tells nothing of the others.
func (g *gatherer) analysis(ctx context.Context) (*forensics.Analysis, error) {
	if g.o.Analyse == nil {
		return nil, nil
	}
	whole, err := g.o.Analyse(ctx)
	if err != nil || whole == nil {
		return nil, err
	}
	a := *whole
	if g.own != nil {
		view, err := g.view(ctx, g.own, "")
		if err != nil {
			return nil, err
		}
		shown := func(rows []int64) bool {
			return slices.ContainsFunc(rows, func(row int64) bool { return view.IndexOf(row) >= 0 })
		}
		a.Incidents = nil
		accounts, kept := map[string]bool{"": true}, map[int64]bool{}
		for _, in := range whole.Incidents {
			if slices.ContainsFunc(in.Steps, func(s forensics.Step) bool { return shown(s.Rows) }) {
				a.Incidents = append(a.Incidents, in)
				accounts[in.Account], kept[in.ID] = true, true
			}
		}
		for _, name := range g.c.Values("account", "", maxAccounts) {
			one, err := g.view(ctx, g.own, "account:"+quote(name))
			if err != nil {
				return nil, err
			}
			accounts[name] = accounts[name] || one.Len() > 0
		}
		a.Campaigns = nil
		for _, c := range whole.Campaigns {
			all := len(c.Incidents)
			c.Incidents = slices.DeleteFunc(slices.Clone(c.Incidents), func(id int64) bool { return !kept[id] })
			if len(c.Incidents) == 0 {
				continue
			}
			if len(c.Incidents) < all {
				c.Text, c.Loss = "", nil // they speak of all of its incidents
			}
			a.Campaigns = append(a.Campaigns, c)
		}
		a.Findings = slices.DeleteFunc(slices.Clone(a.Findings), func(f forensics.Finding) bool { return !shown(f.Rows) })
		a.NotChecked = slices.DeleteFunc(slices.Clone(a.NotChecked), func(n forensics.NotChecked) bool { return !accounts[n.Account] })
	}
	if g.hide != nil {
		g.hideAnalysis(&a)
	}
	return &a, nil
}

// maxAccounts is of how many accounts a filtered report is asked whether it shows them.
const maxAccounts = 1000

// quote writes a value for the filter language.
func quote(s string) string {
	out := []byte{'"'}
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			out = append(out, '\\')
		}
		out = append(out, s[i])
	}
	return string(append(out, '"'))
}

// hideAnalysis blacks out addresses of other people in every text of an analysis, which is copied before.
func (g *gatherer) hideAnalysis(a *forensics.Analysis) {
	text := g.hide.Text
	texts := func(list []string) []string {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = text(s)
		}
		return out
	}
	steps := func(list []forensics.Step) []forensics.Step {
		list = slices.Clone(list)
		for i := range list {
			s := &list[i]
			s.Label, s.Why, s.InnocentIf, s.JoinedBy = text(s.Label), text(s.Why), text(s.InnocentIf), texts(s.JoinedBy)
		}
		return list
	}
	a.Incidents = slices.Clone(a.Incidents)
	for i := range a.Incidents {
		in := &a.Incidents[i]
		in.Summary, in.State, in.Entities, in.Services = text(in.Summary), text(in.State), texts(in.Entities), texts(in.Services)
		in.Steps, in.Repair = steps(in.Steps), steps(in.Repair)
		in.Parts = slices.Clone(in.Parts)
		for k := range in.Parts {
			in.Parts[k].Text = text(in.Parts[k].Text)
		}
		in.Missing = slices.Clone(in.Missing)
		for k := range in.Missing {
			m := &in.Missing[k]
			m.LookedIn, m.NotCovered = texts(m.LookedIn), texts(m.NotCovered)
		}
	}
	a.Campaigns = slices.Clone(a.Campaigns)
	for i := range a.Campaigns {
		c := &a.Campaigns[i]
		c.Text, c.Shared = text(c.Text), texts(c.Shared)
	}
	a.Findings = slices.Clone(a.Findings)
	for i := range a.Findings {
		f := &a.Findings[i]
		f.Account, f.Title, f.Why, f.InnocentIf = text(f.Account), text(f.Title), text(f.Why), text(f.InnocentIf)
	}
	a.NotChecked = slices.Clone(a.NotChecked)
	for i := range a.NotChecked {
		a.NotChecked[i].Title, a.NotChecked[i].Why = text(a.NotChecked[i].Title), text(a.NotChecked[i].Why)
	}
	a.Changed, a.Notes = texts(a.Changed), texts(a.Notes)
}

// addresses lists the IP addresses of the events that the filter leaves: the most frequent first.
func (g *gatherer) addresses(ctx context.Context) ([]forensics.Entity, error) {
	list, err := g.c.Entities(ctx, forensics.EntityIP, 0)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	if g.own != nil {
		if list, err = g.countAgain(ctx, list); err != nil {
			return nil, err
		}
	}
	list = slices.DeleteFunc(list, func(e forensics.Entity) bool { _, err := netip.ParseAddr(e.Value); return err != nil })
	for i := range list {
		g.place(&list[i])
	}
	slices.SortFunc(list, func(x, y forensics.Entity) int {
		return cmp.Or(cmp.Compare(y.Events, x.Events), cmp.Compare(x.Value, y.Value))
	})
	return list, nil
}

// place fills in what events do not say of an address.
func (g *gatherer) place(e *forensics.Entity) {
	if g.o.Where == nil {
		return
	}
	ip, err := netip.ParseAddr(e.Value)
	if err != nil {
		return
	}
	p := g.o.Where(ip)
	if e.Country == "" {
		e.Country = p.Country
	}
	if e.ASN == 0 {
		e.ASN, e.Org = p.ASN, p.Org
	}
	if e.Place == "" {
		e.Place = p.Kind
	}
}

// countAgain counts a filtered report's own events, so that it shows no address that its filter leaves out.
func (g *gatherer) countAgain(ctx context.Context, list []forensics.Entity) ([]forensics.Entity, error) {
	view, err := g.view(ctx, g.own, "")
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(list))
	for i := range list {
		e := &list[i]
		e.First, e.Last, e.Events, e.Accounts, e.Groups = 0, 0, 0, 0, [8]uint32{}
		at[e.Value] = i
	}
	err = forensics.Each(ctx, view, func(e *forensics.Event) error {
		if !e.IP.IsValid() {
			return nil
		}
		i, ok := at[e.IP.String()]
		if !ok {
			return nil
		}
		x := &list[i]
		x.Events++
		x.Groups[e.Kind.Group()]++
		if !e.Time.Unreliable && !e.Time.IsZero() {
			if x.First == 0 {
				x.First = e.Time.Nano
			}
			x.Last = e.Time.Nano
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(e forensics.Entity) bool { return e.Events == 0 }), nil
}
