package investigate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/evidence"
	"keytrail/forensics/filter"
	"keytrail/forensics/sigma"
)

// SigmaPrefix begins the Rule of a finding that a Sigma rule made; the rule's id or file follows.
const SigmaPrefix = "SIGMA:"

// sigmaWeights are what a rule's own level is worth beside the catalogue's findings.
var sigmaWeights = map[string]float64{"informational": 0, "low": 0.05, "medium": 0.15, "high": 0.3, "critical": 0.4}

// sigmaPage is how many events are read from the case at a time.
const sigmaPage = 1000

// asked is what the Sigma rules said when they were asked last.
type asked struct {
	events   map[string]int // that the case had of each format that rules want; nil: they were never asked
	findings []forensics.Finding
	skipped  []forensics.NotChecked
}

// askSigma asks the rules where they were not asked before, or the case has more events that they are about.
func (a *Analyst) askSigma(ctx context.Context) error {
	if a.o.Sigma == nil {
		return nil
	}
	now := asked{events: map[string]int{}}
	for _, format := range a.o.Sigma.Formats() {
		view, err := a.c.Query(ctx, sourceIs(format))
		if err != nil {
			return err
		}
		now.events[format] = view.Len()
	}
	if a.sigma.events != nil && maps.Equal(a.sigma.events, now.events) {
		return nil
	}
	var err error
	if now.findings, now.skipped, err = runSigma(ctx, a.c, a.o.Sigma); err != nil {
		return fmt.Errorf("sigma rules: %w", err)
	}
	a.sigma = now
	return nil
}

// runSigma asks the rules about the raw record of every event of the formats that they want, read back from
// the evidence. Records that cannot be read or taken apart are counted in what was not checked; a record that
// gave several events is asked once. Findings are in the order of the accounts and times.
func runSigma(ctx context.Context, c *casefile.Case, set *sigma.Set) ([]forensics.Finding, []forensics.NotChecked, error) {
	list, err := c.Evidence()
	if err != nil {
		return nil, nil, err
	}
	paths := map[int64]string{}
	for _, ev := range list {
		paths[ev.ID] = ev.Path
	}
	open := newReaders()
	defer open.close()
	columns := csvColumns{}
	var findings []forensics.Finding
	var skipped []forensics.NotChecked
	for _, refused := range set.Refused {
		skipped = append(skipped, forensics.NotChecked{Rule: SigmaPrefix + refused.File, Title: refused.Title, Why: refused.Why})
	}
	if why := unreadLogs(set); why != "" {
		skipped = append(skipped, forensics.NotChecked{Rule: SigmaPrefix + "other logs", Title: "rules about other logs", Why: why})
	}
	for _, format := range set.Formats() {
		view, err := c.Query(ctx, sourceIs(format))
		if err != nil {
			return nil, nil, err
		}
		if view.Len() == 0 {
			skipped = append(skipped, forensics.NotChecked{Rule: SigmaPrefix + format, Title: "all rules for " + format, Why: "no such source: no record of " + format})
			continue
		}
		found, bad, err := askFormat(ctx, view, func(e *forensics.Event) ([]*sigma.Rule, error) {
			file := open.of(e.Ref.Evidence, paths[e.Ref.Evidence])
			raw, err := file.ReadAt(e.ItemName, e.Ref.Offset, e.Ref.Length)
			if err != nil {
				return nil, err
			}
			rules, err := set.Match(format, raw)
			if errors.Is(err, sigma.ErrNoObject) {
				return set.MatchRow(format, columns.of(e, file), raw)
			}
			return rules, err
		})
		if err != nil {
			return nil, nil, err
		}
		findings = append(findings, found...)
		if bad != "" {
			skipped = append(skipped, forensics.NotChecked{Rule: SigmaPrefix + format, Title: "all rules for " + format, Why: bad})
		}
	}
	slices.SortStableFunc(findings, func(a, b forensics.Finding) int {
		return cmp.Or(strings.Compare(a.Account, b.Account), cmp.Compare(a.Start, b.Start), strings.Compare(a.Rule, b.Rule))
	})
	return findings, skipped, nil
}

// csvColumns are the names of the columns of files that hold rows, by evidence and item.
type csvColumns map[csvFile][]string

type csvFile struct {
	evidence int64
	item     string
}

// of reads the names of the columns of an event's file, once; they stand before its first row.
func (c csvColumns) of(e *forensics.Event, r *evidence.Reader) []string {
	key := csvFile{e.Ref.Evidence, e.ItemName}
	if names, ok := c[key]; ok {
		return names
	}
	head, err := r.ReadAt(e.ItemName, 0, min(e.Ref.Offset, 32<<10))
	if err == nil {
		c[key] = sigma.Columns(head)
	} else {
		c[key] = nil // the rows say so
	}
	return c[key]
}

// unreadNamed is how many logs that are not read are named.
const unreadNamed = 5

// unreadLogs counts the rules about logs that keytrail does not read, empty where there are none.
func unreadLogs(set *sigma.Set) string {
	if len(set.Unread) == 0 {
		return ""
	}
	var logs []string
	for i, u := range set.Unread {
		if i == unreadNamed {
			logs = append(logs, fmt.Sprintf("and %d more logs", len(set.Unread)-i))
			break
		}
		logs = append(logs, fmt.Sprintf("%s (%d)", u.Log, u.Rules))
	}
	return fmt.Sprintf("rules about logs that keytrail does not read: %d, for %s", set.UnreadRules(), strings.Join(logs, ", "))
}

// askFormat asks the rules about every record that gave an event of a view. bad says how many could not be asked and why,
// empty where all were.
func askFormat(ctx context.Context, view *casefile.View, ask func(*forensics.Event) ([]*sigma.Rule, error)) (found []forensics.Finding, bad string, err error) {
	var last error
	failed := 0
	hits := map[forensics.Ref][]*sigma.Rule{}
	for from := 0; from < view.Len(); from += sigmaPage {
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		page, err := view.Events(from, sigmaPage)
		if err != nil {
			return nil, "", err
		}
		// In the order of the evidence an archive is unpacked once a page, not once a record.
		slices.SortStableFunc(page, func(a, b forensics.Event) int {
			return cmp.Or(cmp.Compare(a.Ref.Item, b.Ref.Item), cmp.Compare(a.Ref.Offset, b.Ref.Offset))
		})
		clear(hits)
		for i := range page {
			e := &page[i]
			rules, asked := hits[e.Ref]
			if !asked {
				var err error
				if rules, err = ask(e); err != nil {
					failed, last = failed+1, err
				}
				hits[e.Ref] = rules
			}
			for _, rule := range rules {
				found = append(found, sigmaFinding(e, rule))
			}
		}
	}
	if failed > 0 {
		bad = fmt.Sprintf("%d records could not be asked, the last one because: %v", failed, last)
	}
	return found, bad, nil
}

// sourceIs is the filter for the events of one format.
func sourceIs(format string) filter.Expr {
	expr, err := filter.Parse("format:" + filter.Quote(format))
	if err != nil {
		panic("investigate: " + err.Error()) // the names of formats are ours
	}
	return expr
}

func sigmaFinding(e *forensics.Event, r *sigma.Rule) forensics.Finding {
	f := forensics.Finding{Rule: SigmaPrefix + cmp.Or(r.ID, r.File), Account: filter.Fold(e.Account), Step: stepOf(e.Kind),
		Title: r.Title, Level: strings.ToLower(r.Level), EventIDs: []string{e.ID},
		Start: e.Time.Nano, End: e.Time.Nano, Rows: []int64{e.Row}, Certainty: e.Certainty, Weight: sigmaWeights[strings.ToLower(r.Level)],
		Why: fmt.Sprintf("the Sigma rule %q (%s) matches the record", r.Title, cmp.Or(r.Level, "no level"))}
	if len(r.Techniques) > 0 {
		f.Technique = strings.Join(r.Techniques, ", ")
	}
	if len(r.False) > 0 {
		f.InnocentIf = "the rule names as innocent: " + strings.Join(r.False, "; ")
	}
	return f
}

// stepOf is the step that a kind of event speaks for, empty for none.
func stepOf(k forensics.Kind) forensics.StepName {
	switch k.Group() {
	case forensics.GroupKey:
		return forensics.StepKey
	case forensics.GroupLogin:
		return forensics.StepLogin
	case forensics.GroupReset:
		return forensics.StepReset
	case forensics.GroupDeletion:
		return forensics.StepDeletion
	case forensics.GroupMoney:
		return forensics.StepMoney
	case forensics.GroupSettings:
		return forensics.StepSettings
	}
	return ""
}
