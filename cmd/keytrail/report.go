package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"keytrail/export"
	"keytrail/export/report"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/investigate"
	"keytrail/tui/kit"
)

// reportFlags are what a report is made with.
type reportFlags struct {
	out, zone, filter string
	redact, force     bool
	ruleFlags
}

func (p *Program) reportCommand() *cobra.Command {
	var flags reportFlags
	cmd := &cobra.Command{
		Use:   "report CASE -o FILE",
		Short: "Write the report: .xlsx, .csv, or .jsonl for Timesketch",
		Long: "Writes the report of a case by the ending of FILE: a workbook for people, a table for scripts, or lines for Timesketch. Incidents are found\n" +
			"anew for it. With --sigma the workbook lists what Sigma rules found, and which could not be asked; for .csv and .jsonl the rules count\n" +
			"only as reasons of the incidents that events name.",
		Example: "  keytrail report rivera -o rivera.xlsx --tz America/Chicago\n" +
			"  keytrail report rivera -o resets.csv --filter group:reset\n" +
			"  keytrail report rivera -o rivera.xlsx --sigma sigma/rules/cloud --geoip GeoLite2-City.mmdb",
		Args:              argsBetween(1, 1, "a case"),
		ValidArgsFunction: completeArgs(completeCase),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.out == "" {
				return usagef("report: say where to with -o FILE, ending in .xlsx, .csv or .jsonl")
			}
			return p.report(cmd.Context(), args[0], flags)
		},
	}
	cmd.Flags().StringVarP(&flags.out, "output", "o", "", "the `FILE` to write: .xlsx, .csv or .jsonl")
	cmd.Flags().StringVar(&flags.zone, "tz", "UTC", "`ZONE` that stands beside UTC in the report")
	cmd.Flags().StringVar(&flags.filter, "filter", "", "only the events that match this `FILTER`; the report says so")
	cmd.Flags().BoolVar(&flags.redact, "redact", false, "a copy to share: other people's addresses and subjects are blacked out")
	cmd.Flags().BoolVar(&flags.force, "force", false, "replace the file where it exists")
	flags.ruleFlags.register(cmd)
	files(cmd, "output", "xlsx", "csv", "jsonl")
	complete(cmd, "tz", completeZone)
	complete(cmd, "filter", p.completeFilter)
	return cmd
}

func (p *Program) report(ctx context.Context, name string, flags reportFlags) (err error) {
	if flags.out == "-" || flags.out == "/dev/stdout" {
		return usageError{&forensics.Error{What: "a report goes to a file, because its SHA-256 is entered in the custody log", Byte: -1,
			Hint: fmt.Sprintf("for a pipe: keytrail timeline %s --format csv, or --format jsonl", shellWord(name))}}
	}
	if _, err := export.Ending(flags.out); err != nil {
		return usageError{err}
	}
	zone, err := zoneNamed(flags.zone)
	if err != nil {
		return err
	}
	if _, err := parseFilter(flags.filter, zone); err != nil {
		return err
	}
	if _, err := flags.sigmaRules(); err != nil { // before the case is opened for writing
		return err
	}
	path := casefile.Path(name)
	if !casefile.Exists(path) {
		_, err := p.openCase(name)
		return err
	}
	c, err := casefile.Open(path, p.caseOptions(false))
	if err != nil {
		return err
	}
	defer closing(c, &err)
	if err := p.notWhole(c); err != nil {
		return err
	}
	result, err := p.writeReport(ctx, c, flags, zone)
	if err != nil {
		return err
	}
	for _, r := range append([]export.Result{result}, result.Further...) {
		fmt.Fprintf(p.Out, "%s: %s bytes, sha256 %s\n", r.Path, kit.Count(r.Size), r.Digest)
	}
	return nil
}

// writeReport writes the report and enters it in the custody log.
func (p *Program) writeReport(ctx context.Context, c *casefile.Case, flags reportFlags, zone *time.Location) (export.Result, error) {
	if err := notOverEvidence(c, flags.out); err != nil {
		return export.Result{}, err
	}
	db, err := p.places(flags.geoip)
	if err != nil {
		return export.Result{}, err
	}
	set, err := flags.sigmaRules()
	if err != nil {
		return export.Result{}, err
	}
	analyst := investigate.New(c, investigate.Options{Where: db.Place, Sigma: set})
	result, err := report.Write(ctx, c, flags.out, report.Options{Zone: zone, Filter: flags.filter, Redact: flags.redact, Force: flags.force, Tool: tool(),
		Analyse: analyst.Analyse, Where: db.Place, Places: db.Text(), Sigma: flags.told(set)})
	if err != nil {
		return result, err
	}
	detail := fmt.Sprintf("%s, sha256 %s", result.Path, result.Digest)
	if flags.filter != "" {
		detail += ", filter " + flags.filter
	}
	if set != nil {
		detail += ", Sigma rules of " + flags.sigma
	}
	if flags.redact {
		detail += ", redacted"
	}
	for _, r := range result.Further {
		detail += fmt.Sprintf("; %s, sha256 %s", r.Path, r.Digest)
	}
	if err := c.Log(report.WrittenEntry, detail); err != nil {
		return result, &forensics.Error{What: "the report is written, but not entered in the custody log", File: c.Path(), Err: err}
	}
	return result, nil
}

// notOverEvidence refuses to write a report over evidence of its case, or into a folder that is evidence: not even --force may.
func notOverEvidence(c *casefile.Case, out string) error {
	list, err := c.Evidence()
	if err != nil {
		return err
	}
	path := realPath(out)
	there, _ := os.Stat(out)
	for _, ev := range list {
		own := realPath(ev.Path)
		info, err := os.Stat(ev.Path)
		switch {
		case own == path || err == nil && there != nil && os.SameFile(there, info):
			return &forensics.Error{What: "this file is evidence of the case, and evidence is never written over", File: out, Byte: -1, Hint: "choose another name"}
		case err == nil && info.IsDir() && strings.HasPrefix(path, own+string(filepath.Separator)):
			return &forensics.Error{What: "this folder is evidence of the case, and nothing is written into it: " + ev.Path, File: out, Byte: -1, Hint: "choose another folder"}
		}
	}
	return nil
}

// realPath gives a path without links, as far as its folder is there.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		return filepath.Join(dir, filepath.Base(abs))
	}
	return abs
}
