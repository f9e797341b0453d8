package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/tui/kit"
)

func (p *Program) markCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mark CASE mine|not-mine|unknown ENTITY...",
		Short: "Say what is yours and what is not; incidents follow it",
		Long: "Notes a verdict on addresses, networks, operators, clients, keys, accounts or services. The incidents are found anew with it; the\n" +
			"verdict stands in the custody log and can be undone on the screen, or with unknown.",
		Example: "  keytrail mark rivera mine network:198.51.100.0/24\n  keytrail mark rivera not-mine ip:203.0.113.7 key:Outlook-2 client:\"eM Client\"",
		Args:    argsBetween(3, -1, "a case, a verdict and what it is on"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.mark(cmd.Context(), args[0], args[1], args[2:])
		},
	}
}

func (p *Program) mark(ctx context.Context, name, verdict string, entities []string) (err error) {
	verdicts := []string{casefile.VerdictMine, casefile.VerdictNotMine, casefile.VerdictUnknown}
	if !slices.Contains(verdicts, verdict) {
		return usagef("mark: %q is no verdict; it is mine, not-mine or unknown", verdict)
	}
	for i, e := range entities {
		if entities[i], err = casefile.ParseEntity(e); err != nil {
			return usageError{err}
		}
	}
	var before, after *forensics.Analysis
	var absent []string // entities that no event of an account has
	c, err := p.existingCase(name, func(c *casefile.Case) (err error) {
		a, err := p.analyst(ctx, c, analyseFlags{})
		if err != nil {
			return err
		}
		if before, err = a.Analyse(ctx); err != nil {
			return err
		}
		if err := c.SetVerdict(entities, verdict); err != nil {
			return err
		}
		if after, err = a.Analyse(ctx); err != nil {
			return err
		}
		for i := range entities {
			accounts, err := c.AccountsOf(ctx, entities[i:i+1])
			if err != nil {
				return err
			}
			if len(accounts) == 0 {
				absent = append(absent, entities[i])
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer closing(c, &err)
	fmt.Fprintf(p.Out, "%s: %s\n", verdict, clean(strings.Join(entities, ", ")))
	for _, e := range absent {
		fmt.Fprintf(p.Out, "  no event of an account has %s: it changes nothing for now\n", clean(e))
	}
	fmt.Fprintf(p.Out, "incidents: %s before, %s now\n", kit.Count(int64(len(before.Incidents))), kit.Count(int64(len(after.Incidents))))
	for i := range after.Incidents {
		in := &after.Incidents[i]
		fmt.Fprintf(p.Out, "  #%d  %s  %s  %.2f %s\n", in.ID, instant(in.Start), clean(in.Account), in.Score, clean(in.Summary))
	}
	return nil
}
