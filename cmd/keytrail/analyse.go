package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
	"keytrail/forensics/geo"
	"keytrail/forensics/investigate"
	"keytrail/forensics/rule"
	"keytrail/forensics/sigma"
	"keytrail/tui/kit"
)

// ruleFlags say what incidents are found with beside the catalogue and the case's own thresholds: the same for
// every command that finds some.
type ruleFlags struct {
	sigma string
	geoip []string
}

func (f *ruleFlags) register(cmd *cobra.Command) {
	f.registerPlaces(cmd)
	f.registerSigma(cmd)
}

func (f *ruleFlags) registerPlaces(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.geoip, "geoip", nil, "database of places, a `FILE` in MaxMind's format (.mmdb), asked before the built-in table (repeatable)")
	files(cmd, "geoip", "mmdb")
}

func (f *ruleFlags) registerSigma(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.sigma, "sigma", "", "folder `DIR` of Sigma rules (.yml) to ask about the records too; see docs/sigma.md")
	folders(cmd, "sigma")
}

// sigmaRules reads the Sigma rules, nil where none are asked for.
func (f *ruleFlags) sigmaRules() (*sigma.Set, error) {
	if f.sigma == "" {
		return nil, nil
	}
	info, err := os.Stat(f.sigma)
	if err == nil && !info.IsDir() {
		return nil, &forensics.Error{What: "--sigma takes a folder, and this is a file", File: f.sigma, Byte: -1, Hint: "give the folder that it is in: --sigma " + filepath.Dir(f.sigma)}
	}
	if err != nil {
		return nil, &forensics.Error{What: "--sigma: " + notThere(err, "folder"), File: f.sigma, Byte: -1,
			Hint: "give a folder with Sigma rules, such as rules/cloud of https://github.com/SigmaHQ/sigma"}
	}
	set, err := sigma.Load(os.DirFS(f.sigma))
	if err != nil {
		return nil, &forensics.Error{What: err.Error(), File: f.sigma, Byte: -1,
			Hint: "give a folder with Sigma rules (.yml files), such as rules/cloud of https://github.com/SigmaHQ/sigma"}
	}
	return set, nil
}

// told says which rules were asked, empty where none were.
func (f *ruleFlags) told(set *sigma.Set) string {
	if set == nil {
		return ""
	}
	name := f.sigma
	if path, err := filepath.Abs(name); err == nil {
		name = filepath.Base(path)
	}
	text := fmt.Sprintf("%s of the folder %s asked about the raw records", kit.Plural(int64(len(set.Rules)), "Sigma rule"), name)
	if n := len(set.Refused); n > 0 {
		text += fmt.Sprintf("; %s more could not be asked", kit.Count(int64(n)))
	}
	if n := set.UnreadRules(); n > 0 {
		text += fmt.Sprintf("; %s about logs that keytrail does not read", kit.Count(int64(n)))
	}
	return text
}

// notThere says in plain words why a file or folder cannot be looked at.
func notThere(err error, what string) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such " + what
	case errors.Is(err, fs.ErrPermission):
		return "this " + what + " may not be read"
	}
	return err.Error()
}

// analyseFlags are ruleFlags with thresholds that are kept in the case.
type analyseFlags struct {
	set []string
	ruleFlags
}

func (f *analyseFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "change a threshold of this case, `NAME=VALUE` such as reset.window=30m; it is kept, an empty value gives it back (repeatable; docs/detection.md lists them)")
	f.ruleFlags.register(cmd)
	complete(cmd, "set", completeThreshold)
}

// thresholds takes the settings apart and checks them, so that nothing is kept that means nothing.
func (f *analyseFlags) thresholds() (list [][2]string, err error) {
	for _, s := range f.set {
		name, value, ok := strings.Cut(s, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok {
			return nil, usagef("--set %s: write name=value, such as reset.window=30m", s)
		}
		if known := thresholdNames(); !slices.Contains(known, name) {
			hint := "docs/detection.md lists them; they are " + strings.Join(known, ", ")
			if near := filter.Nearest(name, known); near != "" {
				hint = "did you mean --set " + near + "=" + value + "? docs/detection.md lists them all"
			}
			return nil, usageError{&forensics.Error{What: fmt.Sprintf("--set: there is no threshold %q", name), Byte: -1, Hint: hint}}
		}
		scratch := rule.Defaults()
		check := value
		if value == "" {
			check = scratch.Get(name)
		}
		if err := scratch.Set(name, check); err != nil {
			return nil, usageError{err}
		}
		list = append(list, [2]string{name, value})
	}
	return list, nil
}

func thresholdNames() (list []string) {
	for _, s := range rule.Names() {
		list = append(list, s.Name)
	}
	return list
}

// places opens what says where an address is: what the user names, what lies beside the program, the table in it.
func (p *Program) places(paths []string) (*geo.DB, error) {
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return nil, &forensics.Error{What: "--geoip: " + notThere(err, "file"), File: path, Byte: -1, Hint: "give a country, city or ASN database in MaxMind's .mmdb format"}
		}
	}
	db, err := geo.Open(append(slices.Clone(paths), geo.Find()...)...)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.databases = append(p.databases, db)
	return db, nil
}

// analyst makes what finds the incidents of a case.
func (p *Program) analyst(c *casefile.Case, flags ruleFlags) (*investigate.Analyst, error) {
	set, err := flags.sigmaRules()
	if err != nil {
		return nil, err
	}
	return p.analystWith(c, flags, set)
}

// analystWith is analyst where the Sigma rules are read.
func (p *Program) analystWith(c *casefile.Case, flags ruleFlags, set *sigma.Set) (*investigate.Analyst, error) {
	db, err := p.places(flags.geoip)
	if err != nil {
		return nil, err
	}
	return investigate.New(c, investigate.Options{Where: db.Place, Sigma: set}), nil
}

// analyse finds the incidents of a case once.
func (p *Program) analyse(ctx context.Context, c *casefile.Case, flags ruleFlags) (*forensics.Analysis, error) {
	a, err := p.analyst(c, flags)
	if err != nil {
		return nil, err
	}
	return a.Analyse(ctx)
}
