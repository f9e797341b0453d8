package acquire

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"keytrail/forensics"
)

// finish makes everything durable and read-only and writes the manifest, in this order: an
// acquisition with a manifest is whole.
func (s *store) finish(now time.Time, problems []string) (forensics.Digest, error) {
	d, err := s.seal(now, problems)
	if err != nil {
		return d, diskError{err}
	}
	return d, nil
}

func (s *store) seal(now time.Time, problems []string) (forensics.Digest, error) {
	var none forensics.Digest
	now = now.UTC()
	s.header.Ended, s.header.State, s.header.Problems = &now, "complete", problems
	s.header.Totals = Totals{}
	for _, f := range s.folders {
		s.header.add(f.info.Totals)
	}
	if len(problems) > 0 {
		s.header.State = "partial"
	}
	if err := s.save(); err != nil {
		return none, err
	}
	if err := syncTree(s.root); err != nil {
		return none, err
	}
	tmp := filepath.Join(s.root, manifestName+".part")
	digest, err := s.writeManifest(tmp)
	if err != nil {
		return none, err
	}
	if err := os.Rename(tmp, filepath.Join(s.root, manifestName)); err != nil {
		return none, err
	}
	return digest, syncTree(s.root)
}

// writeManifest lists every file but itself as sha256sum does: `sha256sum -c manifest.sha256`.
// It makes the files of the index read-only on its way; the messages are so already.
func (s *store) writeManifest(path string) (forensics.Digest, error) {
	var none forensics.Digest
	_ = os.Remove(path) // of a run that was killed here; it may be read-only
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o400)
	if err != nil {
		return none, err
	}
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(out, sum), 64<<10)
	err = s.manifest(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return none, err
	}
	return forensics.Digest(sum.Sum(nil)), nil
}

func (s *store) manifest(w io.Writer) error {
	names := []string{headerName}
	if _, err := os.Stat(filepath.Join(s.root, certName)); err == nil {
		names = append(names, certName)
	}
	for _, f := range s.folders {
		rel := indexName + "/" + filepath.Base(f.index) + "/"
		names = append(names, rel+folderName, rel+messagesName)
	}
	for _, name := range names {
		path := filepath.Join(s.root, filepath.FromSlash(name))
		digest, err := hashFile(path)
		if err != nil {
			return err
		}
		if err := os.Chmod(path, 0o400); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s  %s\n", digest, name); err != nil {
			return err
		}
	}
	for _, f := range s.folders {
		if err := f.manifest(w); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) manifest(w io.Writer) error {
	in, err := os.Open(f.journal())
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // opened for reading only: nothing can be lost
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 4*maxAnswer)
	for lines.Scan() {
		var m struct {
			SHA256 string `json:"sha256"`
			File   string `json:"file"`
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return fmt.Errorf("%s: %w", f.journal(), err)
		}
		if m.File == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s  %s\n", m.SHA256, m.File); err != nil {
			return err
		}
	}
	return lines.Err()
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // opened for reading only: nothing can be lost
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Manifest gives the hash of the manifest of a finished acquisition: it stands for every file
// in it.
func Manifest(root string) (forensics.Digest, error) {
	path := filepath.Join(root, manifestName)
	f, err := os.Open(path)
	if err != nil {
		return forensics.Digest{}, &forensics.Error{What: "cannot read the manifest", File: path, Err: err, Byte: -1}
	}
	defer func() { _ = f.Close() }() // opened for reading only: nothing can be lost
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return forensics.Digest{}, &forensics.Error{What: "cannot read the manifest", File: path, Err: err, Byte: -1}
	}
	return forensics.Digest(sum.Sum(nil)), nil
}
