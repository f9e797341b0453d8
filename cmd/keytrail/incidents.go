package main

import (
	"bufio"
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"keytrail/export"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

func (p *Program) incidentsCommand() *cobra.Command {
	var format, zone string
	var flags analyseFlags
	cmd := &cobra.Command{
		Use:   "incidents CASE",
		Short: "Print the incidents: which events belong to one attack, and why",
		Long: "Prints the incidents of a case: which key, login, reset, deletion and transfer belong together, why each step belongs, what is\n" +
			"missing, and what would make it innocent. A threshold that --set changes is kept in the case and named wherever incidents are.",
		Example: "  keytrail incidents rivera\n  keytrail incidents rivera --format jsonl | jq 'select(.score > 0.8)'\n  keytrail incidents rivera --set reset.window=6h\n" +
			"  keytrail incidents rivera --sigma sigma/rules/cloud --geoip GeoLite2-City.mmdb",
		Args:              argsBetween(1, 1, "a case"),
		ValidArgsFunction: completeArgs(completeCase),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.incidents(cmd.Context(), args[0], format, zone, flags)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "how to print it, a `WORD`: table or jsonl")
	cmd.Flags().StringVar(&zone, "tz", "UTC", "`ZONE` of the times in the table, such as America/Chicago or +02:00")
	words(cmd, "format", "table", "jsonl")
	complete(cmd, "tz", completeZone)
	flags.register(cmd)
	return cmd
}

func (p *Program) incidents(ctx context.Context, name, format, zoneName string, flags analyseFlags) (err error) {
	zone, err := zoneNamed(zoneName)
	if err != nil {
		return err
	}
	if format != "table" && format != "jsonl" {
		return usagef("--format: %q is neither table nor jsonl", format)
	}
	set, err := flags.sigmaRules()
	if err != nil {
		return err
	}
	c, err := p.caseWithSettings(name, flags)
	if err != nil {
		return err
	}
	defer closing(c, &err)
	if err := p.notWhole(c); err != nil {
		return err
	}
	a, err := p.analystWith(c, flags.ruleFlags, set)
	if err != nil {
		return err
	}
	analysis, err := a.Analyse(ctx)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(p.Out)
	if format == "jsonl" {
		for i := range analysis.Incidents {
			if _, err := out.Write(append(export.AppendJSON(nil, incidentFields(&analysis.Incidents[i], analysis.Changed)), '\n')); err != nil {
				return err
			}
		}
		return out.Flush()
	}
	story := storyboard{out: out, zone: zone, cells: width(p.Out), asked: flags.told(set)}
	story.analysis(analysis)
	if err := story.outside(ctx, c, analysis); err != nil {
		return err
	}
	return out.Flush()
}

// caseWithSettings opens a case, and writes the thresholds that are to be kept into it.
func (p *Program) caseWithSettings(name string, flags analyseFlags) (*casefile.Case, error) {
	list, err := flags.thresholds()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return p.openCase(name)
	}
	return p.existingCase(name, func(c *casefile.Case) error {
		for _, s := range list {
			if err := c.SetSetting(s[0], s[1]); err != nil {
				return err
			}
		}
		return nil
	})
}

// existingCase opens a case that must exist for writing, and makes a change.
func (p *Program) existingCase(name string, change func(*casefile.Case) error) (*casefile.Case, error) {
	path := casefile.Path(name)
	if !casefile.Exists(path) {
		return p.openCase(name) // which says so
	}
	c, err := casefile.Open(path, p.caseOptions(false))
	if err != nil {
		return nil, err
	}
	if c.ReadOnly() {
		err = &forensics.Error{What: "the case can only be read", File: path, Byte: -1}
	} else {
		err = change(c)
	}
	if err != nil {
		closing(c, &err)
		return nil, err
	}
	return c, nil
}

// stepJSON is a step as the contract spells it.
type stepJSON struct {
	Step       forensics.StepName `json:"step"`
	Start      string             `json:"start"`
	End        string             `json:"end"`
	EventIDs   []string           `json:"event.ids"`
	Certainty  string             `json:"certainty"`
	JoinedBy   string             `json:"joined_by,omitempty"`
	Technique  string             `json:"technique,omitempty"`
	Rules      []string           `json:"rules,omitempty"`
	Label      string             `json:"label,omitempty"`
	Why        string             `json:"why"`
	InnocentIf string             `json:"innocent_if,omitempty"`
	By         string             `json:"by,omitempty"` // of a repair: owner or provider
}

type missingJSON struct {
	Step       forensics.StepName `json:"step"`
	LookedIn   []string           `json:"looked_in"`
	NotCovered []string           `json:"not_covered"`
}

type lossJSON struct {
	Service  string `json:"service,omitempty"`
	Asset    string `json:"asset"`
	Amount   string `json:"amount"`
	ValueUSD string `json:"value_usd,omitempty"`
}

type partJSON struct {
	Text   string  `json:"text"`
	Points float64 `json:"points"`
}

// incidentFields is an incident as the contract spells it.
func incidentFields(in *forensics.Incident, changed []string) []forensics.Field {
	fields := []forensics.Field{
		{Key: "id", Value: in.ID}, {Key: "account", Value: in.Account}, {Key: "start", Value: instant(in.Start)}, {Key: "end", Value: instant(in.End)},
		{Key: "score", Value: in.Score}, {Key: "strength", Value: in.Strength},
	}
	if in.Campaign != "" {
		fields = append(fields, forensics.Field{Key: "campaign", Value: in.Campaign})
	}
	fields = append(fields, forensics.Field{Key: "summary", Value: in.Summary})
	if in.State != "" {
		fields = append(fields, forensics.Field{Key: "state", Value: in.State})
	}
	steps, repair, missing, loss, parts := []stepJSON{}, []stepJSON{}, []missingJSON{}, []lossJSON{}, []partJSON{}
	for i := range in.Steps {
		steps = append(steps, stepOf(&in.Steps[i]))
	}
	for i := range in.Repair {
		s := stepOf(&in.Repair[i])
		s.By = "provider"
		if in.Repair[i].Owner {
			s.By = "owner"
		}
		repair = append(repair, s)
	}
	for _, m := range in.Missing {
		missing = append(missing, missingJSON{m.Step, notNil(m.LookedIn), notNil(m.NotCovered)})
	}
	for _, l := range in.Loss {
		loss = append(loss, lossJSON{l.Service, l.Asset, l.Amount, l.ValueUSD})
	}
	for _, p := range in.Parts {
		parts = append(parts, partJSON{p.Text, p.Value})
	}
	fields = append(fields, forensics.Field{Key: "steps", Value: steps}, forensics.Field{Key: "missing", Value: missing}, forensics.Field{Key: "loss", Value: loss},
		forensics.Field{Key: "repair", Value: repair}, forensics.Field{Key: "parts", Value: parts},
		forensics.Field{Key: "entities", Value: notNil(in.Entities)}, forensics.Field{Key: "services", Value: notNil(in.Services)})
	if len(changed) > 0 {
		fields = append(fields, forensics.Field{Key: "settings", Value: changed})
	}
	return fields
}

func stepOf(s *forensics.Step) stepJSON {
	return stepJSON{Step: s.Step, Start: instant(s.Start), End: instant(s.End), EventIDs: notNil(s.EventIDs), Certainty: s.Certainty.String(), JoinedBy: strings.Join(s.JoinedBy, ", "),
		Technique: s.Technique, Rules: s.Rules, Label: s.Label, Why: s.Why, InnocentIf: s.InnocentIf}
}

func instant(nano int64) string { return time.Unix(0, nano).UTC().Format(time.RFC3339Nano) }

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
