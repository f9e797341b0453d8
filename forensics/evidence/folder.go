package evidence

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// maxFolderDepth is how deep folders are walked.
const maxFolderDepth = 200

// survey adds up the regular files of the folder as Walk will see them.
func (s *Source) survey() (size int64, modified time.Time) {
	w := &walker{ctx: context.Background(), src: s, tell: func(string, string) {}}
	_ = w.tree(s.root, "", 0, func(_ *os.Root, _ string, fi fs.FileInfo) error { // never fails: the function returns nil
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
	err := w.tree(w.src.root, "", 0, func(in *os.Root, rel string, fi fs.FileInfo) error {
		f, err := openMember(in, fi)
		if err != nil {
			w.tell(rel, "not read: "+err.Error())
			return nil
		}
		defer func() { _ = f.Close() }() // opened for reading only: nothing can be lost
		d, err := w.file(rel, f, fi)
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

// openMember opens a regular file of a folder and makes sure that it is the one that was
// listed: neither a link put in its place nor a FIFO is read.
func openMember(in *os.Root, listed fs.FileInfo) (*os.File, error) {
	f, err := openFile(func(flag int) (*os.File, error) { return in.OpenFile(listed.Name(), flag|noFollow, 0) })
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

// tree calls do for every regular file below a folder, in byte order of the whole relative
// path, and tells of everything that is not one. at is the folder's own relative path. Each
// folder is opened by its parent, so that no name leads out of the evidence.
func (w *walker) tree(in *os.Root, at string, depth int, do func(in *os.Root, rel string, fi fs.FileInfo) error) error {
	entries, err := list(in)
	if err != nil {
		w.tell(at, "the folder cannot be listed to its end: "+cause(err).Error())
	}
	for _, e := range entries {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		rel := join(at, e.name)
		fi, err := in.Lstat(e.name)
		if err != nil {
			w.tell(rel, "not read: "+cause(err).Error())
			continue
		}
		switch mode := fi.Mode(); {
		case mode.IsDir() && isCase(e.name):
			w.tell(rel, "a case folder inside the evidence is passed over")
		case mode.IsDir() && depth >= maxFolderDepth:
			w.tell(rel, fmt.Sprintf("folders nested deeper than %d are not read", maxFolderDepth))
		case mode.IsDir():
			err = w.subtree(in, fi, rel, depth+1, do)
		case mode.IsRegular():
			err = do(in, rel, fi)
		case mode&fs.ModeSymlink != 0:
			target, err := in.Readlink(e.name)
			if err != nil {
				target = "?"
			}
			w.tell(rel, "a symbolic link (to "+quote(target)+") is not followed: give its target as evidence of its own where it matters")
		default:
			w.tell(rel, modeName(mode)+" is not read")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// subtree opens a folder, makes sure that it is the one that was listed, and goes through it.
func (w *walker) subtree(in *os.Root, listed fs.FileInfo, rel string, depth int, do func(in *os.Root, rel string, fi fs.FileInfo) error) error {
	sub, err := in.OpenRoot(listed.Name())
	if err != nil {
		w.tell(rel, "not read: "+cause(err).Error())
		return nil
	}
	defer func() { _ = sub.Close() }() // opened for reading only: nothing can be lost
	if fi, err := sub.Stat("."); err != nil || !os.SameFile(fi, listed) {
		w.tell(rel, "not read: it was replaced after the folder was listed")
		return nil
	}
	return w.tree(sub, rel, depth, do)
}

// isCase tells the name of a case folder.
func isCase(name string) bool {
	return len(name) > len(forensics.CaseSuffix) && strings.HasSuffix(name, forensics.CaseSuffix)
}

// entry is one name of a folder.
type entry struct {
	name  string
	isDir bool
}

// compare orders names as they stand among whole paths: a folder's has a slash
// behind it, "a.txt" stands before "a/b".
func (e entry) compare(o entry) int {
	n := min(len(e.name), len(o.name))
	if c := strings.Compare(e.name[:n], o.name[:n]); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(e.byteAt(n), o.byteAt(n)), cmp.Compare(len(e.name), len(o.name)))
}

func (e entry) byteAt(i int) int {
	switch {
	case i < len(e.name):
		return int(e.name[i])
	case e.isDir:
		return '/'
	}
	return -1
}

// list gives a folder's names in the order of the walk, as many as can be read. It holds
// names only: a mail folder may have a million of them.
func list(in *os.Root) ([]entry, error) {
	d, err := openFile(func(flag int) (*os.File, error) { return in.OpenFile(".", flag|noFollow, 0) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }() // opened for reading only: nothing can be lost
	var entries []entry
	for {
		some, err := d.ReadDir(1024)
		for _, de := range some {
			entries = append(entries, entry{de.Name(), de.IsDir()})
		}
		if err != nil {
			slices.SortFunc(entries, entry.compare)
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return entries, err
		}
	}
}
