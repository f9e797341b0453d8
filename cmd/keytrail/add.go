package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/format/generic"
	"keytrail/forensics/ingest"
	"keytrail/forensics/investigate"
	"keytrail/tui/kit"
)

// addFlags are the flags of the commands that read evidence.
type addFlags struct {
	year  int
	zone  string
	rules string
	// ruleFlags: places are looked up while evidence is read, too; Sigma rules are for the screen.
	ruleFlags
	// mapping names a file that says what the columns of a table are.
	mapping string
}

func (a *addFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.zone, "tz", "", "`ZONE` of times that state none, such as America/Chicago (default: UTC, marked as assumed)")
	cmd.Flags().IntVar(&a.year, "year", 0, "`YEAR` of the first line of logs that write no year (default: from the file's date, marked as assumed)")
	cmd.Flags().StringVar(&a.mapping, "mapping", "", "JSON `FILE` that says what the columns of a table are (see docs/formats.md)")
	cmd.Flags().StringVar(&a.rules, "rules", "", "folder `DIR` with further notice rules (see docs/notice-rules.md)")
	a.registerPlaces(cmd)
	folders(cmd, "rules")
	files(cmd, "mapping", "json")
	complete(cmd, "tz", completeZone)
}

// ruleDirs gives the folder of --rules. One without a rule is a mistake: what it should have told would stay untold.
func (a *addFlags) ruleDirs() ([]fs.FS, error) {
	if a.rules == "" {
		return nil, nil
	}
	info, err := os.Stat(a.rules)
	switch {
	case err != nil:
		return nil, &forensics.Error{What: "--rules: " + notThere(err, "folder"), File: a.rules, Byte: -1, Hint: "give a folder with .rules files; docs/notice-rules.md shows one"}
	case !info.IsDir():
		return nil, &forensics.Error{What: "--rules takes a folder, and this is a file", File: a.rules, Byte: -1, Hint: "give the folder that it is in: --rules " + filepath.Dir(a.rules)}
	}
	if list, err := filepath.Glob(filepath.Join(escapeGlob(a.rules), "*.rules")); err != nil || len(list) == 0 {
		return nil, &forensics.Error{What: "there is no .rules file in this folder", File: a.rules, Byte: -1, Hint: "docs/notice-rules.md shows one"}
	}
	return []fs.FS{os.DirFS(a.rules)}, nil
}

// readMapping reads the file of --mapping, nil where there is none.
func (a *addFlags) readMapping() (*generic.Mapping, error) {
	if a.mapping == "" {
		return nil, nil
	}
	f, err := os.Open(a.mapping)
	if err != nil {
		return nil, usageError{&forensics.Error{What: "--mapping: " + notThere(err, "file"), File: a.mapping, Byte: -1, Hint: "docs/formats.md shows one"}}
	}
	defer f.Close()
	m, err := generic.ReadMapping(f)
	if err != nil {
		return nil, usageError{&forensics.Error{What: "the mapping has a mistake", File: a.mapping, Err: err, Hint: "docs/formats.md shows one"}}
	}
	return m, nil
}

func (p *Program) addCommand() *cobra.Command {
	var flags addFlags
	cmd := &cobra.Command{
		Use:   "add CASE PATH...",
		Short: "Read evidence into a case",
		Long: "Reads files, folders and archives into a case, which is made where it is missing. Evidence is opened read-only and hashed while it is read.\n" +
			"Stopped at any moment and started again, it goes on where it was.",
		Example:           "  keytrail add rivera mailbox.mbox AuditLog.csv mail.log --tz America/Chicago",
		Args:              argsBetween(2, -1, "a case and what to read"),
		ValidArgsFunction: completeArgs(completeCase, anyFile),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.add(cmd.Context(), args[0], args[1:], flags)
		},
	}
	flags.register(cmd)
	return cmd
}

// add reads paths into a case without a screen.
func (p *Program) add(ctx context.Context, name string, paths []string, flags addFlags) (err error) {
	options, err := p.ingestOptions(flags)
	if err != nil {
		return err
	}
	if warning := noSummerTime(flags.zone); warning != "" {
		p.say("%s", warning)
	}
	if err := exist(paths); err != nil {
		return err
	}
	fresh := !casefile.Exists(casefile.Path(name))
	c, err := p.writeCase(name)
	if err != nil {
		return err
	}
	defer closing(c, &err)
	bar := newProgressBar(p.Err)
	summary, err := read(ctx, c, paths, options, bar.tell)
	bar.clear()
	if err != nil {
		return err
	}
	if summary.Items == 0 && len(summary.Known) == 0 {
		p.say("there is nothing to read there: no file in %s", clean(strings.Join(paths, ", ")))
	}
	p.summarise(c, summary)
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			p.say("%s is empty, 0 bytes: look whether it was fetched whole", clean(path))
		}
	}
	if fresh && summary.Events > 0 {
		word := shellWord(strings.TrimSuffix(name, casefile.Suffix))
		fmt.Fprintf(p.Out, "next: keytrail incidents %s, or keytrail open %s for the screen\n", word, word)
	}
	return nil
}

// read adds evidence and then infers what is missing from all that the case has.
func read(ctx context.Context, c *casefile.Case, paths []string, o ingest.Options, tell func(ingest.Progress)) (ingest.Summary, error) {
	summary, err := ingest.Add(ctx, c, paths, o, tell)
	if err != nil {
		return summary, err
	}
	stale, err := c.InferenceIsStale(ctx)
	if err == nil && stale {
		_, err = investigate.Infer(ctx, c)
	}
	if err != nil {
		return summary, fmt.Errorf("infer what is missing: %w", err)
	}
	return summary, nil
}

// exist checks that there is something at every path before the case is touched.
func exist(paths []string) error {
	for _, path := range paths {
		if _, err := os.Lstat(path); err != nil && path == "-" {
			return &forensics.Error{What: "evidence is not read from a pipe, because verify reads it again", Byte: -1, Hint: "write it to a file first; nothing was added"}
		} else if err != nil {
			return &forensics.Error{What: notThere(err, "file or folder"), File: path, Hint: "check the spelling; nothing was added"}
		}
	}
	return nil
}

// summarise says what was read, names every item that was not, and sets the exit code.
func (p *Program) summarise(c *casefile.Case, s ingest.Summary) {
	fmt.Fprintf(p.Out, "%s: %s from %s, %s, %s in %s\n",
		c.Name(), kit.Plural(s.Records, "record"), kit.Plural(s.Items, "item"), kit.Plural(s.Events, "event"), kit.Plural(s.Warnings, "warning"), s.Elapsed.Round(time.Millisecond))
	fmt.Fprintf(p.Out, "records: %s read + %s skipped + %s broken = %s\n",
		kit.Count(s.Read), kit.Count(s.Skipped), kit.Count(s.Broken), kit.Count(s.Records))
	switch {
	case s.Duplicates == 1:
		fmt.Fprintln(p.Out, "1 event repeats a fact that the case held already")
	case s.Duplicates > 1:
		fmt.Fprintf(p.Out, "%s repeat facts that the case held already\n", kit.Plural(s.Duplicates, "event"))
	}
	for _, path := range s.Known {
		p.say("%s is in the case already", clean(path))
	}
	for _, problem := range s.Problems {
		where := problem.Path
		if problem.Item != "" {
			where += " » " + problem.Item
		}
		p.say("%s: %s: %s", problem.Status, clean(where), cleanLines(problem.Reason))
		if problem.Status == forensics.StatusUnrecognised && problem.Item == "" {
			if advice := adviceOn(problem.Path); advice != "" {
				p.say("  %s", advice)
			}
		}
	}
	if len(s.Problems) > 0 {
		p.code = exitProblems
	}
}

// clean makes text from evidence safe for the terminal, in one line: a line feed in it would let evidence write lines of its own.
func clean(s string) string { return kit.Clean(s) }

// cleanLines does the same for what the program itself writes in several lines.
func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = kit.Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}
