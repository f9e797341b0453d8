// Package export writes what a case knows to files that other people and tools read: a
// workbook (export/xlsx), a CSV, Timesketch's JSON lines.
//
// Invariants: a file is written beside its place and moved there when it is complete, and an
// existing one is replaced only when that was asked for; the same case and the same options
// give the same bytes; no text from evidence becomes a formula, a link or a control character.
package export

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"keytrail/forensics"
)

// Source is what a report is made of: a list of events, read page by page.
type Source = forensics.List

// Part is the events of s from index from up to and without index to.
func Part(s Source, from, to int) Source { return part{s, from, to} }

type part struct {
	s        Source
	from, to int
}

func (p part) Len() int { return p.to - p.from }

// Events gives up to n events from index from of the part on.
func (p part) Events(from, n int) ([]forensics.Event, error) {
	return p.s.Events(p.from+from, max(0, min(n, p.to-p.from-from)))
}

// Result is a file that was written.
type Result struct {
	Path   string
	Size   int64 // bytes
	Rows   int64 // events
	Digest forensics.Digest
	// Further are files that were written beside it, such as the events that a .jsonl cannot hold.
	Further []Result
}

// endings are the file types that a report can have.
var endings = []string{".xlsx", ".csv", ".jsonl"}

// File writes a file beside its place and moves it there when write is done. Where path
// exists it refuses, unless force is set.
func File(path string, force bool, write func(io.Writer) error) (Result, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Result{}, err
	}
	if _, err := os.Lstat(abs); err == nil && !force {
		return Result{}, &forensics.Error{What: "the file exists already", File: path, Hint: "choose another name, or say --force to replace it"}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Result{}, err
	}
	if info, err := os.Stat(filepath.Dir(abs)); err != nil || !info.IsDir() {
		return Result{}, &forensics.Error{What: "there is no such folder to write to", File: filepath.Dir(path), Byte: -1, Err: err, Hint: "make it first, or choose another"}
	}
	tmp, err := os.CreateTemp(filepath.Dir(abs), "."+filepath.Base(abs)+".*.part")
	if err != nil {
		return Result{}, unwritten(path, err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	sum := sha256.New()
	n := &countWriter{w: io.MultiWriter(tmp, sum)}
	if err := write(n); err != nil {
		return Result{}, unwritten(path, err)
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return Result{}, unwritten(path, err)
	}
	if err := os.Rename(tmp.Name(), abs); err != nil {
		return Result{}, unwritten(path, err)
	}
	return Result{Path: abs, Size: n.n, Digest: forensics.Digest(sum.Sum(nil))}, nil
}

// unwritten says what keeps a report from being written, and what can be done where that is known.
func unwritten(path string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return &forensics.Error{What: "there is no room for the report", File: path, Byte: -1, Err: syscall.ENOSPC, Hint: "make room, or write it to another disk; nothing of it was left behind"}
	case errors.Is(err, fs.ErrPermission):
		return &forensics.Error{What: "the report may not be written there", File: path, Byte: -1, Err: fs.ErrPermission, Hint: "choose a folder of your own"}
	}
	return fmt.Errorf("write report: %w", err)
}

type countWriter struct {
	w io.Writer
	n int64
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// Ending gives the file type that a path asks for, or an error that lists the ones there are.
func Ending(path string) (string, error) {
	ending := strings.ToLower(filepath.Ext(path))
	for _, e := range endings {
		if e == ending {
			return e, nil
		}
	}
	return "", &forensics.Error{What: fmt.Sprintf("cannot tell from %q what to write", filepath.Base(path)), Hint: "give the file one of the endings " + strings.Join(endings, ", ")}
}
