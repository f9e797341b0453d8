package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/geo"
	"keytrail/forensics/investigate"
	"keytrail/forensics/rule"
	"keytrail/forensics/sigma"
)

// analyseFlags are what incidents are found with.
type analyseFlags struct {
	set   []string
	sigma string
	geoip []string
}

func (f *analyseFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "change a threshold of this case, such as reset.window=30m; it is kept, an empty value gives it back (repeatable)")
	cmd.Flags().StringVar(&f.sigma, "sigma", "", "folder of Sigma rules to ask about the records too")
	cmd.Flags().StringArrayVar(&f.geoip, "geoip", nil, "database of places in MaxMind's format (repeatable)")
}

// thresholds takes the settings apart and checks them, so that nothing is kept that means nothing.
func (f *analyseFlags) thresholds() (list [][2]string, err error) {
	for _, s := range f.set {
		name, value, ok := strings.Cut(s, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok {
			return nil, usagef("--set %s: write name=value, such as reset.window=30m", s)
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

// places opens what says where an address is: what the user names, what lies beside the program, the table in it.
func (p *Program) places(paths []string) (*geo.DB, error) {
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
func (p *Program) analyst(ctx context.Context, c *casefile.Case, flags analyseFlags) (*investigate.Analyst, error) {
	db, err := p.places(flags.geoip)
	if err != nil {
		return nil, err
	}
	o := investigate.Options{Where: db.Place}
	if flags.sigma != "" {
		if info, err := os.Stat(flags.sigma); err != nil || !info.IsDir() {
			return nil, &forensics.Error{What: "not a folder of Sigma rules", File: flags.sigma, Byte: -1, Err: err}
		}
		set, err := sigma.Load(os.DirFS(flags.sigma))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flags.sigma, err)
		}
		if o.Sigma, o.SigmaSkipped, err = investigate.RunSigma(ctx, c, set); err != nil {
			return nil, fmt.Errorf("sigma rules: %w", err)
		}
	}
	return investigate.New(c, o), nil
}

// analyse finds the incidents of a case once.
func (p *Program) analyse(ctx context.Context, c *casefile.Case, flags analyseFlags) (*forensics.Analysis, error) {
	a, err := p.analyst(ctx, c, flags)
	if err != nil {
		return nil, err
	}
	return a.Analyse(ctx)
}
