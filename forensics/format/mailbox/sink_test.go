package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// caught is what a sink took of one record.
type caught struct {
	ref    forensics.Ref
	digest forensics.Digest
	event  forensics.Event
	mail   forensics.Mail
	text   string
	broken string
}

// catcher is a sink that keeps everything.
type catcher struct {
	records  []caught
	warnings []string
	withText bool
	fail     error
}

func (c *catcher) Record(r *format.Record) error {
	if c.fail != nil {
		return c.fail
	}
	got := caught{ref: r.Ref, digest: r.Digest, event: r.Events[0], mail: *r.Mail}
	got.mail.To = append([]string(nil), r.Mail.To...)
	got.mail.Auth = append([]forensics.AuthVerdict(nil), r.Mail.Auth...)
	if c.withText {
		got.text = r.Mail.Text()
	}
	c.records = append(c.records, got)
	return nil
}
func (c *catcher) Skip(ref forensics.Ref) { c.records = append(c.records, caught{ref: ref}) }
func (c *catcher) Broken(ref forensics.Ref, why string) {
	c.records = append(c.records, caught{ref: ref, broken: why})
}
func (c *catcher) Warn(_ forensics.Ref, text string) { c.warnings = append(c.warnings, text) }

// input makes an item of bytes.
func input(name string, b []byte) *format.Input {
	return &format.Input{Name: name, Size: int64(len(b)), Head: b[:min(len(b), format.HeadSize)], Reader: bytes.NewReader(b)}
}

// read parses b and checks what holds for every item: the records tile it, and digests are of their bytes.
func read(t testing.TB, f format.Format, name string, b []byte) *catcher {
	t.Helper()
	return readFrom(t, f, input(name, b), b)
}

func readFrom(t testing.TB, f format.Format, in *format.Input, b []byte) *catcher {
	t.Helper()
	c := &catcher{withText: true}
	if err := f.Parse(context.Background(), in, c); err != nil {
		t.Fatalf("%s: Parse: %v", in.Name, err)
	}
	var at int64
	for i, r := range c.records {
		if r.ref.Offset != at {
			t.Fatalf("%s: record %d begins at %d, want %d", in.Name, i, r.ref.Offset, at)
		}
		at += r.ref.Length
		if at > int64(len(b)) {
			t.Fatalf("%s: record %d ends at %d, behind the end %d", in.Name, i, at, len(b))
		}
		if got, want := r.digest, forensics.Digest(sha256.Sum256(b[r.ref.Offset:at])); r.broken == "" && got != want {
			t.Fatalf("%s: record %d: digest %v, want %v", in.Name, i, got, want)
		}
	}
	if at != int64(len(b)) {
		t.Fatalf("%s: records end at %d, want %d", in.Name, at, len(b))
	}
	return c
}

// trickle gives a stream in small pieces.
type trickle struct {
	r io.Reader
	n int
}

func (t trickle) Read(p []byte) (int, error) { return t.r.Read(p[:min(len(p), t.n)]) }
