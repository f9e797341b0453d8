// Package kittest is a case in memory for tests of the screens: a story of a
// hijacked mailbox, as many events as wanted, and slowness on demand.
package kittest

import (
	"context"
	"errors"
	"net/netip"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/forensics/timeline"
	"keytrail/tui/kit"
)

// Case is a kit.Case over a slice of events.
type Case struct {
	Title   string
	Latency time.Duration // how long reading a page takes
	// Thinking is how long an analysis takes, Analysed how many were begun, Cancelled how many of them were given up.
	Thinking            time.Duration
	Analysed, Cancelled atomic.Int64
	// Refuses makes analysis, entities, questions and folders fail.
	Refuses error

	mu         sync.Mutex
	events     []forensics.Event // in timeline order
	evidence   []forensics.Evidence
	items      []forensics.Item
	warnings   []forensics.Warning
	history    []string
	analysis   *forensics.Analysis
	entities   []forensics.Entity
	questions  []forensics.Question
	folders    []forensics.Folder
	undo       []func() string
	generation atomic.Int64
}

// New makes a case of events, which it brings into order.
func New(title string, events []forensics.Event) *Case {
	c := &Case{Title: title}
	c.generation.Store(1)
	c.Append(events...)
	return c
}

// Append adds events, as a running add does.
func (c *Case) Append(events ...forensics.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := append(append([]forensics.Event{}, c.events...), events...)
	for i := range all {
		if all[i].Row == 0 {
			all[i].Row = int64(i + 1)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return forensics.Compare(&all[i], &all[j]) < 0 })
	c.events = all
	c.generation.Add(1)
}

// SetEvidence sets what the evidence screen lists.
func (c *Case) SetEvidence(evidence []forensics.Evidence, items []forensics.Item, warnings []forensics.Warning) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evidence, c.items, c.warnings = evidence, items, warnings
	c.generation.Add(1)
}

// SetAnalysis sets what detection says about the case.
func (c *Case) SetAnalysis(a *forensics.Analysis, entities []forensics.Entity, questions []forensics.Question) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.analysis, c.entities, c.questions = a, entities, questions
	c.generation.Add(1)
}

// SetFolders sets the folders of which a copy with UIDs is there.
func (c *Case) SetFolders(folders []forensics.Folder) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.folders = folders
	c.generation.Add(1)
}

// Analysis gives what was set.
func (c *Case) Analysis(ctx context.Context) (*forensics.Analysis, error) {
	c.Analysed.Add(1)
	if c.Thinking > 0 {
		select {
		case <-ctx.Done():
			c.Cancelled.Add(1)
			return nil, ctx.Err()
		case <-time.After(c.Thinking):
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Refuses != nil {
		return nil, c.Refuses
	}
	if c.analysis == nil {
		return &forensics.Analysis{}, nil
	}
	return c.analysis, nil
}

// Entities gives those of one kind.
func (c *Case) Entities(_ context.Context, kind string, _ int) ([]forensics.Entity, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Refuses != nil {
		return nil, c.Refuses
	}
	var out []forensics.Entity
	for _, e := range c.entities {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out, nil
}

// SetVerdict judges entities; Undo takes it back.
func (c *Case) SetVerdict(names []string, verdict string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, events := append([]forensics.Entity{}, c.entities...), c.events
	c.events = append([]forensics.Event{}, events...)
	for i := range c.events {
		e := &c.events[i]
		for _, name := range names {
			if e.IP.IsValid() && name == "ip:"+e.IP.String() || e.Client != "" && name == "client:"+e.Client || e.Key != "" && name == "key:"+e.Key {
				e.Verdict = strings.TrimPrefix(verdict, "unknown")
			}
		}
	}
	for i := range c.entities {
		for _, name := range names {
			if c.entities[i].Name() == name {
				c.entities[i].Verdict = strings.TrimPrefix(verdict, "unknown")
			}
		}
	}
	c.undo = append(c.undo, func() string {
		c.entities, c.events = before, events
		return verdict + ": " + strings.Join(names, ", ")
	})
	c.generation.Add(1)
	return nil
}

// Reach counts events as SetVerdict judges them; a network takes its addresses in.
func (c *Case) Reach(_ context.Context, names []string) (*forensics.Reach, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Refuses != nil {
		return nil, c.Refuses
	}
	r := &forensics.Reach{Of: 1}
	has := func(e *forensics.Event) bool {
		for _, name := range names {
			kind, value, _ := strings.Cut(name, ":")
			p, err := netip.ParsePrefix(value)
			switch {
			case kind == "network" && err == nil && e.IP.IsValid() && p.Contains(e.IP),
				e.IP.IsValid() && name == "ip:"+e.IP.String(), e.Client != "" && name == "client:"+e.Client,
				e.ASN != 0 && name == "asn:"+strconv.FormatUint(uint64(e.ASN), 10), e.Key != "" && name == "key:"+e.Key, name == "account:"+e.Account:
				return true
			}
		}
		return false
	}
	source := false
	for _, name := range names {
		source = source || !strings.HasPrefix(name, "key:") && !strings.HasPrefix(name, "account:")
		if account, ok := strings.CutPrefix(name, "account:"); ok {
			r.Own = append(r.Own, account)
		}
	}
	for i := range c.events {
		e := &c.events[i]
		if has(e) {
			r.Events, r.Accounts = r.Events+1, 1
			if source {
				r.From++
			}
		}
		if source && e.IP.IsValid() {
			r.Sources++
		}
	}
	return r, nil
}

// Questions gives what was set.
func (c *Case) Questions(context.Context) ([]forensics.Question, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.questions, c.Refuses
}

// Folders gives what was set.
func (c *Case) Folders(context.Context) ([]forensics.Folder, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.folders, c.Refuses
}

// Name is the title.
func (c *Case) Name() string { return c.Title }

// Path is where the case would be.
func (c *Case) Path() string { return "/cases/" + c.Title + ".keytrail" }

// Generation grows with every change.
func (c *Case) Generation() int64 { return c.generation.Load() }

// Query looks at every event.
func (c *Case) Query(_ context.Context, e filter.Expr) (kit.View, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := &view{total: len(c.events), latency: c.Latency, all: c.events}
	if e == nil {
		v.count()
		return v, nil
	}
	v.all = nil
	for i := range c.events {
		if match(e, &c.events[i]) {
			v.all = append(v.all, c.events[i])
		}
	}
	v.count()
	return v, nil
}

// Evidence lists the evidence.
func (c *Case) Evidence() ([]forensics.Evidence, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.evidence, nil
}

// Items lists the items.
func (c *Case) Items(evidence int64) ([]forensics.Item, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if evidence == 0 {
		return c.items, nil
	}
	var out []forensics.Item
	for _, it := range c.items {
		if it.Evidence == evidence {
			out = append(out, it)
		}
	}
	return out, nil
}

// Warnings lists a part of the warnings.
func (c *Case) Warnings(evidence, after int64, n int) ([]forensics.Warning, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []forensics.Warning
	for _, w := range c.warnings {
		if evidence == 0 || w.Ref.Evidence == evidence {
			out = append(out, w)
		}
	}
	from := min(int(after), len(out))
	return out[from:min(len(out), from+n)], nil
}

// Values lists what the events hold.
func (c *Case) Values(key, prefix string, n int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	count := map[string]int{}
	for i := range c.events {
		for _, v := range values(&c.events[i], key) {
			if v != "" && strings.HasPrefix(v, prefix) {
				count[v]++
			}
		}
	}
	var out []string
	for v := range count {
		out = append(out, v)
	}
	sort.Slice(out, func(i, j int) bool {
		if count[out[i]] != count[out[j]] {
			return count[out[i]] > count[out[j]]
		}
		return out[i] < out[j]
	})
	return out[:min(n, len(out))]
}

// Tag adds a tag.
func (c *Case) Tag(rows []int64, tag string) error {
	return c.change(rows, "tag "+tag, func(e *forensics.Event) { e.Tags = append(append([]string{}, e.Tags...), tag) })
}

// Untag takes a tag away.
func (c *Case) Untag(rows []int64, tag string) error {
	return c.change(rows, "untag "+tag, func(e *forensics.Event) {
		var left []string
		for _, t := range e.Tags {
			if t != tag {
				left = append(left, t)
			}
		}
		e.Tags = left
	})
}

// SetNote sets the note.
func (c *Case) SetNote(row int64, text string) error {
	return c.change([]int64{row}, "note", func(e *forensics.Event) {
		if e.Notes = nil; text != "" {
			e.Notes = []string{text}
		}
	})
}

func (c *Case) change(rows []int64, what string, do func(*forensics.Event)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.events
	c.events = append([]forensics.Event{}, old...)
	found := false
	for i := range c.events {
		for _, row := range rows {
			if c.events[i].Row == row {
				do(&c.events[i])
				found = true
			}
		}
	}
	if !found {
		return errors.New("no such event")
	}
	c.undo = append(c.undo, func() string { c.events = old; return what })
	c.generation.Add(1)
	return nil
}

// Undo takes the last mark back.
func (c *Case) Undo() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.undo) == 0 {
		return "", nil
	}
	what := c.undo[len(c.undo)-1]()
	c.undo = c.undo[:len(c.undo)-1]
	c.generation.Add(1)
	return what, nil
}

// History lists the filters, oldest first.
func (c *Case) History() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.history...)
}

// AddHistory keeps a filter.
func (c *Case) AddHistory(f string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.history = append(c.history, f)
	return nil
}

// match knows enough of the language for the tests of the screens.
func match(e filter.Expr, ev *forensics.Event) bool {
	switch e := e.(type) {
	case *filter.And:
		for _, p := range e.List {
			if !match(p, ev) {
				return false
			}
		}
		return true
	case *filter.Or:
		for _, p := range e.List {
			if match(p, ev) {
				return true
			}
		}
		return false
	case *filter.Not:
		return !match(e.Expr, ev)
	case *filter.Term:
		return matchTerm(e, ev)
	}
	return true
}

func matchTerm(t *filter.Term, e *forensics.Event) bool {
	switch {
	case t.Kinds != 0:
		return t.HasKind(e.Kind)
	case t.From != 0 || t.To != 0:
		return e.Time.Nano >= t.From && (t.To == 0 || e.Time.Nano < t.To)
	case t.Prefix.IsValid():
		return t.Prefix.Contains(e.IP)
	case t.Key == "":
		return strings.Contains(strings.ToLower(timeline.Sentence(e)+e.Account+e.IP.String()), strings.ToLower(t.Value))
	}
	for _, v := range values(e, t.Key) {
		if strings.EqualFold(v, t.Value) {
			return true
		}
	}
	return false
}

func values(e *forensics.Event, key string) []string {
	switch key {
	case "account":
		return []string{e.Account}
	case "ip":
		if e.IP.IsValid() {
			return []string{e.IP.String()}
		}
	case "country":
		return []string{e.Country}
	case "client":
		return []string{e.Client}
	case "service":
		return []string{e.Service}
	case "tag":
		return e.Tags
	case "key":
		return []string{e.Key}
	case "asn":
		return []string{strconv.FormatUint(uint64(e.ASN), 10)}
	case "incident":
		var out []string
		for _, id := range e.Incidents {
			out = append(out, strconv.FormatInt(id, 10))
		}
		return out
	}
	return nil
}
