package attacktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/format"
	"keytrail/forensics/ingest"
)

// Write writes the case's files below a folder.
func (c *Case) Write(dir string) error {
	for _, f := range c.files {
		name := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Size gives the bytes of the case's files.
func (c *Case) Size() int {
	n := 0
	for _, f := range c.files {
		n += len(f.data)
	}
	return n
}

// Reader reads evidence as the program does.
type Reader struct {
	Formats []format.Format
	Notices *detect.Notices
}

// Read writes the case's files below dir and adds them to a new case there. The files hold no record that is broken:
// a warning is an error.
func (r *Reader) Read(ctx context.Context, c *Case, dir string) (*casefile.Case, error) {
	evidence := filepath.Join(dir, "evidence")
	if err := c.Write(evidence); err != nil {
		return nil, err
	}
	now := func() time.Time { return c.End.AddDate(0, 1, 0) }
	cf, err := casefile.Create(filepath.Join(dir, "case"), casefile.Options{Tool: "attacktest", Who: "attacktest", Now: now})
	if err != nil {
		return nil, err
	}
	s, err := ingest.Add(ctx, cf, []string{evidence}, ingest.Options{Formats: r.Formats, Notices: r.Notices, Tool: "attacktest", Now: now, Where: Where, WhereFrom: "attacktest"}, nil)
	if err == nil && (s.Warnings > 0 || s.Broken > 0 || len(s.Problems) > 0) {
		err = fmt.Errorf("seed %d: %d warnings, %d broken records, %+v%s", c.Seed, s.Warnings, s.Broken, s.Problems, firstWarning(cf))
	}
	if err != nil {
		return nil, errors.Join(err, cf.Close())
	}
	return cf, nil
}

func firstWarning(cf *casefile.Case) string {
	list, err := cf.Warnings(0, 0, 3)
	if err != nil || len(list) == 0 {
		return ""
	}
	return fmt.Sprintf(": %s: %s", list[0].ItemName, list[0].Text)
}

// Events lists all events of a case.
func Events(ctx context.Context, cf *casefile.Case) ([]forensics.Event, error) {
	view, err := cf.Query(ctx, nil)
	if err != nil {
		return nil, err
	}
	return view.Events(0, view.Len())
}

// Finder finds the events of marks.
type Finder struct {
	events []forensics.Event
	at     map[moment][]int
	lost   map[string][]int // mail that is missing or lies in the trash, by Message-ID
}

// moment is a second and what happened in it.
type moment struct {
	at   int64
	kind forensics.Kind
}

// NewFinder indexes the events of a case.
func NewFinder(events []forensics.Event) *Finder {
	f := &Finder{events: events, at: map[moment][]int{}, lost: map[string][]int{}}
	for i := range events {
		if events[i].Certainty == forensics.Inferred && events[i].MessageID != "" {
			f.lost[events[i].MessageID] = append(f.lost[events[i].MessageID], i)
		}
		m := moment{events[i].Time.Nano / int64(time.Second), events[i].Kind}
		f.at[m] = append(f.at[m], i)
	}
	return f
}

// Find gives the events that a mark names; they are as many as one record gives, mostly one.
func (f *Finder) Find(m *Mark) []*forensics.Event {
	var out []*forensics.Event
	if m.Inferred {
		for _, i := range f.lost[m.MessageID] {
			out = append(out, &f.events[i])
		}
		return out
	}
	for _, i := range f.at[moment{m.At.Unix(), m.Kind}] {
		e := &f.events[i]
		if m.MessageID != "" && e.MessageID != m.MessageID || m.Session != "" && e.Session != m.Session || m.IP.IsValid() && e.IP != m.IP {
			continue
		}
		out = append(out, e)
	}
	return out
}
