package tui

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

// hostile are texts that want to do something to the terminal or to its reader.
var hostile = []string{
	"\x1b]0;title\x07\x1b[2J\x1b[31mred", "\x1b]52;c;ZXZpbA==\x07", "\x9b31m\u009b31m\u0090q\u009c", "a\rb\nc\td\x00e\x7f\x08",
	"\u202egnp.exe\u202c \u2066x\u2069", "zero\u200bwidth\u200d\ufeff\u00ad\u2060", "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358algo",
	"日本語の件名 Grüße 👍🏽 👨‍👩‍👧‍👦 ☺️ 🇩🇪", "\xff\xfe\x80 broken", "e\u0301 \u0301alone", "\U000e0041\U000e0042 tags \u3164\u115f",
	strings.Repeat("長", 500), strings.Repeat("\x1b[", 3000),
}

var ownSequence = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// checkBytes fails where anything but text and our own colours would reach the terminal.
func checkBytes(t *testing.T, where, content string) {
	t.Helper()
	rest := ownSequence.ReplaceAllString(content, "")
	if !utf8.ValidString(rest) {
		t.Errorf("%s: invalid UTF-8", where)
	}
	for _, r := range rest {
		switch {
		case r == '\n':
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
			r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0xad, r >= 0xe0000 && r <= 0xe0fff:
			t.Fatalf("%s: %U reaches the terminal", where, r)
		}
	}
}

// TestHostile leads hostile text through every screen and dialogue.
func TestHostile(t *testing.T) {
	at := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	var events []forensics.Event
	for i, h := range hostile {
		for _, kind := range forensics.Kinds() {
			e := forensics.Event{
				Kind: kind, Provider: h, Account: h, Actor: h, Host: h, Country: h, Org: h, Client: h, Protocol: h, Service: h, Session: h,
				Operation: h, MessageID: h, Subject: h, From: h, To: []string{h, h}, Key: h, Folder: h, Amount: h, Asset: h, Destination: h, TxID: h,
				ValueUSD: h, Messages: []forensics.Message{{MessageID: h, Subject: h, Folder: h}}, Reasons: []string{h}, Detail: h, Rule: h,
				EvidenceName: h, ItemName: h, Tags: []string{h}, Notes: []string{h}, ID: h, Sender: forensics.SenderUnknown,
				Time: forensics.UTC(at.Add(time.Duration(i)*time.Hour), forensics.PrecisionSecond, h, h), Certainty: forensics.Reported,
			}
			if i%3 == 0 {
				e.Time.Unreliable = true
			}
			if i%3 == 1 {
				e.Time.Zone, e.Time.ZoneName = forensics.ZoneAssumed, h
			}
			events = append(events, e)
		}
	}
	h := strings.Join(hostile[:11], "")
	c := kittest.New(h, events)
	c.SetEvidence(
		[]forensics.Evidence{{ID: 1, Name: h, Path: h, Done: true, Tool: h, Added: at}},
		[]forensics.Item{{ID: 1, Evidence: 1, Name: h, Format: h, Status: forensics.StatusPartial, Reason: h, Clock: h, Counts: forensics.Counts{Warnings: 1}}, {ID: 2, Evidence: 1, Name: h}},
		[]forensics.Warning{{Ref: forensics.Ref{Evidence: 1, Item: 1}, Text: h, EvidenceName: h, ItemName: h}})
	hostileAnalysis(c, h, at.UnixNano())
	if err := c.AddHistory(h); err != nil {
		t.Fatal(err)
	}
	o := Options{Case: c, AddPaths: []string{h}}
	o.ReadRaw = func(kit.Case, *forensics.Event) ([]byte, bool, error) { return []byte(h + "\n" + h), true, nil }
	o.Export = func(_ context.Context, _ kit.Case, path string, _ kit.ExportOptions) (kit.ExportResult, error) {
		return kit.ExportResult{Path: h}, nil
	}
	o.Add = func(ctx context.Context, _ kit.Case, _ []string, progress func(kit.Progress)) error {
		progress(kit.Progress{Path: h, Item: h, Format: h, BytesDone: 1, BytesTotal: 3, Elapsed: time.Minute})
		<-ctx.Done()
		return &forensics.Error{What: h, File: h, Hint: h}
	}
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			screenTest(t, size.width, size.height, o, func(d *driver) {
				check := func(where string) {
					t.Helper()
					checkBytes(t, where, frame{d.app}.content())
					checkBytes(t, where+" title", d.app.View().WindowTitle)
					d.exact()
				}
				for range len(events) / 10 {
					d.keys("pgdown")
					check("timeline")
				}
				d.keys("home")
				d.wait(time.Second)
				check("details")
				for _, k := range []string{"enter", "pgdown", "pgdown", "pgdown", "esc", "s", "down", "esc", "t", "tab", "esc", "n", "esc", "e", "enter", "esc", "/", "up", "esc", "g", "esc", "?", "esc",
					"4", "right", "down", "w", "down", "esc", "a", "esc", "z", "z", "esc",
					"m", "esc", "2", "down", "enter", "down", "x", "down", "esc", "s", "esc", "n", "down", "esc", "v", "down", "esc", "enter", "esc", "esc", "o", "o", "t", "m", "x", "d", "u", "esc",
					"3", "space", "down", "w", "esc", "tab", "tab", "tab", "tab", "tab", "x", "esc", "/", "長", "esc", "enter", "enter", "esc", "esc", "4", "r", "+", "right", "enter", "esc", "down", "esc", "q", "esc"} {
					d.keys(k)
					check("after " + k)
				}
			})
		})
	}
}

// hostileAnalysis lets detection say the hostile text wherever it can say something.
func hostileAnalysis(c *kittest.Case, h string, at int64) {
	list := []string{h, h}
	step := forensics.Step{
		Step: forensics.StepName(h), Start: at, End: at + 1, Rows: []int64{1, 2}, EventIDs: list, Rules: list, JoinedBy: list, Technique: h, Label: h, Why: h, InnocentIf: h,
	}
	login := step
	login.Step = forensics.StepLogin
	loss := []forensics.Loss{{Service: h, Asset: h, Amount: h, ValueUSD: h, Rows: []int64{1}}}
	in := forensics.Incident{
		ID: 1, Account: h, Start: at, End: at + 1, Score: 0.5, Parts: []forensics.ScorePart{{Text: h, Value: 1}}, Strength: h, Campaign: h, Summary: h, State: h,
		Steps: []forensics.Step{step, login}, Repair: []forensics.Step{step}, Missing: []forensics.Missing{{Step: forensics.StepName(h), LookedIn: list, NotCovered: list}},
		Loss: loss, Entities: []string{"ip:" + h, h, "client:" + h}, Services: list,
	}
	other := in
	other.ID, other.Summary = 2, ""
	a := &forensics.Analysis{
		Incidents: []forensics.Incident{in, other}, Campaigns: []forensics.Campaign{{ID: h, Incidents: []int64{1, 2}, Shared: list, Text: h, Loss: loss}},
		Findings:   []forensics.Finding{{Rule: h, Account: h, Step: forensics.StepName(h), Why: h, InnocentIf: h, Start: at, Rows: []int64{999}}},
		NotChecked: []forensics.NotChecked{{Rule: h, Title: h, Account: h, Why: h}}, Changed: list, Notes: list,
	}
	var entities []forensics.Entity
	for _, kind := range forensics.EntityKinds() {
		for i := range 3 {
			entities = append(entities, forensics.Entity{
				Kind: kind, Value: strings.Repeat(h, i+1), First: at, Last: at, Events: 1, Country: h, ASN: 64496, Org: h, Place: h, Verdict: h, Incidents: []int64{1, 2}, Seen: []uint32{1, 0, 2},
			})
		}
	}
	c.SetAnalysis(a, entities, []forensics.Question{
		{Text: h, Detail: h, Entities: []string{h}, Events: 1, Incidents: []int64{1, 2}, Suggest: h}, {Text: h, Entities: []string{"client:" + h}}, {Text: h, Entities: []string{"key:" + h}},
	})
	c.SetFolders([]forensics.Folder{{EvidenceName: h, Account: h, Name: h, UIDNext: 4294967295, Base: h, Note: h, Runs: []forensics.UIDRun{
		{First: 1, Last: 4000000000, State: h}, {First: 4000000001, Last: 4294967295, State: "missing", NotBefore: at, Event: 1},
	}}, {Name: h, Note: h}})
}

// brokenCase fails when it is told to.
type brokenCase struct {
	*kittest.Case
	err error
}

func (b *brokenCase) Query(ctx context.Context, e filter.Expr) (kit.View, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Case.Query(ctx, e)
}
