package evidence

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
)

var stamp = time.Date(2022, 11, 14, 3, 12, 0, 0, time.UTC)

// part is one member to put into an archive.
type part struct {
	name string
	data []byte
}

func text(s string) []byte { return []byte(s) }

func makeZip(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := zw.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: stamp})
		check(t, err)
		_, err = f.Write(p.data)
		check(t, err)
	}
	check(t, zw.Close())
	return b.Bytes()
}

func makeTar(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	for _, p := range parts {
		check(t, tw.WriteHeader(&tar.Header{Name: p.name, Mode: 0o600, Size: int64(len(p.data)), ModTime: stamp, Typeflag: tar.TypeReg}))
		_, err := tw.Write(p.data)
		check(t, err)
	}
	check(t, tw.Close())
	return b.Bytes()
}

func makeGzip(t testing.TB, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	zw.Name, zw.ModTime = name, stamp
	_, err := zw.Write(data)
	check(t, err)
	check(t, zw.Close())
	return b.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write makes a file below a temporary folder and gives its path.
func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	check(t, os.MkdirAll(filepath.Dir(path), 0o700))
	check(t, os.WriteFile(path, data, 0o600))
	return path
}

// seen is what a walk found.
type seen struct {
	names    []string
	data     map[string]string
	sizes    map[string]int64
	cuts     map[string]string // error of Finish
	warnings []string          // "item: text"
	digest   forensics.Digest
}

// walk reads everything and checks each member's digest and size.
func walk(t testing.TB, path string, lim Limits) *seen {
	t.Helper()
	src, err := Open(path, lim)
	check(t, err)
	defer func() { check(t, src.Close()) }()
	got := &seen{data: map[string]string{}, sizes: map[string]int64{}, cuts: map[string]string{}}
	err = src.Walk(context.Background(), func(m *Member) error {
		head, complete := m.Head()
		data, readErr := io.ReadAll(m)
		d, size, err := m.Finish()
		if (readErr == nil) != (err == nil) {
			t.Errorf("%s: Read ended with %v, Finish with %v", m.Name, readErr, err)
		}
		if err != nil {
			got.cuts[m.Name] = err.Error()
		}
		if !bytes.HasPrefix(data, head) || (complete && len(head) != len(data)) {
			t.Errorf("%s: head of %d bytes (complete %v) does not fit %d bytes", m.Name, len(head), complete, len(data))
		}
		if d != sha256.Sum256(data) || size != int64(len(data)) {
			t.Errorf("%s: digest or size is not that of what was read", m.Name)
		}
		if _, twice := got.data[m.Name]; twice {
			t.Errorf("%s: visited twice", m.Name)
		}
		got.names = append(got.names, m.Name)
		got.data[m.Name] = string(data)
		got.sizes[m.Name] = m.Size
		return nil
	}, func(item, text string) { got.warnings = append(got.warnings, item+": "+text) })
	check(t, err)
	got.digest = src.Digest()
	return got
}

// warned reports whether a warning holds all words.
func (s *seen) warned(words ...string) bool {
	for _, w := range s.warnings {
		all := true
		for _, word := range words {
			all = all && strings.Contains(w, word)
		}
		if all {
			return true
		}
	}
	return false
}
