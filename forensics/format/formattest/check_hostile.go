package formattest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

const (
	endlessLength = 64 << 20
	// maxHeap is what may be live while an endless line is read: a record of
	// format.MaxRecord in a buffer that doubled beyond it, and its copy.
	maxHeap = 5 * format.MaxRecord
	// maxAfterCancel is how much may still be read when the context has ended.
	maxAfterCancel = 16 << 20
)

func checkTruncated(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		whole := read(r, name, f, s.Name, s.Data)
		for _, n := range cuts(len(s.Data)) {
			got := read(r, name+" cut", f, s.Name, s.Data[:n:n])
			if c.Container {
				continue
			}
			have := map[forensics.Ref]forensics.Digest{}
			for _, rec := range got.Records {
				have[rec.Ref] = rec.Digest
			}
			for _, rec := range whole.Records {
				if rec.Ref.Offset+rec.Ref.Length <= int64(n) && have[rec.Ref] != rec.Digest {
					r.errorf("%s cut at byte %d loses the record at %d, which ends before", name, n, rec.Ref.Offset)
				}
			}
		}
	}
}

func checkBadRecord(r *report, f format.Format, c Case) {
	if c.Bad == nil {
		return
	}
	for _, name := range c.samples() {
		s := c.Valid[name]
		want := read(r, name, f, s.Name, s.Data)
		if len(want.Refs) < 2 {
			continue
		}
		at := want.Refs[len(want.Refs)/2].Offset
		got := read(r, name, f, s.Name, slices.Concat(s.Data[:at], c.Bad, s.Data[at:]))
		warned := len(got.Lost) + len(got.Warnings) - len(want.Lost) - len(want.Warnings)
		if got.Read != want.Read || len(got.Skipped) != len(want.Skipped) || warned != 1 {
			r.errorf("%s with a bad record at %d: got %s; without it %s", name, at, got.Summary(), want.Summary())
			for _, w := range slices.Concat(got.Lost, got.Warnings) {
				r.errorf("%s: line %d, byte %d: %s", name, w.Ref.Line, w.Ref.Offset, w.Text)
			}
		}
	}
}

// checkDamaged overwrites single bytes: anything may be lost, but nothing ends early.
func checkDamaged(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		for _, at := range cuts(len(s.Data)) {
			if at >= len(s.Data) {
				continue
			}
			for _, b := range []byte{0xE9, 0, '"', '\n', '{', '\\', 0xFF} {
				data := bytes.Clone(s.Data)
				data[at] = b
				got := read(r, name+" damaged", f, s.Name, data)
				for _, rec := range got.Records {
					for i := range rec.Events {
						if bad := badStrings(&rec.Events[i]); len(bad) > 0 {
							r.errorf("%s with %#x at %d: not UTF-8: %v", name, b, at, bad)
						}
					}
				}
			}
		}
	}
}

func checkEncodings(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		want := read(r, name, f, s.Name, s.Data)
		if !utf8.Valid(s.Data) {
			continue
		}
		variants := []struct {
			name string
			data []byte
		}{
			{"UTF-16LE", toUTF16(s.Data, binary.LittleEndian)},
			{"UTF-16BE", toUTF16(s.Data, binary.BigEndian)},
			{"UTF-8 with BOM", append([]byte{0xEF, 0xBB, 0xBF}, s.Data...)},
		}
		for _, v := range variants {
			got := read(r, name+" as "+v.name, f, s.Name, v.data)
			if c.SingleByte || c.Container {
				continue
			}
			if got.Read != want.Read || len(got.Skipped) != len(want.Skipped) || len(got.Lost) != len(want.Lost) {
				r.errorf("%s as %s: got %s; want %s", name, v.name, got.Summary(), want.Summary())
			}
			if g := f.Match(Head(s.Name, v.data)); g.Score <= 0 {
				r.errorf("%s as %s: score %d (%s)", name, v.name, g.Score, g.Why)
			}
			for _, rec := range got.Records {
				if rec.Ref.Offset+rec.Ref.Length > int64(len(v.data)) || (rec.Raw != nil &&
					!bytes.Equal(rec.Raw, v.data[rec.Ref.Offset:rec.Ref.Offset+rec.Ref.Length])) {
					r.errorf("%s as %s: the record at %d does not slice back to its raw bytes", name, v.name, rec.Ref.Offset)
				}
			}
		}
		if latin, ok := toLatin1(s.Data); ok && !c.Container {
			got := read(r, name+" as Latin-1", f, s.Name, latin)
			if got.Read != want.Read || len(got.Skipped) != len(want.Skipped) || len(got.Lost) != len(want.Lost) {
				r.errorf("%s as Latin-1: got %s; want %s", name, got.Summary(), want.Summary())
			}
			for _, rec := range got.Records {
				for i := range rec.Events {
					checkEvent(r, name+" as Latin-1", f, &rec.Events[i])
				}
			}
		}
	}
}

// toUTF16 writes UTF-8 as UTF-16 with a byte order mark.
func toUTF16(b []byte, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xFEFF)
	for _, u := range utf16.Encode([]rune(string(b))) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// toLatin1 writes UTF-8 as ISO 8859-1; ok is false where it is ASCII or has more.
func toLatin1(b []byte) (out []byte, ok bool) {
	for _, c := range string(b) {
		if c > 0xFF {
			return nil, false
		}
		ok = ok || c > 0x7F
		out = append(out, byte(c))
	}
	return out, ok
}

func checkEndless(r *report, f format.Format, c Case) {
	name := c.samples()[0]
	s := c.Valid[name]
	want := read(r, name, f, s.Name, s.Data)
	for _, opening := range append([][]byte{nil}, c.Endless...) {
		data := slices.Concat(s.Data, opening)
		in := Input(s.Name, data)
		e := newEndless(data, endlessLength)
		in.Size, in.Reader = int64(len(data))+endlessLength, e
		got := &Sink{CountOnly: true}
		if err := parse(context.Background(), f, in, got); err != nil {
			r.errorf("endless %q: %v", opening, err)
		}
		if e.peak > maxHeap {
			r.errorf("endless %q: %d MiB live on the heap, want at most %d", opening, e.peak>>20, int64(maxHeap)>>20)
		}
		if c.Container || c.EndlessRecord {
			continue
		}
		warned := len(got.Lost) + len(got.Warnings) - len(want.Lost) - len(want.Warnings)
		if got.Read != want.Read || warned != 1 {
			r.errorf("endless %q: got %d read, %d broken, %d warnings, want %d read and one warning more than %d",
				opening, got.Read, len(got.Lost), len(got.Warnings), want.Read, len(want.Lost)+len(want.Warnings))
		}
	}
}

func checkCancel(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := parse(ctx, f, Input(s.Name, s.Data), &Sink{}); !errors.Is(err, context.Canceled) {
			r.errorf("%s: cancelled before the start: got %v, want %v", name, err, context.Canceled)
		}
	}
	s := c.Valid[c.samples()[0]]
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	const after = 1 << 20
	p := &repeating{data: s.Data, after: after, limit: after + 4*maxAfterCancel, once: cancel}
	in := Input(s.Name, s.Data)
	in.Size, in.Reader = -1, p
	if err := parse(ctx, f, in, &Sink{CountOnly: true}); !errors.Is(err, context.Canceled) {
		r.errorf("cancelled in the middle: got %v, want %v", err, context.Canceled)
	}
	if more := p.given - after; more > maxAfterCancel {
		r.errorf("cancelled in the middle: %d KiB more were read", more>>10)
	}
}

var errTest = errors.New("a fault made by the test")

func checkSinkError(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		for _, stop := range []int{0, s.Records / 2} {
			if stop >= s.Records {
				continue
			}
			sink := &Sink{Fail: func(before int) error {
				if before == stop {
					return errTest
				}
				return nil
			}}
			if err := parse(context.Background(), f, Input(s.Name, s.Data), sink); !errors.Is(err, errTest) {
				r.errorf("%s: the sink's error at record %d: got %v, want %v", name, stop, err, errTest)
			}
			if sink.Read != stop+1 {
				r.errorf("%s: %d more records came after the sink's error", name, sink.Read-stop-1)
			}
		}
	}
}

func checkReadError(r *report, f format.Format, c Case) {
	for _, name := range c.samples() {
		s := c.Valid[name]
		in := Input(s.Name, s.Data)
		in.Reader = io.MultiReader(bytes.NewReader(s.Data[:len(s.Data)/2]), iotest.ErrReader(errTest))
		if err := parse(context.Background(), f, in, &Sink{}); !errors.Is(err, errTest) {
			r.errorf("%s: the reader's error: got %v, want %v", name, err, errTest)
		}
	}
}
