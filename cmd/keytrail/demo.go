package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/tui/kit"
)

// sample is the evidence of the sample case: made up for it, with example domains
// and documentation addresses.
//
//go:embed sample
var sample embed.FS

// sampleWritten is the date that the sample's files are given.
var sampleWritten = time.Date(2023, 3, 25, 12, 0, 0, 0, time.UTC)

func (p *Program) demoCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Look at a sample case, built before your eyes",
		Long: "Builds a case from sample evidence in the program (a mailbox, an old laptop's copy of it, a mail server log, an audit log, an exchange's statement) and opens it.\n" +
			"Without a terminal it prints the story as text.",
		Args: argsBetween(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), dir) },
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder `DIR` to make the sample evidence and the case in, and to keep them (default: one that is removed at the end)")
	return cmd
}

func (p *Program) demo(ctx context.Context, dir string) error {
	if dir == "" {
		tmp, err := os.MkdirTemp("", "keytrail-demo-*")
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	}
	paths, err := writeSample(filepath.Join(dir, "evidence"))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if isTerminal(p.In) && isTerminal(p.Out) {
		return p.open(ctx, filepath.Join(dir, "sample"), paths, addFlags{})
	}
	return p.tellDemo(ctx, filepath.Join(dir, "sample"), paths)
}

// writeSample lays the sample evidence out as files.
func writeSample(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	list, err := sample.ReadDir("sample")
	if err != nil {
		return nil, err
	}
	var paths []string
	bytesOf := map[string][]byte{}
	for _, entry := range list {
		data, err := sample.ReadFile("sample/" + entry.Name())
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, entry.Name())
		if old, err := os.ReadFile(path); err == nil && !bytes.Equal(old, data) { // somebody's own evidence, perhaps
			return nil, &forensics.Error{What: "there is another file of this name already", File: path, Byte: -1, Hint: "nothing was changed; choose an empty folder"}
		}
		paths, bytesOf[path] = append(paths, path), data
	}
	for _, path := range paths {
		if err := os.WriteFile(path, bytesOf[path], 0o644); err != nil {
			return nil, err
		}
		if err := os.Chtimes(path, sampleWritten, sampleWritten); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// tellDemo prints the sample case as text: the evidence, the timeline without the
// ordinary mail, the notices whose mail was deleted, and the incidents.
func (p *Program) tellDemo(ctx context.Context, name string, paths []string) (err error) {
	options, err := p.ingestOptions(addFlags{})
	if err != nil {
		return err
	}
	c, err := p.writeCase(name)
	if err != nil {
		return err
	}
	defer closing(c, &err)
	summary, err := read(ctx, c, paths, options, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "A sample case: what was read")
	fmt.Fprintln(p.Out)
	if err := p.evidence(c, "table"); err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "\nThe timeline, without the ordinary mail and the owner's own sign-ins")
	fmt.Fprintln(p.Out)
	expr, err := parseFilter("-group:mail -kind:other -(kind:login-succeeded (ip:198.51.100.0/24 OR ip:192.0.2.140))", time.UTC)
	if err != nil {
		return err
	}
	view, err := c.Query(ctx, expr)
	if err != nil {
		return err
	}
	if err := p.timelineTable(ctx, view, time.UTC); err != nil {
		return err
	}
	if err := p.tellDeleted(ctx, c); err != nil {
		return err
	}
	analysis, err := p.analyse(ctx, c, ruleFlags{})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "\nIncidents: what belongs together, and why")
	fmt.Fprintln(p.Out)
	story := storyboard{out: p.Out, zone: time.UTC, cells: width(p.Out)}
	story.analysis(analysis)
	fmt.Fprintf(p.Out, "\n%s, %s. In a terminal, `keytrail demo` opens this case on the screen.\n",
		kit.Plural(summary.Records, "record"), kit.Plural(summary.Events, "event"))
	return nil
}

// tellDeleted prints each notice that a log says was deleted, with the time it stood.
func (p *Program) tellDeleted(ctx context.Context, c *casefile.Case) error {
	pairs, err := detect.DeletedNotices(ctx, func(filter string) (forensics.List, error) {
		expr, err := parseFilter(filter, time.UTC)
		if err != nil {
			return nil, err
		}
		return c.Query(ctx, expr)
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "\nNotices that were deleted, joined by message id")
	fmt.Fprintln(p.Out)
	for _, pair := range pairs {
		fmt.Fprintf(p.Out, "  %s  %-9s %q was removed %s after it came, by the session %s\n", pair.Notice.Time.Std().Format(time.DateTime),
			clean(pair.Notice.Service), clean(pair.Notice.Subject), pair.After.Truncate(time.Second), clean(pair.Deletion.Session))
	}
	if len(pairs) == 0 {
		fmt.Fprintln(p.Out, "  none")
	}
	return nil
}
