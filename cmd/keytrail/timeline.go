package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"keytrail/export"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
	"keytrail/forensics/timeline"
	"keytrail/tui/kit"
)

func (p *Program) timelineCommand() *cobra.Command {
	var format, zone string
	cmd := &cobra.Command{
		Use:               "timeline CASE [FILTER]",
		Short:             "Print the timeline",
		Long:              "Prints the events of a case in the order of time, those that match the filter.\n\n" + filterHelp(),
		Example:           "  keytrail timeline rivera 'group:login -ip:198.51.100.0/24 after:2023-02-07'\n  keytrail timeline rivera kind:reset-requested --format jsonl | jq .message",
		Args:              argsBetween(1, -1, "a case"),
		ValidArgsFunction: completeArgs(completeCase, p.completeFilter),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.timeline(cmd.Context(), args[0], strings.Join(args[1:], " "), format, zone)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "how to print it, a `WORD`: table, csv or jsonl")
	cmd.Flags().StringVar(&zone, "tz", "UTC", "`ZONE` of the times in the table, such as America/Chicago or +02:00")
	words(cmd, "format", "table", "csv", "jsonl")
	complete(cmd, "tz", completeZone)
	return cmd
}

func (p *Program) timeline(ctx context.Context, name, query, format, zoneName string) (err error) {
	zone, err := zoneNamed(zoneName)
	if err != nil {
		return err
	}
	expr, err := parseFilter(query, zone)
	if err != nil {
		return err
	}
	if format != "table" && format != "csv" && format != "jsonl" {
		return usagef("--format: %q is none of table, csv and jsonl", format)
	}
	c, err := p.openCase(name)
	if err != nil {
		return err
	}
	defer closing(c, &err)
	if err := p.notWhole(c); err != nil {
		return err
	}
	if format != "table" || strings.Contains(query, "incident") { // only these show which event belongs to which incident
		if _, err := p.analyse(ctx, c, ruleFlags{}); err != nil {
			return err
		}
	}
	view, err := c.Query(ctx, expr)
	if err != nil {
		return err
	}
	if view.Len() == 0 {
		if hint := accountHint(c, query); hint != "" {
			p.say("%s", hint)
		}
	}
	switch format {
	case "jsonl":
		return export.JSONL(ctx, p.Out, view)
	case "csv":
		return export.CSV(ctx, p.Out, view, zone)
	}
	return p.timelineTable(ctx, view, zone)
}

// filterHelp lists the keys of the filter language.
func filterHelp() string {
	var b strings.Builder
	b.WriteString("Words side by side must all match; OR, - for not, parentheses, \"quotes\" and * in values are understood. A bare word is looked for\n" +
		"in all that is seen of an event. The keys (docs/filters.md tells more):\n\n")
	for _, k := range filter.Keys() {
		fmt.Fprintf(&b, "  %-30s %s\n", k.Example, k.Help)
	}
	return strings.TrimRight(b.String(), "\n")
}

// parseFilter reads a filter; a mistake is pointed at under the text.
func parseFilter(query string, zone *time.Location) (filter.Expr, error) {
	expr, err := filter.ParseIn(query, zone)
	if err == nil {
		return expr, nil
	}
	return nil, usageError{fmt.Errorf("%w\n  %s\n  %s^", err, clean(query), strings.Repeat(" ", max(0, column(err)-1)))}
}

// maxNamed is how many accounts are named where a filter names none.
const maxNamed = 3

// accountHint names the accounts that begin with what a filter takes for a whole one.
func accountHint(c *casefile.Case, query string) string {
	for word := range strings.FieldsSeq(query) {
		value, ok := strings.CutPrefix(strings.Trim(word, "()"), "account:")
		if !ok || value == "" || strings.ContainsAny(value, `*"`) {
			continue
		}
		if names := c.Values("account", value, maxNamed); len(names) > 0 && !strings.EqualFold(names[0], value) {
			return fmt.Sprintf("account: takes the whole name; there is %s; account:%s* takes all that begin so", clean(strings.Join(names, ", ")), clean(value))
		}
	}
	return ""
}

func (p *Program) timelineTable(ctx context.Context, view *casefile.View, zone *time.Location) error {
	if view.Len() == 0 {
		p.say("no event matches; the case has %s", kit.Plural(int64(view.Total()), "event"))
		return nil
	}
	out := bufio.NewWriter(p.Out)
	cells := width(p.Out)
	day := ""
	err := forensics.Each(ctx, view, func(e *forensics.Event) error {
		clock := strings.Repeat(" ", 8)
		today := "without a reliable time"
		if !e.Time.Unreliable {
			at := e.Time.Std().In(zone)
			today, clock = at.Format("Mon 2006-01-02 (MST)"), at.Format(time.TimeOnly)
		}
		if today != day {
			day = today
			fmt.Fprintf(out, "%s\n", today)
		}
		line := fmt.Sprintf("  %s  %s %-9s %-24s %s%s  [%s]", clock, kit.GroupLetter(e.Kind.Group()), e.Kind.Group(),
			cut(clean(e.Account), 24), clean(timeline.Sentence(e)), states(e), place(e))
		if cells > 0 {
			line = cut(line, cells)
		}
		_, err := fmt.Fprintln(out, line)
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// states are the short words for how an event is known.
func states(e *forensics.Event) string {
	var words []string
	if e.Certainty != forensics.Observed {
		words = append(words, e.Certainty.String())
	}
	if e.Time.Zone == forensics.ZoneAssumed && !e.Time.Unreliable {
		words = append(words, "zone assumed")
	}
	if len(e.SeenIn) > 0 {
		words = append(words, fmt.Sprintf("seen %d times", len(e.SeenIn)+1))
	}
	if len(words) == 0 {
		return ""
	}
	return " · " + strings.Join(words, ", ")
}

// place names where the record of an event stands.
func place(e *forensics.Event) string {
	s := clean(e.EvidenceName)
	if e.ItemName != "" {
		s += " » " + clean(e.ItemName)
	}
	if e.Ref.Line > 1 || e.Ref.Line == 1 && e.Ref.Offset == 0 { // a file may be one long line
		return fmt.Sprintf("%s line %s", s, kit.Count(e.Ref.Line))
	}
	return fmt.Sprintf("%s byte %s", s, kit.Count(e.Ref.Offset))
}

// column is where in a filter a mistake stands, from 1.
func column(err error) int {
	var mistake *filter.SyntaxError
	if errors.As(err, &mistake) {
		return mistake.Column
	}
	return 1
}
