package report

import (
	"context"
	"fmt"
	"strings"

	"keytrail/export"
	"keytrail/export/xlsx"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/filter"
)

// WrittenEntry is the custody log's word for a report. Such entries do not change the case, so a report
// derives nothing from those at the end of the log: a second report has the same bytes as the first.
const WrittenEntry = "report written"

// gatherer asks the case for what a report holds.
type gatherer struct {
	c    *casefile.Case
	o    Options
	own  filter.Expr // the report's own filter; nil: everything
	hide *export.Redactor
}

// query finds the events that the report's filter leaves and that match text too.
func (g *gatherer) query(ctx context.Context, text string) (xlsx.Events, error) {
	view, err := g.view(ctx, g.own, text)
	if err != nil {
		return nil, err
	}
	return g.hidden(view), nil
}

func (g *gatherer) view(ctx context.Context, own filter.Expr, text string) (*casefile.View, error) {
	expr, err := filter.Parse(text)
	if err != nil {
		return nil, err
	}
	switch {
	case own == nil:
	case expr == nil:
		expr = own
	default:
		expr = &filter.And{List: []filter.Expr{own, expr}}
	}
	return g.c.Query(ctx, expr)
}

// hidden blacks out what is private, where that was asked for.
func (g *gatherer) hidden(v *casefile.View) xlsx.Events {
	if g.hide == nil {
		return v
	}
	return redactedView{v, g.hide}
}

// redactedView is a view whose events come out redacted.
type redactedView struct {
	*casefile.View
	hide *export.Redactor
}

// Events gives events with what is private blacked out.
func (v redactedView) Events(from, n int) ([]forensics.Event, error) {
	return v.hide.Source(v.View).Events(from, n)
}

// attempts is how often a report begins anew because the case grew while it asked.
const attempts = 5

// content gathers everything from one state of the case.
func (g *gatherer) content(ctx context.Context) (*xlsx.Content, error) {
	for range attempts {
		before := g.c.Generation()
		content, err := g.gather(ctx)
		if err != nil {
			return nil, err
		}
		if g.c.Generation() == before {
			return content, nil
		}
	}
	return nil, &forensics.Error{What: "the case is being written to", File: g.c.Path(), Hint: "write the report when adding evidence is done"}
}

func (g *gatherer) gather(ctx context.Context) (*xlsx.Content, error) {
	out := &xlsx.Content{Case: g.c.Name(), Tool: g.o.Tool, Zone: g.o.Zone, Filter: g.o.Filter, Places: g.o.Places, Sigma: g.o.Sigma,
		Groups: map[forensics.Group]xlsx.Events{}, BySource: map[int64]xlsx.Events{}}
	whole, err := g.view(ctx, nil, "")
	if err != nil {
		return nil, err
	}
	out.Total, out.Times = whole.Len(), whole
	ask := func(into *xlsx.Events, text string) {
		if err == nil {
			*into, err = g.query(ctx, text)
		}
	}
	ask(&out.Timeline, "")
	ask(&out.Charted, "group:key OR group:login OR group:reset OR group:deletion OR group:settings OR group:money")
	ask(&out.Alerts, "kind:alert")
	for _, group := range forensics.Groups() {
		var events xlsx.Events
		ask(&events, "group:"+group.String())
		out.Groups[group] = events
	}
	var missing xlsx.Events
	ask(&missing, "kind:mail-missing")
	if err != nil {
		return nil, err
	}
	out.Missing = missing.Len()
	if out.Evidence, err = g.c.Evidence(); err != nil {
		return nil, err
	}
	for _, ev := range out.Evidence[:min(len(out.Evidence), xlsx.ListedSources)] {
		var events xlsx.Events
		if ask(&events, fmt.Sprintf("evidence:%d", ev.ID)); err != nil {
			return nil, err
		}
		out.BySource[ev.ID] = events
	}
	if out.Items, err = g.c.Items(0); err != nil {
		return nil, err
	}
	if out.Custody, err = g.custody(); err != nil {
		return nil, err
	}
	out.Warnings = func(after int64, n int) ([]forensics.Warning, error) { return g.c.Warnings(0, after, n) }
	if out.Deleted, err = g.deleted(ctx); err != nil {
		return nil, err
	}
	if out.Analysis, err = g.analysis(ctx); err != nil {
		return nil, err
	}
	if out.Addresses, err = g.addresses(ctx); err != nil {
		return nil, err
	}
	g.redact(out)
	return out, nil
}

// custody lists the custody log up to its last entry that is not about a report.
func (g *gatherer) custody() ([]forensics.Custody, error) {
	list, err := g.c.Custody()
	if err != nil {
		return nil, err
	}
	for len(list) > 0 && strings.HasPrefix(list[len(list)-1].What, WrittenEntry) {
		list = list[:len(list)-1]
	}
	return list, nil
}

// deleted joins the notices that the report shows with deletions of the whole case.
func (g *gatherer) deleted(ctx context.Context) ([]detect.Pair, error) {
	shown, err := g.view(ctx, g.own, "")
	if err != nil {
		return nil, err
	}
	pairs, err := detect.DeletedNotices(ctx, func(text string) (forensics.List, error) { return g.view(ctx, nil, text) })
	if err != nil {
		return nil, err
	}
	kept := pairs[:0]
	for _, p := range pairs {
		if shown.IndexOf(p.Notice.Row) < 0 {
			continue
		}
		if g.hide != nil {
			g.hide.Event(&p.Notice)
			g.hide.Event(&p.Deletion)
		}
		kept = append(kept, p)
	}
	return kept, nil
}

// redact blacks out what stands outside of events, and says so.
func (g *gatherer) redact(out *xlsx.Content) {
	if g.hide == nil {
		return
	}
	out.Redacted = export.RedactionNotes()
	out.Filter = g.hide.Text(out.Filter)
	for i := range out.Custody {
		out.Custody[i].Detail = g.hide.Text(out.Custody[i].Detail)
	}
	for i := range out.Items {
		out.Items[i].Reason = g.hide.Text(out.Items[i].Reason)
	}
	warnings := out.Warnings
	out.Warnings = func(after int64, n int) ([]forensics.Warning, error) {
		list, err := warnings(after, n)
		for i := range list {
			list[i].Text = g.hide.Text(list[i].Text)
		}
		return list, err
	}
}
