package ingest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/format"
	"keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func options(t testing.TB) ingest.Options {
	t.Helper()
	rules, err := detect.LoadNotices()
	if err != nil {
		t.Fatal(err)
	}
	return ingest.Options{Formats: all.Formats(), Notices: rules, Tool: "keytrail test", Now: func() time.Time { return now }}
}

func newCase(t *testing.T) *casefile.Case {
	t.Helper()
	c, err := casefile.Create(filepath.Join(t.TempDir(), "test.keytrail"), casefile.Options{Tool: "keytrail test", Who: "tester@example", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// add reads paths into a new case.
func add(t *testing.T, paths ...string) (*casefile.Case, ingest.Summary) {
	t.Helper()
	c := newCase(t)
	s, err := ingest.Add(t.Context(), c, paths, options(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

const twoMails = "From a@example.com Tue Feb  7 03:19:30 2023\nDate: Tue, 7 Feb 2023 03:19:30 +0000\nFrom: a@example.com\nTo: pat@example.net\nSubject: one\nMessage-ID: <1@example.com>\n\nfirst\n\n" +
	"From b@example.com Tue Feb  7 04:19:30 2023\nDate: Tue, 7 Feb 2023 04:19:30 +0000\nFrom: b@example.com\nTo: pat@example.net\nSubject: two\nMessage-ID: <2@example.com>\n\nsecond\n\n"

const loginLines = "Feb  7 03:14:52 mail dovecot: imap-login: Login: user=<pat@example.net>, method=PLAIN, rip=203.0.113.77, lip=192.0.2.10, mpid=77, TLS, session=<b7Hf0w3D5L7LAHFN>\n" +
	"Feb  7 03:15:52 mail dovecot: imap-login: Login: user=<pat@example.net>, method=PLAIN, rip=203.0.113.77, lip=192.0.2.10, mpid=78, TLS, session=<c7Hf0w3D5L7LAHFN>\n"

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2023, 3, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
	return name
}

func events(t *testing.T, c *casefile.Case) []forensics.Event {
	t.Helper()
	view, err := c.Query(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := view.Events(0, view.Len())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func statuses(t *testing.T, c *casefile.Case) map[string]string {
	t.Helper()
	evs, err := c.Evidence()
	if err != nil {
		t.Fatal(err)
	}
	names := map[int64]string{}
	for _, ev := range evs {
		names[ev.ID] = ev.Name
	}
	items, err := c.Items(0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, it := range items {
		out[strings.TrimSuffix(names[it.Evidence]+"/"+it.Name, "/")] = it.Status.String()
	}
	return out
}

func TestAddFolderWithEverything(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	write(t, filepath.Join(dir, "a.mbox"), twoMails)
	write(t, filepath.Join(dir, "copy of a"), twoMails)
	write(t, filepath.Join(dir, "mail.log"), loginLines)
	write(t, filepath.Join(dir, "notes.txt"), "buy milk\n")
	write(t, filepath.Join(dir, "nothing"), "")
	var zipped bytes.Buffer
	zw := zip.NewWriter(&zipped)
	w, err := zw.Create("old/b.mbox")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, strings.ReplaceAll(twoMails, "@example.com", "@example.org"))
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "z.zip"), zipped.String())

	c, s := add(t, dir)
	want := map[string]string{
		"evidence/a.mbox": "ok", "evidence/copy of a": "duplicate", "evidence/mail.log": "ok", "evidence/notes.txt": "unrecognised",
		"evidence/nothing": "empty", "evidence/z.zip/old/b.mbox": "ok",
	}
	if diff := cmp.Diff(want, statuses(t, c)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if s.Events != 6 || len(s.Problems) != 1 {
		t.Errorf("%d events and problems %v, want 6 events and one problem", s.Events, s.Problems)
	}
	if got := events(t, c)[0].Time.RFC3339(); got != "2023-02-07T03:14:52Z" {
		t.Errorf("first event is at %s: the year of the log was not taken from its date", got)
	}
	if err := c.CheckCustody(); err != nil {
		t.Error(err)
	}
}

func TestAddTwiceChangesNothing(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "a.mbox"), twoMails)
	c, _ := add(t, path)
	before := events(t, c)
	s, err := ingest.Add(t.Context(), c, []string{path}, options(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Known) != 1 || s.Events != 0 {
		t.Errorf("summary of the second add: %+v", s)
	}
	if diff := cmp.Diff(before, events(t, c), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("events changed (-before +after):\n%s", diff)
	}
}

func TestSameMailInTwoCopiesIsOneEvent(t *testing.T) {
	dir := t.TempDir()
	c, _ := add(t, write(t, filepath.Join(dir, "a.mbox"), twoMails), write(t, filepath.Join(dir, "b.mbox"), twoMails+strings.ReplaceAll(twoMails, "example.com", "example.org")))
	list := events(t, c)
	if len(list) != 4 {
		t.Fatalf("%d events, want 4", len(list))
	}
	seen := 0
	for _, e := range list {
		seen += len(e.SeenIn)
	}
	if seen != 2 {
		t.Errorf("%d further refs, want 2", seen)
	}
}

// TestInterruptedAddIsTakenUp cancels an add at many places and runs it again: the case must
// be the one that an uninterrupted run gives.
func TestInterruptedAddIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	var big strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&big, "2023-02-07T03:14:52.%06d+00:00 mail dovecot: imap-login: Login: user=<pat@example.net>, method=PLAIN, rip=203.0.113.%d, lip=192.0.2.10, mpid=%d, TLS, session=<s%d>\n", i, i%250, i, i)
	}
	folder := filepath.Join(dir, "evidence")
	write(t, filepath.Join(folder, "a.mbox"), twoMails)
	write(t, filepath.Join(folder, "b.log"), big.String())
	write(t, filepath.Join(folder, "c.mbox"), strings.ReplaceAll(twoMails, "example.com", "example.org"))
	write(t, filepath.Join(folder, "d.log"), big.String()) // known only when it was read to its end
	for i := range 40 {
		mail := strings.ReplaceAll(twoMails[strings.IndexByte(twoMails, '\n')+1:strings.Index(twoMails, "From b@")], "<1@", fmt.Sprintf("<%d@", i-i%4/3))
		write(t, filepath.Join(folder, "mail", "cur", fmt.Sprintf("%02d.M1.host:2,S", i)), mail)
	}
	whole, _ := add(t, folder)
	want, wantStatuses := events(t, whole), statuses(t, whole)
	if got := wantStatuses["evidence/d.log"] + " " + wantStatuses["evidence/mail/cur/03.M1.host:2,S"]; got != "duplicate duplicate" {
		t.Fatalf("the copies are %s", got)
	}

	for _, after := range []int{1, 2, 3, 5, 8, 13, 21, 34, 55} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			c := newCase(t)
			ctx, cancel := context.WithCancel(t.Context())
			o := options(t)
			for i, f := range o.Formats {
				o.Formats[i] = cancelling{f, &after, cancel}
			}
			if _, err := ingest.Add(ctx, c, []string{folder}, o, nil); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			cancel()
			if _, err := ingest.Add(t.Context(), c, []string{folder}, options(t), nil); err != nil {
				t.Fatal(err)
			}
			if got := events(t, c); !reflect.DeepEqual(want, got) { // much faster than cmp, which then tells the difference
				t.Errorf("events differ from an uninterrupted run (-want +got):\n%.2000s", cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})))
			}
			if diff := cmp.Diff(wantStatuses, statuses(t, c)); diff != "" {
				t.Errorf("statuses differ from an uninterrupted run (-want +got):\n%s", diff)
			}
			checkItems(t, c)
		})
	}
}

// cancelling cancels the context after some reads.
type cancelling struct {
	format.Format
	left   *int
	cancel func()
}

func (f cancelling) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	in.Reader = cancelReader{in, f}.reader()
	return f.Format.Parse(ctx, in, out)
}

type cancelReader struct {
	in *format.Input
	f  cancelling
}

func (r cancelReader) reader() *smallReads { return &smallReads{r: r.in.Reader, f: r.f} }

type smallReads struct {
	r interface{ Read([]byte) (int, error) }
	f cancelling
}

func (s *smallReads) Read(p []byte) (int, error) {
	if *s.f.left--; *s.f.left == 0 {
		s.f.cancel()
	}
	return s.r.Read(p[:min(len(p), 100<<10)])
}

// panicking is a format with a fault.
type panicking struct{ format.Format }

func (panicking) Parse(context.Context, *format.Input, format.Sink) error {
	panic("a fault in the parser")
}

func TestPanicCostsOneItem(t *testing.T) {
	dir := t.TempDir()
	c := newCase(t)
	o := options(t)
	o.Formats = slices.Clone(o.Formats)
	for i, f := range o.Formats {
		if strings.HasPrefix(f.Name(), "mailserver/") {
			o.Formats[i] = panicking{f}
		}
	}
	s, err := ingest.Add(t.Context(), c, []string{write(t, filepath.Join(dir, "mail.log"), loginLines), write(t, filepath.Join(dir, "a.mbox"), twoMails)}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Events != 2 || len(s.Problems) != 1 || s.Problems[0].Status != forensics.StatusFailed || !strings.Contains(s.Problems[0].Reason, "a fault in the parser") {
		t.Errorf("summary: %+v", s)
	}
}

// Where an address is comes from the database that the custody log names.
func TestAddLooksAddressesUp(t *testing.T) {
	o := options(t)
	o.Where = func(netip.Addr) forensics.Place {
		return forensics.Place{Country: "NL", ASN: 64496, Org: "Example Net"}
	}
	o.WhereFrom = "example table (2026-11)"
	c := newCase(t)
	if _, err := ingest.Add(t.Context(), c, []string{write(t, filepath.Join(t.TempDir(), "mail.log"), loginLines)}, o, nil); err != nil {
		t.Fatal(err)
	}
	for _, e := range events(t, c) {
		if e.Country != "NL" || e.ASN != 64496 || e.Org != "Example Net" {
			t.Errorf("got %+v", e)
		}
	}
	entries, err := c.Custody()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(entries, func(e forensics.Custody) bool {
		return strings.Contains(e.Detail, "looked up in example table (2026-11)")
	}) {
		t.Errorf("the custody log does not name the table: %+v", entries)
	}
}
