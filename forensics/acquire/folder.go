package acquire

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// folder is one folder of the mailbox on disk, under one UIDVALIDITY.
type folder struct {
	root  string // of the acquisition
	index string // the directory of folder.json and messages.jsonl
	info  FolderInfo
	done  []uint32 // UIDs that have their line; not sorted
}

func (f *folder) path() string    { return filepath.Join(f.root, filepath.FromSlash(f.info.Directory)) }
func (f *folder) journal() string { return filepath.Join(f.index, messagesName) }
func (f *folder) save() error     { return writeJSON(filepath.Join(f.index, folderName), &f.info) }

// note counts a line that was written.
func (f *folder) note(m *MessageInfo) {
	f.done = append(f.done, m.UID)
	for _, s := range m.DKIM {
		f.info.signed(s.Result, 1)
	}
	switch m.NotCopied {
	case "":
		f.info.Copied++
		f.info.Bytes += m.Size
	case notOutside:
		f.info.Outside++
	case notGone:
		f.info.Gone++
	default:
		f.info.Refused++
	}
}

// observe keeps what the server showed; the same picture again only moves its end.
func (f *folder) observe(o Observation, all []entry, now time.Time) error {
	o.At, o.Until = now.UTC(), now.UTC()
	o.UIDs = ranges(all)
	if n := len(f.info.Observations); n > 0 {
		last := f.info.Observations[n-1]
		same := o
		same.At, same.Until = last.At, last.Until
		if same == last {
			f.info.Observations[n-1].Until = o.Until
			return f.save()
		}
	}
	const most = 100 // of pictures; the first and the newest tell most
	if n := len(f.info.Observations); n >= most {
		f.info.Observations = slices.Delete(f.info.Observations, n-1, n)
	}
	f.info.Observations = append(f.info.Observations, o)
	f.info.Complete = false
	return f.save()
}

// ranges writes the UIDs of a list, such as 1:5,8.
func ranges(all []entry) string {
	var b strings.Builder
	for i := 0; i < len(all); {
		first := i
		for i++; i < len(all) && all[i].uid == all[i-1].uid+1; i++ {
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(decimal(uint64(all[first].uid)))
		if i-first > 1 {
			b.WriteString(":" + decimal(uint64(all[i-1].uid)))
		}
	}
	return b.String()
}

// has says of every message of a sorted list whether it has its line already.
func (f *folder) has(all []entry) []bool {
	slices.Sort(f.done)
	have := make([]bool, len(all))
	for i, e := range all {
		_, have[i] = slices.BinarySearch(f.done, e.uid)
	}
	return have
}

// check reads messages.jsonl of an earlier run, hashes every file it names, and writes it anew
// with the lines that hold; files that no line names are removed.
func (f *folder) check(progress func(bytes int64) error) error {
	in, err := os.Open(f.journal())
	if errors.Is(err, fs.ErrNotExist) {
		in, err = os.Open(os.DevNull)
	}
	if err != nil {
		return diskError{err}
	}
	defer func() { _ = in.Close() }() // opened for reading only: nothing can be lost
	tmp := f.journal() + ".part"
	out, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return diskError{err}
	}
	f.info.Totals, f.done = Totals{}, nil
	names := make(map[uint64]struct{})
	err = f.keepWhole(in, out, names, progress)
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp, f.journal())
	}
	if err == nil {
		err = f.sweep(names)
	}
	if err != nil {
		return diskError{err}
	}
	return nil
}

func (f *folder) keepWhole(in io.Reader, out io.Writer, names map[uint64]struct{}, progress func(int64) error) error {
	w := bufio.NewWriter(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 4*maxAnswer)
	for lines.Scan() {
		var m MessageInfo
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil || m.NotCopied != "" || !f.whole(&m) {
			continue // torn by the end of the run, or to be asked for again
		}
		if err := progress(m.Size); err != nil {
			return err
		}
		f.note(&m)
		names[nameHash(path.Base(m.File))] = struct{}{}
		if _, err := w.Write(append(bytes.Clone(lines.Bytes()), '\n')); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return w.Flush()
}

func nameHash(name string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, name) // a hash never fails
	return h.Sum64()
}

// whole hashes the file of a line.
func (f *folder) whole(m *MessageInfo) bool {
	name := path.Base(m.File)
	if m.File != f.info.Directory+"/cur/"+name {
		return false
	}
	file, err := os.Open(filepath.Join(f.path(), "cur", name))
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // opened for reading only: nothing can be lost
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	return err == nil && n == m.Size && hex.EncodeToString(sum.Sum(nil)) == m.SHA256
}

// sweep removes what a killed run left half done.
func (f *folder) sweep(names map[uint64]struct{}) error {
	for _, part := range []string{"tmp", "cur"} {
		dir := filepath.Join(f.path(), part)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if _, keep := names[nameHash(e.Name())]; keep && part == "cur" {
				continue
			}
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.MkdirAll(filepath.Join(f.path(), "new"), 0o700)
}
