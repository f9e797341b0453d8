package formattest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"unicode/utf8"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// Head makes what detection sees of data.
func Head(name string, data []byte) *format.Head {
	n := min(len(data), format.HeadSize)
	return &format.Head{Name: name, Bytes: data[:n:n], Complete: n == len(data)}
}

// Input makes an item of data.
func Input(name string, data []byte) *format.Input {
	n := min(len(data), format.HeadSize)
	return &format.Input{Name: name, Size: int64(len(data)), Head: data[:n:n], Reader: bytes.NewReader(data)}
}

// Parse reads data with f into a new sink.
func Parse(f format.Format, data []byte) (*Sink, error) {
	s := &Sink{}
	err := f.Parse(context.Background(), Input("", data), s)
	return s, err
}

// parse is Parse with every argument, and turns a panic into an error.
func parse(ctx context.Context, f format.Format, in *format.Input, s *Sink) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{fmt.Sprint(p), string(debug.Stack())}
		}
	}()
	return f.Parse(ctx, in, s)
}

type panicError struct{ what, stack string }

func (e *panicError) Error() string { return "panic: " + e.what + "\n" + e.stack }

// read parses a sample that is expected to end without an error.
func read(r *report, what string, f format.Format, name string, data []byte) *Sink {
	s := &Sink{}
	if err := parse(context.Background(), f, Input(name, data), s); err != nil {
		r.errorf("%s: %v", what, err)
	}
	return s
}

// samples lists the valid samples in the order of their names.
func (c Case) samples() []string { return slices.Sorted(maps.Keys(c.Valid)) }

// endless gives opening, then n bytes of fill, measuring the live heap as it goes.
type endless struct {
	opening []byte
	left    int64
	fill    []byte
	sinceGC int64
	base    uint64
	peak    uint64 // of live heap above base
}

func newEndless(opening []byte, n int64) *endless {
	e := &endless{opening: opening, left: n, fill: bytes.Repeat([]byte{'x'}, 64<<10)}
	e.base = liveHeap()
	return e
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Read implements io.Reader.
func (e *endless) Read(p []byte) (int, error) {
	if len(e.opening) > 0 {
		n := copy(p, e.opening)
		e.opening = e.opening[n:]
		return n, nil
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), e.left)], e.fill)
	e.left -= int64(n)
	if e.sinceGC += int64(n); e.sinceGC >= 8<<20 || e.left == 0 {
		e.sinceGC = 0
		if h := liveHeap(); h > e.base {
			e.peak = max(e.peak, h-e.base)
		}
	}
	return n, nil
}

// repeating gives data over and over up to limit bytes and calls at once
// after bytes.
type repeating struct {
	data         []byte
	at           int
	given, after int64
	limit        int64
	once         func()
}

// Read implements io.Reader.
func (p *repeating) Read(b []byte) (int, error) {
	if p.given >= p.after && p.once != nil {
		p.once()
		p.once = nil
	}
	if p.given >= p.limit {
		return 0, io.EOF
	}
	n := copy(b, p.data[p.at:])
	p.at = (p.at + n) % len(p.data)
	p.given += int64(n)
	return n, nil
}

// badStrings lists the fields of an event whose text is not valid UTF-8.
func badStrings(e *forensics.Event) []string {
	var bad []string
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if !utf8.ValidString(v.String()) {
				bad = append(bad, fmt.Sprintf("%s %q", path, v.String()))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(path+"."+v.Type().Field(i).Name, v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(path, v.Elem())
			}
		}
	}
	walk("Event", reflect.ValueOf(e))
	return bad
}

// random is a fixed stream of bytes that look like nothing.
func random(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}
