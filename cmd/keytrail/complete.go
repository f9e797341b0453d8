package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
)

// Completion: what a shell offers after a tab. It only reads, says nothing where it cannot, and never makes a case.

// maxCompleted is how many values of a case are offered.
const maxCompleted = 30

// complete has a function complete a flag. A flag that is not there is a mistake in the program.
func complete(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic("keytrail: " + err.Error())
	}
}

// files has a flag complete files with these endings, folders a flag complete folders.
func files(cmd *cobra.Command, flag string, endings ...string) {
	complete(cmd, flag, cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt))
}

func folders(cmd *cobra.Command, flag string) {
	complete(cmd, flag, cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs))
}

// words has a flag complete a few words.
func words(cmd *cobra.Command, flag string, list ...string) {
	complete(cmd, flag, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
}

// completeArgs completes each argument by its own function, the last one again for all that follow; nil: files.
func completeArgs(list ...cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) < len(list) {
			return list[len(args)](cmd, args, typed)
		}
		if last := list[len(list)-1]; last != nil && len(list) > 1 {
			return last(cmd, args, typed)
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// anyFile lets the shell complete files.
func anyFile(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// completeCase offers the cases where the shell stands, or in the folder that was begun.
func completeCase(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if list := casesAt(typed); len(list) > 0 {
		return list, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// casesAt lists the cases whose path begins with what was typed, without their suffix.
func casesAt(typed string) (list []string) {
	paths, err := filepath.Glob(escapeGlob(typed) + "*" + casefile.Suffix)
	if err != nil {
		return nil
	}
	for _, path := range paths {
		if casefile.Exists(path) {
			list = append(list, strings.TrimSuffix(path, casefile.Suffix))
		}
	}
	return list
}

// escapeGlob takes the meaning from what stands for something in a pattern.
func escapeGlob(s string) string {
	if os.PathSeparator == '\\' {
		return s // no escape there
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

var verdictWords = []string{casefile.VerdictMine, casefile.VerdictNotMine, casefile.VerdictUnknown}

func completeVerdict(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return startingWith(typed, []cobra.Completion{
		cobra.CompletionWithDesc(casefile.VerdictMine, "yours, or of somebody you gave access to"),
		cobra.CompletionWithDesc(casefile.VerdictNotMine, "you never used it"),
		cobra.CompletionWithDesc(casefile.VerdictUnknown, "takes a verdict back"),
	}), cobra.ShellCompDirectiveNoFileComp
}

// entityWords say what each kind of entity is.
var entityWords = map[string]string{
	forensics.EntityIP: "an address", forensics.EntityNetwork: "an address block, such as 203.0.113.0/24", forensics.EntityASN: "everything of one network operator",
	forensics.EntityClient: "a mail program", forensics.EntityKey: "an app password or mail key", forensics.EntityAccount: "an account that acted", forensics.EntityService: "a service, such as an exchange",
}

// completeEntity offers the kinds of entities, and behind the colon what the case has of the kind.
func (p *Program) completeEntity(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	kind, value, ok := strings.Cut(typed, ":")
	if !ok {
		var list []cobra.Completion
		for _, k := range forensics.EntityKinds() {
			list = append(list, cobra.CompletionWithDesc(k+":", entityWords[k]))
		}
		return startingWith(typed, list), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	var list []cobra.Completion
	for _, v := range p.valuesOf(args, kind, value) {
		list = append(list, kind+":"+v)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeFilter offers what could stand next in a filter: keys, the words that a key knows, values of the case.
func (p *Program) completeFilter(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	runes := []rune(typed)
	start, list := filter.Complete(typed, len(runes), func(key string) []string { return p.valuesOf(args, key, "") })
	before := string(runes[:start])
	directive := cobra.ShellCompDirectiveNoFileComp
	out := make([]cobra.Completion, 0, len(list))
	for _, c := range list {
		if strings.HasSuffix(c, ":") {
			directive |= cobra.ShellCompDirectiveNoSpace
			if key, ok := filter.Lookup(strings.TrimSuffix(c, ":")); ok {
				c = cobra.CompletionWithDesc(c, key.Help)
			}
		}
		out = append(out, before+c)
	}
	return out, directive
}

// valuesOf asks the case that the first argument names; nothing where there is none.
func (p *Program) valuesOf(args []string, key, prefix string) []string {
	if len(args) == 0 || !casefile.Exists(casefile.Path(args[0])) {
		return nil
	}
	c, err := p.openCase(args[0])
	if err != nil {
		return nil
	}
	list := c.Values(key, prefix, maxCompleted)
	if c.Close() != nil {
		return nil
	}
	return slices.DeleteFunc(list, func(s string) bool { return clean(s) != s })
}

func completeThreshold(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []cobra.Completion
	for _, name := range thresholdNames() {
		list = append(list, name+"=")
	}
	return startingWith(typed, list), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// commonZones are offered and suggested; every zone of the IANA database is understood.
var commonZones = []string{"UTC", "local", "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
	"Pacific/Honolulu", "America/Toronto", "America/Vancouver", "America/Mexico_City", "America/Sao_Paulo", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Berlin",
	"Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Amsterdam", "Europe/Vienna", "Europe/Zurich", "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens", "Europe/Istanbul",
	"Europe/Kyiv", "Africa/Lagos", "Africa/Johannesburg", "Africa/Cairo", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Shanghai", "Asia/Tokyo",
	"Asia/Seoul", "Australia/Perth", "Australia/Sydney", "Pacific/Auckland"}

func completeZone(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return startingWith(typed, commonZones), cobra.ShellCompDirectiveNoFileComp
}

func startingWith(typed string, list []cobra.Completion) (out []cobra.Completion) {
	for _, c := range list {
		if strings.HasPrefix(filter.Fold(c), filter.Fold(typed)) {
			out = append(out, c)
		}
	}
	return out
}
