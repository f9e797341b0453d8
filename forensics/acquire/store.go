package acquire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/utf7"
)

// store is one acquisition on disk:
//
//	HOST-USER-TIME/acquisition.json     the whole copy
//	               certificates.pem     what the server showed
//	               manifest.sha256      every file with its hash; written last
//	               index/0001/folder.json, messages.jsonl
//	               USER@HOST/FOLDER/cur/SECONDS.UUID.HASH:2,FLAGS
type store struct {
	root    string
	header  Header
	folders []*folder
	resumed bool
	earlier func(wire string) *Baseline // nil until it is asked for
}

// openStore takes up the unfinished acquisition of the same request below parent, or begins one.
func openStore(parent string, o *Options) (*store, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, diskError{err}
	}
	request := o.request()
	s, err := unfinished(parent, request)
	if err != nil {
		return nil, err
	}
	if s != nil {
		s.resumed = true
		s.header.Runs++
		return s, s.load()
	}
	now := o.Now().UTC().Truncate(time.Second)
	name := safePart(o.Target.Host) + "-" + safePart(o.Target.User) + "-" + now.Format("20060102T150405Z")
	root := filepath.Join(parent, name)
	for n := 2; ; n++ {
		err := os.Mkdir(root, 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) || n > 100 {
			return nil, diskError{err}
		}
		root = filepath.Join(parent, fmt.Sprintf("%s-%d", name, n))
	}
	mail := o.Target.User
	if !strings.Contains(mail, "@") {
		mail += "@" + o.Target.Host
	}
	s = &store{root: root, header: Header{Format: FormatName, Tool: o.Tool, Command: o.Command, Request: request, State: "running", Started: now, Runs: 1, Mail: safePart(mail)}}
	if err := os.Mkdir(filepath.Join(root, indexName), 0o700); err != nil {
		return nil, diskError{err}
	}
	return s, s.save()
}

// unfinished finds the acquisition of the same request that has no manifest yet, nil where
// there is none.
func unfinished(parent string, request Request) (*store, error) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil, diskError{err}
	}
	for _, e := range entries {
		root := filepath.Join(parent, e.Name())
		if !e.IsDir() || Finished(root) {
			continue
		}
		h, err := ReadHeader(root)
		if err == nil && sameRequest(h.Request, request) {
			return &store{root: root, header: h}, nil
		}
	}
	return nil, nil
}

func sameRequest(a, b Request) bool {
	return a.URL == b.URL && a.Host == b.Host && a.Port == b.Port && a.User == b.User && slices.Equal(a.Folders, b.Folders) && a.Since == b.Since && a.Before == b.Before && a.DKIM == b.DKIM
}

// Finished reports whether an acquisition is whole: its manifest is written last.
func Finished(root string) bool {
	_, err := os.Stat(filepath.Join(root, manifestName))
	return err == nil
}

// ReadHeader reads acquisition.json.
func ReadHeader(root string) (Header, error) {
	var h Header
	path := filepath.Join(root, headerName)
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &h)
	}
	if err == nil && h.Format != FormatName {
		err = fmt.Errorf("it is of the format %q", bounded(h.Format, 60))
	}
	if err == nil && (h.Mail == "" || strings.ContainsAny(h.Mail, `/\`) || !filepath.IsLocal(h.Mail)) {
		err = fmt.Errorf("it names the folder %q", bounded(h.Mail, 60))
	}
	if err != nil {
		return h, &forensics.Error{What: "cannot read the acquisition", File: path, Err: err, Byte: -1}
	}
	return h, nil
}

func (s *store) save() error { return writeJSON(filepath.Join(s.root, headerName), &s.header) }

// mailPath is the folder with the Maildirs: what is evidence of an acquisition.
func (s *store) mailPath() string { return filepath.Join(s.root, s.header.Mail) }

// maxConnections is how many connections are described.
const maxConnections = 50

func (s *store) connected(c *conn) error {
	if len(s.header.Connections) < maxConnections {
		s.header.Connections = append(s.header.Connections, c.account)
	} else {
		s.header.More++
	}
	if c.tls != nil {
		path := filepath.Join(s.root, certName)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if err := writeFile(path, pemOf(c.tls.PeerCertificates)); err != nil {
				return err
			}
		}
	}
	return s.save()
}

// load reads the folders that an earlier run began.
func (s *store) load() error {
	for n := 1; ; n++ {
		f := &folder{root: s.root, index: filepath.Join(s.root, indexName, fmt.Sprintf("%04d", n))}
		b, err := os.ReadFile(filepath.Join(f.index, folderName))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = json.Unmarshal(b, &f.info)
		}
		if err == nil && !(filepath.IsLocal(filepath.FromSlash(f.info.Directory)) && strings.HasPrefix(f.info.Directory, s.header.Mail+"/")) {
			err = fmt.Errorf("it names the directory %q", f.info.Directory)
		}
		if err != nil {
			return &forensics.Error{What: "cannot take up the unfinished acquisition", File: f.index, Err: err, Byte: -1,
				Hint: "move the folder " + s.root + " away to begin a new one"}
		}
		s.folders = append(s.folders, f)
	}
}

// check looks at everything an earlier run left: whole messages stay, all else goes.
func (s *store) check(progress func(bytes int64) error) error {
	for _, f := range s.folders {
		if err := f.check(progress); err != nil {
			return err
		}
	}
	return nil
}

// folder finds the folder of that name and UIDVALIDITY, or makes its Maildir.
func (s *store) folder(l listed, uidValidity uint32) (*folder, error) {
	taken := make(map[string]bool)
	for _, f := range s.folders {
		if f.info.WireName == l.wire && f.info.UIDValidity == uidValidity {
			return f, nil
		}
		taken[strings.ToLower(f.info.Directory)] = true
	}
	base := s.header.Mail + "/" + folderPath(l.wire, l.delimiter)
	dir := base
	for n := 2; taken[strings.ToLower(dir)]; n++ { // the same name in other case, or a new UIDVALIDITY
		dir = fmt.Sprintf("%s~%d", base, n)
	}
	f := &folder{root: s.root, index: filepath.Join(s.root, indexName, fmt.Sprintf("%04d", len(s.folders)+1)),
		info: FolderInfo{Name: utf7.Decode(l.wire), WireName: l.wire, Delimiter: l.delimiter, Attributes: l.marks, Directory: dir, UIDValidity: uidValidity}}
	for _, part := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(f.path(), part), 0o700); err != nil {
			return nil, diskError{err}
		}
	}
	if err := os.MkdirAll(f.index, 0o700); err != nil {
		return nil, diskError{err}
	}
	if err := f.save(); err != nil {
		return nil, err
	}
	s.folders = append(s.folders, f)
	return f, nil
}
