package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/evidence"
	"keytrail/forensics/filter"
	"keytrail/forensics/ingest"
	"keytrail/forensics/investigate"
	"keytrail/tui"
	"keytrail/tui/kit"
)

func (p *Program) openCommand() *cobra.Command {
	var flags addFlags
	cmd := &cobra.Command{
		Use:   "open CASE [PATH...]",
		Short: "Look at a case; read evidence into it while you look",
		Long: "Opens the screen on a case, which is made where it is missing. PATHs are added, with progress, while you look.\n" +
			"With --sigma the findings of Sigma rules stand among the others, and in the report that is written from the screen.",
		Example:           "  keytrail open rivera mailbox.mbox AuditLog.csv dovecot.log\n  keytrail open rivera --sigma sigma/rules/cloud --geoip GeoLite2-City.mmdb",
		Args:              argsBetween(1, -1, "a case"),
		ValidArgsFunction: completeArgs(completeCase, anyFile),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.open(cmd.Context(), args[0], args[1:], flags)
		},
	}
	flags.register(cmd)
	flags.registerSigma(cmd)
	return cmd
}

// open runs the screen on a case.
func (p *Program) open(ctx context.Context, name string, paths []string, flags addFlags) error {
	if !isTerminal(p.In) || !isTerminal(p.Out) {
		return usageError{&forensics.Error{What: "open needs a terminal", Hint: fmt.Sprintf("without one: keytrail add %s PATH... and keytrail timeline %s", name, name)}}
	}
	if err := exist(paths); err != nil {
		return err
	}
	services, err := p.services(flags)
	if err != nil {
		return err
	}
	var c kit.Case
	if casefile.Exists(casefile.Path(name)) {
		c, err = services.Open(name)
	} else {
		c, err = services.Create(name)
	}
	if err != nil {
		return err
	}
	return p.screen(ctx, tui.Options{Services: services, Case: c, AddPaths: paths})
}

// start runs the screen without a case.
func (p *Program) start(ctx context.Context) error {
	if !isTerminal(p.In) || !isTerminal(p.Out) {
		return usageError{&forensics.Error{What: "the screen needs a terminal", Hint: "without one: keytrail add CASE PATH..., keytrail timeline CASE, keytrail report CASE -o FILE; keytrail --help shows all"}}
	}
	services, err := p.services(addFlags{})
	if err != nil {
		return err
	}
	return p.screen(ctx, tui.Options{Services: services})
}

// screen runs the screen, closes the cases that were opened on it and removes what was made for the sample.
func (p *Program) screen(ctx context.Context, o tui.Options) error {
	o.Zone, o.Now = time.UTC, p.Now
	// One more than there are cores: a key finds its goroutine a thread at once, and the kernel gives it the core.
	// With none to spare it waits up to 10 ms behind the look for incidents, until the runtime interrupts that.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	err := tui.Run(ctx, o)
	for _, c := range p.opened {
		err = errors.Join(err, c.Close())
	}
	for _, dir := range p.temporary {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// keep notes what is to be closed or removed when the screen ends. The screen asks from goroutines of its own.
func (p *Program) keep(c *casefile.Case, dir string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c != nil {
		p.opened = append(p.opened, c)
	}
	if dir != "" {
		p.temporary = append(p.temporary, dir)
	}
}

// screenCase is a case as the screens see it.
type screenCase struct {
	*casefile.Case
	analyst *investigate.Analyst
}

func (c *screenCase) Query(ctx context.Context, e filter.Expr) (kit.View, error) {
	v, err := c.Case.Query(ctx, e)
	if err != nil {
		return nil, err
	}
	return screenView{v}, nil
}

func (c *screenCase) Analysis(ctx context.Context) (*forensics.Analysis, error) {
	return c.analyst.Analyse(ctx)
}

// Questions are those that the last analysis leaves open.
func (c *screenCase) Questions(ctx context.Context) ([]forensics.Question, error) {
	return c.analyst.Questions(ctx)
}

// Folders are those of which a copy with UIDs is in the case.
func (c *screenCase) Folders(ctx context.Context) ([]forensics.Folder, error) {
	return investigate.Folders(ctx, c.Case)
}

type screenView struct{ *casefile.View }

func (v screenView) Histogram(from, to int64, cells int) []kit.Cell {
	list := v.View.Histogram(from, to, cells)
	out := make([]kit.Cell, len(list))
	for i, c := range list {
		out[i] = kit.Cell(c)
	}
	return out
}

func (v screenView) GroupCounts() kit.Cell { return kit.Cell(v.View.GroupCounts()) }

// services ties the screens to the rest of the program.
func (p *Program) services(flags addFlags) (kit.Services, error) {
	options, err := p.ingestOptions(flags)
	if err != nil {
		return kit.Services{}, err
	}
	set, err := flags.sigmaRules()
	if err != nil {
		return kit.Services{}, err
	}
	opened := func(c *casefile.Case, err error) (kit.Case, error) {
		if err != nil {
			return nil, err
		}
		p.remember(c)
		p.keep(c, "")
		db, err := p.places(flags.geoip)
		if err != nil {
			return nil, err
		}
		return &screenCase{c, investigate.New(c, investigate.Options{Where: db.Place, Sigma: set, AtOnce: 1})}, nil
	}
	return kit.Services{
		Open: func(path string) (kit.Case, error) {
			if !casefile.Exists(casefile.Path(path)) {
				return nil, &forensics.Error{What: "there is no such case", File: casefile.Path(path)}
			}
			return opened(casefile.Open(casefile.Path(path), p.caseOptions(false)))
		},
		Create: func(path string) (kit.Case, error) {
			return opened(casefile.Create(casefile.Path(path), p.caseOptions(false)))
		},
		Demo:   p.screenDemo(opened),
		Recent: p.recent,
		Add: func(ctx context.Context, c kit.Case, paths []string, tell func(kit.Progress)) error {
			_, err := read(ctx, c.(*screenCase).Case, paths, options, func(g ingest.Progress) {
				tell(kit.Progress{Path: g.Path, Item: g.Item, Format: g.Format, BytesDone: g.BytesDone, BytesTotal: g.BytesTotal,
					Records: g.Records, Events: g.Events, Warnings: g.Warnings, Elapsed: g.Elapsed, Done: g.Done, Err: g.Err})
			})
			return err
		},
		Export: func(ctx context.Context, c kit.Case, path string, o kit.ExportOptions) (kit.ExportResult, error) {
			r, err := p.writeReport(ctx, c.(*screenCase).Case, reportFlags{out: path, filter: o.Filter, ruleFlags: flags.ruleFlags}, o.Zone)
			return kit.ExportResult{Path: r.Path, Digest: r.Digest, Rows: r.Rows}, err
		},
		MailHost:    mailHost,
		MailFolders: p.screenFolders,
		Acquire:     p.screenAcquire,
		ReadRaw:     readRaw,
	}, nil
}

// screenDemo makes the sample case in a folder of its own.
func (p *Program) screenDemo(opened func(*casefile.Case, error) (kit.Case, error)) func() (kit.Case, []string, error) {
	return func() (kit.Case, []string, error) {
		dir, err := os.MkdirTemp("", "keytrail-demo-*")
		if err != nil {
			return nil, nil, err
		}
		p.keep(nil, dir)
		paths, err := writeSample(filepath.Join(dir, "evidence"))
		if err != nil {
			return nil, nil, err
		}
		c, err := opened(casefile.Create(casefile.Path(filepath.Join(dir, "sample")), p.caseOptions(false)))
		return c, paths, err
	}
}

// readRaw reads the bytes behind an event again and tells whether they are still the same.
func readRaw(c kit.Case, e *forensics.Event) ([]byte, bool, error) {
	list, err := c.Evidence()
	if err != nil {
		return nil, false, err
	}
	for _, ev := range list {
		if ev.ID == e.Ref.Evidence {
			raw, err := evidence.ReadAt(ev.Path, e.ItemName, e.Ref.Offset, e.Ref.Length, evidence.DefaultLimits())
			return raw, err == nil && sha256.Sum256(raw) == e.Digest, err
		}
	}
	return nil, false, fmt.Errorf("evidence %d is not in the case", e.Ref.Evidence)
}
