package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/filter"
	"keytrail/forensics/format/all"
	"keytrail/forensics/geo"
	"keytrail/forensics/ingest"
)

// Exit codes of the contract.
const (
	exitOK       = 0
	exitError    = 1
	exitUsage    = 2
	exitProblems = 3 // done, but some items were skipped, partial or unrecognised
	exitDiffers  = 4 // verify found a difference
)

// version is the program's own; builds may set it with -ldflags.
var version = "0.1.0"

// Program is keytrail with its surroundings, so that tests can make one of their own.
type Program struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	Now func() time.Time
	Who string // user and host, for the custody log
	// Roots are the CAs that vouch for mail servers on the screen; nil: those of this machine.
	Roots *x509.CertPool

	code int // exit code where nothing failed

	mu        sync.Mutex
	opened    []*casefile.Case // on the screen
	databases []*geo.DB        // closed at the end of Run
	temporary []string         // folders of the sample case, removed at the end
}

// NewProgram makes the program as a person runs it.
func NewProgram() *Program {
	return &Program{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Who: who()}
}

func who() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return name + "@" + host
}

// onceEach drops lines that were said already: what fails while something is written often fails again while it is closed.
func onceEach(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// usageError is a mistake in the words of the command line.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Run runs one command and gives its exit code.
func (p *Program) Run(ctx context.Context, args []string) int {
	root := p.command()
	root.SetArgs(filterWords(args))
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	cmd, err := root.ExecuteContextC(ctx)
	for _, db := range p.databases {
		err = errors.Join(err, db.Close())
	}
	if err == nil {
		return p.code
	}
	if errors.Is(err, context.Canceled) {
		p.say("stopped; what was read is kept, and the same command goes on from there")
		return exitError
	}
	p.say("%s", cleanLines(onceEach(err.Error())))
	if hint := forensics.Hint(err); hint != "" {
		p.say("  %s", clean(hint))
	}
	var usage usageError
	if errors.As(err, &usage) {
		if cmd == nil || cmd == root {
			p.say("  keytrail --help shows the commands")
		} else {
			p.say("  keytrail %s --help shows how", cmd.Name())
		}
		return exitUsage
	}
	return exitError
}

// filterWords lets a filter's words start with a minus: in `timeline CASE -group:mail`, it means not. The
// words that are no flags are moved behind a "--", in their order.
func filterWords(args []string) []string {
	if len(args) == 0 || args[0] != "timeline" || slices.Contains(args, "--") {
		return args
	}
	flags, words := []string{args[0]}, []string{"--"}
	for i := 1; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--format" || a == "--tz": // its value stands apart
			flags = append(flags, args[i:min(i+2, len(args))]...)
			i++
		case strings.HasPrefix(a, "--") || a == "-h" || a == "-v":
			flags = append(flags, a)
		default:
			words = append(words, a)
		}
	}
	return append(flags, words...)
}

// say writes one line for a person to stderr.
func (p *Program) say(format string, args ...any) {
	fmt.Fprintf(p.Err, "keytrail: "+format+"\n", args...)
}

// command builds the command tree.
func (p *Program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "keytrail",
		Short: "One timeline for a hijacked mailbox",
		Long: "keytrail lays mailboxes, provider audit logs and mail server logs on one timeline of keys, logins, resets and deletions,\n" +
			"and writes the report that an investigator files and a victim attaches to a claim. Evidence is only read.\n" +
			"Without a command it opens the screen.",
		Example: "  keytrail demo                                      look at a sample first\n" +
			"  keytrail open rivera mailbox.mbox AuditLog.csv     a case on the screen, made where it is missing\n" +
			"  keytrail report rivera -o rivera.xlsx              the report",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return p.start(cmd.Context()) },
	}
	root.SetVersionTemplate("keytrail {{.Version}}" + buildInfo() + "\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{flagError(cmd, err)} })
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(p.demoCommand(), p.openCommand(), p.addCommand(), p.acquireCommand(), p.timelineCommand(), p.incidentsCommand(), p.markCommand(), p.evidenceCommand(),
		p.reportCommand(), p.verifyCommand(), p.formatsCommand())
	for _, c := range root.Commands() {
		c.Version = version
		c.SetVersionTemplate("keytrail {{.Version}}" + buildInfo() + "\n")
	}
	return root
}

func buildInfo() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	out := " (" + info.GoVersion
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			out += ", " + s.Value[:12]
		}
	}
	return out + ")"
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if casefile.Exists(casefile.Path(args[0])) {
		return usagef("there is no command %q; to look at the case: keytrail open %s", args[0], args[0])
	}
	return usagef("there is no command %q%s", args[0], near(args[0], names))
}

// flagError suggests the flag that an unknown one is nearest to.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if s := filter.Nearest(unknown.GetSpecifiedName(), names); s != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, s)
	}
	return err
}

// argsBetween checks the number of arguments and says what is missing.
func argsBetween(least, most int, missing string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usagef("%s: say %s: keytrail %s", cmd.Name(), missing, cmd.Use)
		case most >= 0 && len(args) > most:
			return usagef("%s: %q is one word too many: keytrail %s", cmd.Name(), args[most], cmd.Use)
		}
		return nil
	}
}

// tool is how the program names itself in the custody log and in reports.
func tool() string { return "keytrail " + version }

func (p *Program) caseOptions(readOnly bool) casefile.Options {
	return casefile.Options{ReadOnly: readOnly, Tool: tool(), Who: p.Who, Now: p.Now}
}

// openCase opens a case that must exist, for reading.
func (p *Program) openCase(name string) (*casefile.Case, error) {
	path := casefile.Path(name)
	if !casefile.Exists(path) {
		return nil, noCase(name)
	}
	return casefile.Open(path, p.caseOptions(true))
}

// writeCase opens a case for writing, making it where it is missing.
func (p *Program) writeCase(name string) (*casefile.Case, error) {
	path := casefile.Path(name)
	if !casefile.Exists(path) {
		return casefile.Create(path, p.caseOptions(false))
	}
	return casefile.Open(path, p.caseOptions(false))
}

// closing closes a case at the end of a command; what was written last can still fail there.
func closing(c io.Closer, err *error) {
	*err = errors.Join(*err, c.Close())
}

// ingestOptions are how `add` and `open` read evidence.
func (p *Program) ingestOptions(a addFlags) (ingest.Options, error) {
	mapping, err := a.readMapping()
	if err != nil {
		return ingest.Options{}, err
	}
	o := ingest.Options{Formats: all.Mapped(mapping), Year: a.year, Tool: tool(), Now: p.Now}
	if a.zone != "" {
		zone, err := zoneNamed(a.zone)
		if err != nil {
			return o, err
		}
		o.Zone = zone
	}
	if a.year != 0 && (a.year < 1990 || a.year > p.Now().Year()+1) {
		return o, usagef("--year %d cannot be the year of a log", a.year)
	}
	db, err := p.places(a.geoip)
	if err != nil {
		return o, err
	}
	o.Where, o.WhereFrom = db.Place, db.Text()
	dirs, err := a.ruleDirs()
	if err != nil {
		return o, err
	}
	rules, err := detect.LoadNotices(dirs...)
	if err != nil {
		return o, fmt.Errorf("notice rules: %w", err)
	}
	o.Notices = rules
	return o, nil
}

// zoneNamed finds a zone by its IANA name, "local", "UTC", or an offset such as +02:00.
func zoneNamed(name string) (*time.Location, error) {
	switch name {
	case "", "UTC", "utc", "Z":
		return time.UTC, nil
	case "local", "Local":
		return time.Local, nil
	}
	for _, layout := range [...]string{"-07:00", "-0700", "-07"} {
		if at, err := time.Parse(layout, name); err == nil {
			_, offset := at.Zone()
			return time.FixedZone(at.Format("-07:00"), offset), nil
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		hint := "name it as the IANA database does, such as America/Chicago or Europe/Berlin, or as an offset such as +02:00"
		s := spokenZone(name)
		if s == "" {
			s = nearestZone(name)
		}
		if s != "" {
			hint = "did you mean " + s + "? If not, " + hint
		}
		return nil, usageError{&forensics.Error{What: fmt.Sprintf("--tz: there is no time zone %q", name), Byte: -1, Hint: hint}}
	}
	return zone, nil
}

// nearestZone finds the common zone whose name, or whose city, is nearest.
func nearestZone(name string) string {
	var known []string
	of := map[string]string{}
	for _, z := range commonZones {
		for _, spelled := range [...]string{z, z[strings.LastIndexByte(z, '/')+1:]} {
			folded := filter.Fold(spelled)
			if of[folded] == "" {
				known, of[folded] = append(known, folded), z
			}
		}
	}
	return of[filter.Nearest(strings.ReplaceAll(name, " ", "_"), known)]
}

// isTerminal reports whether a stream is a terminal that a person looks at.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// width of the terminal behind w in cells, 0 where there is none.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if cells, _, err := term.GetSize(int(f.Fd())); err == nil {
			return cells
		}
	}
	return 0
}

// cut shortens a text to a number of cells.
func cut(s string, cells int) string { return ansi.Truncate(s, cells, "…") }
