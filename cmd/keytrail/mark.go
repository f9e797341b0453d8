package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
)

func (p *Program) markCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "mark CASE mine|not-mine|unknown ENTITY...",
		Short: "Say what is yours and what is not; incidents follow it",
		Long: "Notes a verdict on addresses, networks, operators, clients, keys, accounts or services. The incidents are found anew with it; the\n" +
			"verdict stands in the custody log and can be undone on the screen, or with unknown.\n\n" + entityHelp() + "\n\n" +
			"A verdict that is almost always a mistake is asked for twice: on a network larger than any operator has, or not-mine on an account that\n" +
			fmt.Sprintf("the case is about or on what at least %.0f%% of the events come from. Without a terminal it is refused, unless --yes says that it is meant.", 100*forensics.WideShare),
		Example: "  keytrail mark rivera mine network:198.51.100.0/24\n  keytrail mark rivera not-mine ip:203.0.113.7 key:Outlook-2 client:\"eM Client\"\n" +
			"  keytrail mark rivera unknown ip:203.0.113.7          takes it back",
		Args:              argsBetween(3, -1, "a case, a verdict and what it is on"),
		ValidArgsFunction: completeArgs(completeCase, completeVerdict, p.completeEntity),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.mark(cmd.Context(), args[0], args[1], args[2:], yes)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask, whatever it touches")
	return cmd
}

// entityHelp lists the kinds of entities with an example each.
func entityHelp() string {
	examples := map[string]string{
		forensics.EntityIP: "203.0.113.7", forensics.EntityNetwork: "203.0.113.0/24", forensics.EntityASN: "64496", forensics.EntityClient: `"eM Client"`,
		forensics.EntityKey: "Outlook-2", forensics.EntityAccount: "pat@example.com", forensics.EntityService: "coinbase",
	}
	var lines []string
	for _, kind := range forensics.EntityKinds() {
		lines = append(lines, fmt.Sprintf("  %-26s %s", kind+":"+examples[kind], entityWords[kind]))
	}
	return "An ENTITY is one of:\n" + strings.Join(lines, "\n")
}

// parseEntity reads an entity; what is nearly one is suggested.
func parseEntity(s string) (string, error) {
	entity, err := casefile.ParseEntity(s)
	if err == nil {
		return entity, nil
	}
	suggestion := ""
	kind, value, ok := strings.Cut(s, ":")
	_, noIP := netip.ParseAddr(s)
	_, noNetwork := netip.ParsePrefix(s)
	switch {
	case noIP == nil:
		suggestion = forensics.EntityIP + ":" + s
	case noNetwork == nil:
		suggestion = forensics.EntityNetwork + ":" + s
	case !ok && strings.Contains(s, "@"):
		suggestion = forensics.EntityAccount + ":" + s
	case ok && value != "" && !slices.Contains(forensics.EntityKinds(), kind):
		others := map[string]string{"address": forensics.EntityIP, "host": forensics.EntityIP, "as": forensics.EntityASN, "operator": forensics.EntityASN, "program": forensics.EntityClient,
			"user": forensics.EntityAccount, "email": forensics.EntityAccount, "net": forensics.EntityNetwork, "subnet": forensics.EntityNetwork, "cidr": forensics.EntityNetwork}
		known := forensics.EntityKinds()
		for name := range others {
			known = append(known, name)
		}
		slices.Sort(known)
		if near := filter.Nearest(kind, known); near != "" {
			if other, ok := others[near]; ok {
				near = other
			}
			suggestion = near + ":" + value
		}
	case ok && kind == forensics.EntityIP:
		if _, err := netip.ParsePrefix(value); err == nil {
			suggestion = forensics.EntityNetwork + ":" + value
		}
	case ok && kind == forensics.EntityNetwork:
		if ip, err := netip.ParseAddr(value); err == nil {
			suggestion = forensics.EntityNetwork + ":" + forensics.Network(ip).String()
		}
	}
	if suggestion == "" || strings.Contains(suggestion, "@") && strings.Contains(suggestion, " ") {
		return "", usageError{err}
	}
	return "", usageError{fmt.Errorf("%w; did you mean %s?", err, suggestion)}
}

func (p *Program) mark(ctx context.Context, name, verdict string, entities []string, yes bool) (err error) {
	if !slices.Contains(verdictWords, verdict) {
		return usagef("mark: %q is no verdict; it is mine, not-mine or unknown%s", verdict, near(verdict, verdictWords))
	}
	for i, e := range entities {
		if entities[i], err = parseEntity(e); err != nil {
			return err
		}
	}
	var before, after *forensics.Analysis
	var reach *forensics.Reach
	var absent []string // entities that no event of an account has
	var again bool      // all of them have this verdict already
	near := map[string]string{}
	c, err := p.existingCase(name, func(c *casefile.Case) (err error) {
		if reach, err = c.Reach(ctx, entities); err != nil {
			return err
		}
		if why := reach.Wide(verdict); why != "" && !yes {
			if err := p.meant(verdict, entities, reach, why); err != nil {
				return err
			}
		}
		if again, err = haveVerdict(c, entities, verdict); err != nil || again {
			return err
		}
		a, err := p.analyst(c, ruleFlags{})
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
				near[entities[i]] = nearestEntity(ctx, c, entities[i])
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer closing(c, &err)
	if again {
		fmt.Fprintf(p.Out, "%s: %s: so it was already; nothing was changed\n", verdict, clean(strings.Join(entities, ", ")))
		return nil
	}
	fmt.Fprintf(p.Out, "%s: %s\n", verdict, clean(strings.Join(entities, ", ")))
	if reach.Events > 0 {
		fmt.Fprintf(p.Out, "  touches %s\n", kit.ReachText(reach))
	}
	for _, e := range absent {
		fmt.Fprintf(p.Out, "  no event of an account has %s: it changes nothing for now%s\n", clean(e), clean(near[e]))
	}
	fmt.Fprintf(p.Out, "incidents: %s before, %s now; times in UTC\n", kit.Count(int64(len(before.Incidents))), kit.Count(int64(len(after.Incidents))))
	for i := range after.Incidents {
		in := &after.Incidents[i]
		fmt.Fprintf(p.Out, "  #%d  %s  %s  %.2f %s\n", in.ID, time.Unix(0, in.Start).UTC().Format(time.DateTime), clean(in.Account), in.Score, clean(in.Summary))
	}
	return nil
}

// haveVerdict reports whether every entity has the verdict already: entered again it would stand in the custody log, and want to
// be undone, twice.
func haveVerdict(c *casefile.Case, entities []string, verdict string) (bool, error) {
	list, err := c.Verdicts()
	if err != nil {
		return false, err
	}
	of := map[string]string{}
	for _, v := range list {
		of[v.Entity] = v.Verdict
	}
	for _, e := range entities {
		if cmp.Or(of[e], casefile.VerdictUnknown) != verdict {
			return false, nil
		}
	}
	return true, nil
}

// nearestEntity suggests an entity of the case that is spelled nearly so; empty where none is.
func nearestEntity(ctx context.Context, c *casefile.Case, entity string) string {
	kind, value, _ := strings.Cut(entity, ":")
	list, err := c.Entities(ctx, kind, 0)
	if err != nil {
		return "" // a help, no more
	}
	var known []string
	for _, e := range list {
		known = append(known, e.Value)
	}
	if s := filter.Nearest(value, known); s != "" {
		return "; did you mean " + kind + ":" + s + "?"
	}
	return ""
}

// meant asks whether a verdict that touches so much is meant. Without a terminal nobody can be asked, and it is refused.
func (p *Program) meant(verdict string, entities []string, reach *forensics.Reach, why string) error {
	what := fmt.Sprintf("%s: %s touches %s", verdict, clean(strings.Join(entities, ", ")), kit.ReachText(reach))
	if !isTerminal(p.In) || !isTerminal(p.Err) {
		return usageError{&forensics.Error{What: what + "\n  " + clean(why), Byte: -1, Hint: "nothing was changed; if it is meant, say --yes"}}
	}
	p.say("%s", what)
	p.say("  %s", clean(why))
	fmt.Fprint(p.Err, "Is it meant? [y/N] ")
	answer, err := bufio.NewReader(p.In).ReadString('\n')
	if word := strings.ToLower(strings.TrimSpace(answer)); err == nil && (word == "y" || word == "yes") {
		return nil
	}
	return &forensics.Error{What: "nothing was changed", Byte: -1}
}
