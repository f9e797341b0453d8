package formattest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing/iotest"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

var namePattern = regexp.MustCompile(`^[a-z]+/[a-z0-9-]+$`)

func checkName(r *report, f format.Format, c Case) {
	if !namePattern.MatchString(f.Name()) {
		r.errorf("name %q has not the form family/format", f.Name())
	}
	a := f.About()
	for field, text := range map[string]string{"Title": a.Title, "Reads": a.Reads, "HowTo": a.HowTo, "Source": a.Source} {
		if strings.TrimSpace(text) == "" {
			r.errorf("About.%s is empty", field)
		}
		if strings.Contains(text, "\n") && field != "HowTo" {
			r.errorf("About.%s is more than one line", field)
		}
	}
	if len(a.Gives) == 0 {
		r.errorf("About.Gives is empty")
	}
	for _, g := range a.Gives {
		if _, ok := forensics.ParseGroup(g); !ok {
			r.errorf("About.Gives has %q, which is no group", g)
		}
	}
	if len(c.Valid) == 0 {
		r.errorf("the case has no valid sample")
	}
}

func checkMatch(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		g := f.Match(Head(s.Name, s.Data))
		if g.Score <= 0 || g.Score > 100 {
			r.errorf("%s: score %d (%s), want 1 to 100", name, g.Score, g.Why)
		}
		if g.Why == "" {
			r.errorf("%s: Match does not say why", name)
		}
		// A head that stops anywhere must not upset it.
		for _, n := range cuts(len(s.Data)) {
			f.Match(&format.Head{Name: s.Name, Bytes: s.Data[:n:n]})
		}
	}
}

func checkForeign(r *report, f format.Format, c Case) {
	inputs := Foreign()
	maps.Copy(inputs, c.Foreign)
	family, _, _ := strings.Cut(f.Name(), "/")
	for name, data := range Known() {
		if other, _, _ := strings.Cut(name, "/"); other != family && family != "generic" && !slices.Contains(c.Accepts, name) {
			inputs[name] = data
		}
	}
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		g := f.Match(Head("", inputs[name]))
		if g.Score > 0 {
			r.errorf("%s: score %d (%s), want 0 or less", name, g.Score, g.Why)
		}
		if g.Score < 0 && g.Why == "" {
			r.errorf("%s: a near miss without its reason", name)
		}
		// Forced onto it, the parser may find nothing, but it ends.
		read(r, name, f, "", inputs[name])
	}
}

func checkValid(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		got := read(r, name, f, s.Name, s.Data)
		if got.Read != s.Records || len(got.Skipped) != s.Skipped || len(got.Warnings) != s.Warnings || len(got.Lost) > 0 {
			r.errorf("%s: got %s; want %d read, %d skipped, 0 broken, %d warnings", name, got.Summary(), s.Records, s.Skipped, s.Warnings)
			for _, w := range slices.Concat(got.Lost, got.Warnings) {
				r.errorf("%s: line %d, byte %d: %s", name, w.Ref.Line, w.Ref.Offset, w.Text)
			}
		}
		if n := len(got.Events()); s.Events > 0 && n != s.Events {
			r.errorf("%s: %d events, want %d", name, n, s.Events)
		}
		for _, rec := range got.Records {
			if len(rec.Events) == 0 {
				r.errorf("%s: the record at %d gives no event: it should be skipped", name, rec.Ref.Offset)
			}
			for i := range rec.Events {
				checkEvent(r, name, f, &rec.Events[i])
			}
		}
	}
}

func checkEvent(r *report, name string, f format.Format, e *forensics.Event) {
	if strings.HasPrefix(e.Kind.String(), "kind(") {
		r.errorf("%s: event of unknown kind %d", name, e.Kind)
	}
	if e.Provider != "" && e.Provider != f.Name() {
		r.errorf("%s: event's provider is %q", name, e.Provider)
	}
	if e.IP.Is4In6() || e.IP.Zone() != "" {
		r.errorf("%s: IP %v is not unmapped", name, e.IP)
	}
	for _, t := range append([]forensics.Time{e.Time}, e.Others...) {
		if t.Precision != forensics.PrecisionNone && (t.Original == "" || t.Desc == "") {
			r.errorf("%s: time %s lacks its original text or its meaning", name, t.RFC3339())
		}
	}
	if bad := badStrings(e); len(bad) > 0 {
		r.errorf("%s: not UTF-8: %s", name, strings.Join(bad, ", "))
	}
}

func checkRefs(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		got := read(r, name, f, s.Name, s.Data)
		if c.Container {
			continue
		}
		var end int64
		for _, ref := range got.Refs {
			if ref.Offset < end || ref.Length <= 0 || ref.Offset+ref.Length > int64(len(s.Data)) {
				r.errorf("%s: the entry at %d of %d bytes overlaps the one before (which ends at %d) or leaves the item", name, ref.Offset, ref.Length, end)
			}
			end = ref.Offset + ref.Length
		}
		for _, rec := range got.Records {
			if rec.Ref.Offset < 0 || rec.Ref.Length < 0 || rec.Ref.Offset+rec.Ref.Length > int64(len(s.Data)) {
				continue
			}
			raw := s.Data[rec.Ref.Offset : rec.Ref.Offset+rec.Ref.Length]
			if sha256.Sum256(raw) != rec.Digest {
				r.errorf("%s: bytes %d to %d are not the record: %.60q", name, rec.Ref.Offset, rec.Ref.Offset+rec.Ref.Length, raw)
			}
			if rec.Ref.Line > 0 {
				if line := int64(bytes.Count(s.Data[:rec.Ref.Offset], []byte{'\n'})) + 1; line != rec.Ref.Line {
					r.errorf("%s: the record at %d says line %d, it stands in line %d", name, rec.Ref.Offset, rec.Ref.Line, line)
				}
			}
		}
	}
}

func checkRepeatable(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		same(r, name+" read twice", read(r, name, f, s.Name, s.Data), read(r, name, f, s.Name, s.Data))
	}
}

func checkSmallReads(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		want := read(r, name, f, s.Name, s.Data)
		in := Input(s.Name, s.Data)
		in.Size, in.Reader = -1, iotest.OneByteReader(in.Reader)
		got := &Sink{}
		if err := parse(context.Background(), f, in, got); err != nil {
			r.errorf("%s byte by byte: %v", name, err)
		}
		same(r, name+" byte by byte", want, got)

		in = Input(s.Name, s.Data)
		in.Reader = iotest.DataErrReader(in.Reader)
		got = &Sink{}
		if err := parse(context.Background(), f, in, got); err != nil {
			r.errorf("%s with io.EOF beside the last bytes: %v", name, err)
		}
		same(r, name+" with io.EOF beside the last bytes", want, got)
	}
}

func same(r *report, what string, want, got *Sink) {
	d := gocmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}), cmpopts.IgnoreFields(Sink{}, "Fail"))
	if d != "" {
		r.errorf("%s differs (-want +got):\n%s", what, d[:min(len(d), 2000)])
	}
}

func checkEmpty(r *report, f format.Format, c Case) {
	got := read(r, "empty", f, "", nil)
	if got.Read+len(got.Refs)+len(got.Lost)+len(got.Warnings) > 0 {
		r.errorf("empty: %s", got.Summary())
	}
	if g := f.Match(&format.Head{Complete: true}); g.Score > 0 {
		r.errorf("empty: score %d", g.Score)
	}
}

// cuts gives about fifty places in n bytes, the ends among them.
func cuts(n int) []int {
	step := cmp.Or(n/50, 1)
	var at []int
	for i := 0; i < n; i += step {
		at = append(at, i)
	}
	return append(at, max(n-1, 0))
}
