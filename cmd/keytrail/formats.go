package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"keytrail/forensics/format/all"
)

func (p *Program) formatsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "formats",
		Short: "What can be read, and how to get it from its provider",
		Long: "Lists every format that can be read: what of it, what that tells, and how to get such a file from its provider.\n" +
			"Formats are told by content, not by name, so the names are for reading only.",
		Args: argsBetween(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			out := bufio.NewWriter(p.Out)
			for _, f := range all.Formats() {
				about := f.About()
				fmt.Fprintf(out, "%s — %s\n", f.Name(), about.Title)
				fmt.Fprintf(out, "  reads:   %s\n", about.Reads)
				fmt.Fprintf(out, "  tells:   %s\n", strings.Join(about.Gives, ", "))
				fmt.Fprintf(out, "  get it:  %s\n\n", strings.ReplaceAll(about.HowTo, "\n", "\n           "))
			}
			fmt.Fprintln(out, "Folders, .zip, .gz, .tar and .tar.gz of these are read as they are; formats are told by content, not by name.")
			return out.Flush()
		},
	}
}
