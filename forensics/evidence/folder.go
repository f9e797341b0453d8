package evidence

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"sort"
	"strings"
	"time"

	"keytrail/forensics"
)

// maxFolderDepth is how deep folders are walked.
const maxFolderDepth = 200

// survey adds up the regular files of the folder as Walk will see them.
func (s *Source) survey() (size int64, modified time.Time) {
	w := &walker{src: s, tell: func(string, string) {}}
	_ = w.tree(".", 0, func(_ string, fi fs.FileInfo) error { // never fails: the function returns nil
		size += fi.Size()
		if fi.ModTime().After(modified) {
			modified = fi.ModTime()
		}
		return nil
	})
	return size, modified
}

// folder visits every file and gives the digest of the list (see Source.Digest).
func (w *walker) folder() (forensics.Digest, error) {
	list := sha256.New()
	err := w.tree(".", 0, func(rel string, fi fs.FileInfo) error {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		f, err := w.src.openMember(rel, fi)
		if err != nil {
			w.warn(rel, "not read: %v", err)
			return nil
		}
		defer func() { _ = f.Close() }() // opened for reading only: nothing can be lost
		before, err := f.Stat()
		if err != nil {
			w.warn(rel, "not read: %v", cause(err))
			return nil
		}
		d, err := w.file(rel, f, before)
		if err != nil {
			return err
		}
		w.flushWarnings(rel)
		_, err = list.Write([]byte(listLine(d, rel)))
		return err
	})
	if err != nil {
		return forensics.Digest{}, err
	}
	return forensics.Digest(list.Sum(nil)), nil
}

// listLine is a line as sha256sum writes it.
func listLine(d forensics.Digest, rel string) string {
	esc := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(rel)
	if esc != rel {
		return `\` + d.String() + "  " + esc + "\n"
	}
	return d.String() + "  " + rel + "\n"
}

// openMember opens a regular file of the folder and makes sure that it is the one that was
// listed: neither a link put in its place nor a FIFO is read.
func (s *Source) openMember(rel string, listed fs.FileInfo) (*os.File, error) {
	f, err := openFile(func(flag int) (*os.File, error) { return s.root.OpenFile(rel, flag|noFollow, 0) })
	if err != nil {
		return nil, cause(err)
	}
	fi, err := f.Stat()
	if err == nil && (!fi.Mode().IsRegular() || !os.SameFile(fi, listed)) {
		err = errors.New("it was replaced after the folder was listed")
	}
	if err != nil {
		_ = f.Close() // opened for reading only: nothing can be lost
		return nil, cause(err)
	}
	return f, nil
}

// entry is one name of a folder. key is the name as it sorts among whole paths: with a
// slash behind a folder's name, "a.txt" stands before "a/b".
type entry struct{ name, key string }

// tree calls do for every regular file below dir, in byte order of the whole relative
// path, and warns of everything that is not one.
func (w *walker) tree(dir string, depth int, do func(rel string, fi fs.FileInfo) error) error {
	at := ""
	if dir != "." {
		at = dir
	}
	if depth > maxFolderDepth {
		w.warn(at, "folders nested deeper than %d are not read", maxFolderDepth)
		return nil
	}
	entries, err := w.list(dir)
	if err != nil {
		w.warn(at, "the folder cannot be listed to its end: %v", cause(err))
	}
	for _, e := range entries {
		rel := join(at, e.name)
		fi, err := w.src.root.Lstat(rel)
		if err != nil {
			w.warn(rel, "not read: %v", cause(err))
			continue
		}
		mode := fi.Mode()
		switch {
		case mode.IsDir() && isCase(e.name):
			w.warn(rel, "a case folder inside the evidence is passed over")
		case mode.IsDir():
			if err := w.tree(rel, depth+1, do); err != nil {
				return err
			}
		case mode.IsRegular():
			if err := do(rel, fi); err != nil {
				return err
			}
		case mode&fs.ModeSymlink != 0:
			target, err := w.src.root.Readlink(rel)
			if err != nil {
				target = "?"
			}
			w.warn(rel, "a symbolic link (to %s) is not followed: give its target as evidence of its own where it matters", quote(target))
		default:
			w.warn(rel, "%s is not read", modeName(mode))
		}
	}
	return nil
}

// isCase tells the name of a case folder.
func isCase(name string) bool {
	return len(name) > len(CaseSuffix) && strings.HasSuffix(name, CaseSuffix)
}

// list gives a folder's names in the order of the walk, as many as can be read.
func (w *walker) list(dir string) ([]entry, error) {
	d, err := openFile(func(flag int) (*os.File, error) { return w.src.root.OpenFile(dir, flag|noFollow, 0) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }() // opened for reading only: nothing can be lost
	des, err := d.ReadDir(-1)
	entries := make([]entry, 0, len(des))
	for _, de := range des {
		e := entry{name: de.Name(), key: de.Name()}
		if de.IsDir() {
			e.key += "/"
		}
		entries = append(entries, e)
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].key < entries[j].key })
	return entries, err
}
