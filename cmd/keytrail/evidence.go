package main

import (
	"bufio"
	"bytes"
	"fmt"
	"path"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"keytrail/export"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/tui/kit"
)

func (p *Program) evidenceCommand() *cobra.Command {
	var format string
	var warnings bool
	cmd := &cobra.Command{
		Use:   "evidence CASE",
		Short: "Print what was read, how much of it, and what not",
		Long: "Prints each piece of evidence with its format, status, counts, times and SHA-256. Status: ok, partial (some of it could not be read),\n" +
			"failed, unrecognised (no format knows it).",
		Example:           "  keytrail evidence rivera\n  keytrail evidence rivera --warnings\n  keytrail evidence rivera --format jsonl | jq .sha256",
		Args:              argsBetween(1, 1, "a case"),
		ValidArgsFunction: completeArgs(completeCase),
		RunE: func(_ *cobra.Command, args []string) (err error) {
			if format != "table" && format != "jsonl" {
				return usagef("--format: %q is neither table nor jsonl", format)
			}
			c, err := p.openCase(args[0])
			if err != nil {
				return err
			}
			defer closing(c, &err)
			if warnings {
				return p.warnings(c, format)
			}
			return p.evidence(c, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "how to print it, a `WORD`: table or jsonl")
	words(cmd, "format", "table", "jsonl")
	cmd.Flags().BoolVar(&warnings, "warnings", false, "print the warnings instead, each with its place")
	return cmd
}

func (p *Program) evidence(c *casefile.Case, format string) error {
	list, err := c.Evidence()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(p.Out)
	var lines bytes.Buffer
	table := tabwriter.NewWriter(&lines, 2, 8, 2, ' ', 0)
	notes, row := map[int][]string{}, 0 // by row: a line of its own in the table would break its columns
	if format == "table" {
		fmt.Fprintln(table, "#\tevidence\tformat\tstatus\trecords\tevents\tduplicates\tskipped\tbroken\twarnings\tfirst\tlast\tsha256")
	}
	var total forensics.Counts
	for _, ev := range list {
		items, err := c.Items(ev.ID)
		if err != nil {
			return err
		}
		if len(items) == 0 { // a folder without a file, or evidence whose reading was stopped at once
			status := forensics.StatusEmpty
			if !ev.Done {
				status = forensics.StatusReading
			}
			items = []forensics.Item{{Evidence: ev.ID, Status: status, Digest: ev.Digest}}
		}
		for len(items) > 0 {
			it := items[0]
			if format == "jsonl" {
				if _, err := out.Write(append(export.AppendJSON(nil, export.EvidenceFields(&ev, &it)), '\n')); err != nil {
					return err
				}
				items = items[1:]
				continue
			}
			name, sum := cut(clean(itemName(&ev, &it)), 60), "not hashed"
			if !it.Digest.IsZero() {
				sum = it.Digest.String()[:16] + "…"
			}
			n := alike(items)
			if n >= foldAt {
				it = together(items[:n])
				name, sum = cut(clean(path.Dir(itemName(&ev, &it))), 40)+"/ ("+kit.Count(int64(n))+" files)", "each its own"
			} else {
				n = 1
			}
			items = items[n:]
			total = total.Add(it.Counts)
			row++
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", ev.ID, name, it.Format, it.Status,
				kit.Count(it.Records), kit.Count(it.Events), kit.Count(it.Duplicates), kit.Count(it.Skipped), kit.Count(it.Broken), kit.Count(it.Warnings), day(it.First), day(it.Last), sum)
			if it.Reason != "" && it.Status != forensics.StatusOK {
				notes[row] = append(notes[row], cut(clean(firstLine(it.Reason)), 110))
			}
			if it.Clock != "" {
				notes[row] = append(notes[row], "assumed: "+clean(it.Clock))
			}
		}
	}
	if format == "table" {
		if err := table.Flush(); err != nil {
			return err
		}
		for i, line := range strings.SplitAfter(lines.String(), "\n") {
			fmt.Fprint(out, line)
			for _, n := range notes[i] {
				fmt.Fprintf(out, "     %s\n", n)
			}
		}
		fmt.Fprintf(out, "\nrecords: %s read + %s skipped + %s broken = %s; %s\n", kit.Count(total.Read), kit.Count(total.Skipped),
			kit.Count(total.Broken), kit.Count(total.Records), kit.Plural(total.Warnings, "warning"))
	}
	return out.Flush()
}

// foldAt is from how many files of one folder on that have nothing to say of their own they share a line.
const foldAt = 10

// alike counts how many items from the first on are read alike from one folder, whole and without anything assumed, or are
// known to no format for one reason.
func alike(items []forensics.Item) int {
	first := &items[0]
	if first.Status != forensics.StatusOK && first.Status != forensics.StatusUnrecognised || first.Clock != "" || first.Name == "" {
		return 1
	}
	n := 1
	for n < len(items) {
		it := &items[n]
		if it.Format != first.Format || it.Status != first.Status || it.Status != forensics.StatusOK && it.Reason != first.Reason || it.Clock != "" || path.Dir(it.Name) != path.Dir(first.Name) {
			break
		}
		n++
	}
	return n
}

// together adds items up.
func together(items []forensics.Item) forensics.Item {
	sum := items[0]
	for _, it := range items[1:] {
		sum.Counts = sum.Counts.Add(it.Counts)
		if it.First != 0 && (sum.First == 0 || it.First < sum.First) {
			sum.First = it.First
		}
		sum.Last = max(sum.Last, it.Last)
	}
	return sum
}

func itemName(ev *forensics.Evidence, it *forensics.Item) string {
	if it.Name == "" {
		return ev.Name
	}
	return path.Join(ev.Name, it.Name)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func day(nano int64) string {
	if nano == 0 {
		return "-"
	}
	return time.Unix(0, nano).UTC().Format(time.DateOnly)
}

// warnings prints what could not be read, one a line.
func (p *Program) warnings(c *casefile.Case, format string) error {
	out := bufio.NewWriter(p.Out)
	var after int64
	for {
		list, err := c.Warnings(0, after, 1000)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return out.Flush()
		}
		after += int64(len(list))
		for i := range list {
			w := &list[i]
			if format == "jsonl" {
				if _, err := out.Write(append(export.AppendJSON(nil, export.WarningFields(w)), '\n')); err != nil {
					return err
				}
				continue
			}
			where := clean(w.EvidenceName)
			if w.ItemName != "" {
				where += " » " + clean(w.ItemName)
			}
			if w.Ref.Line > 0 {
				where += fmt.Sprintf(" line %s", kit.Count(w.Ref.Line))
			}
			fmt.Fprintf(out, "%s, byte %s: %s\n", where, kit.Count(w.Ref.Offset), clean(firstLine(w.Text)))
		}
	}
}
