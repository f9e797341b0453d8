package acquire

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/utf7"
)

// Result is what a copy brought.
type Result struct {
	Root     string // the acquisition
	Mail     string // the folder in it that is evidence: Maildirs
	Manifest forensics.Digest
	Resumed  bool // an earlier run had begun it
	Folders  int
	Totals
	Problems []string // folders that could not be read, messages that were not given
	Header   Header
}

// Copy copies the mailbox into a new folder below parent, or goes on with the unfinished
// one of the same request. What was copied when it returns an error is kept.
func (s *Session) Copy(ctx context.Context, parent string) (Result, error) {
	s.started = time.Now()
	var err error
	if s.o.DKIM != nil && s.verifier == nil {
		s.verifier = newVerifier(ctx, s.o.DKIM)
	}
	if s.store, err = openStore(parent, &s.o); err != nil {
		return Result{}, s.explain(err)
	}
	r := Result{Root: s.store.root, Mail: s.store.mailPath(), Resumed: s.store.resumed}
	if err := s.copy(ctx, &r); err != nil {
		if len(s.store.folders) == 0 && !s.store.resumed { // such as a folder that does not exist: nothing to take up
			_ = os.RemoveAll(s.store.root)
		}
		return r, err
	}
	s.state.Stage = "finishing"
	s.report(true)
	if r.Manifest, err = s.store.finish(s.o.Now(), r.Problems); err != nil {
		return r, s.explain(err)
	}
	r.Header, r.Totals, r.Folders = s.store.header, s.store.header.Totals, len(s.store.folders)
	return r, nil
}

func (s *Session) copy(ctx context.Context, r *Result) error {
	if s.conn != nil {
		if err := s.store.connected(s.conn); err != nil {
			return s.explain(err)
		}
	}
	if s.store.resumed {
		s.state.Stage = "checking"
		err := s.store.check(func(bytes int64) error {
			s.state.Messages++
			s.state.Bytes += bytes
			s.report(false)
			return ctx.Err()
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return s.explain(err)
		}
	}
	s.state.Stage = "listing"
	var folders []listed
	err := s.try(ctx, func() (err error) {
		folders, err = s.plan(ctx)
		return err
	})
	if err != nil {
		return err
	}
	s.started = time.Now()
	s.state.Stage, s.state.Of = "copying", len(folders)
	for i, l := range folders {
		s.state.Folder, s.state.Folders = utf7.Decode(l.wire), i+1
		s.state.FolderDone, s.state.FolderTotal = 0, 0
		err := s.try(ctx, func() error { return s.copyFolder(l) })
		var refused *statusError
		if err != nil && ctx.Err() == nil && errors.As(err, &refused) && !transient(refused) && !exhausted(refused) {
			r.Problems = append(r.Problems, fmt.Sprintf("folder %q: %s", utf7.Decode(l.wire), refused))
			continue
		}
		if err != nil {
			return err
		}
	}
	for _, f := range s.store.folders {
		if n := f.info.Refused; n > 0 {
			r.Problems = append(r.Problems, fmt.Sprintf("folder %q: the server did not give %d of the messages it lists; messages.jsonl names them", f.info.Name, n))
		}
		if f.info.Problem != "" {
			r.Problems = append(r.Problems, fmt.Sprintf("folder %q: %s", f.info.Name, f.info.Problem))
		}
		if text := s.o.Target.Provider.cuts(&f.info, s.o.Target.User); text != "" {
			r.Problems = append(r.Problems, text)
		}
	}
	return nil
}

// copyFolder copies one folder on one connection. What it could not finish the next call takes
// up.
func (s *Session) copyFolder(l listed) error {
	c := s.conn
	o, err := c.examine(l.wire)
	if err != nil {
		return err
	}
	f, err := s.store.folder(l, o.UIDValidity)
	if err != nil {
		return err
	}
	all, err := c.uids(&o)
	if err != nil {
		return err
	}
	if err := s.compare(f, &o); err != nil {
		return err
	}
	if err := f.observe(o, all, s.o.Now()); err != nil {
		return err
	}
	p := &pass{session: s, folder: f, all: all, have: f.has(all), extras: c.extras(), modSeq: o.HighestModSeq != 0 && (c.caps["CONDSTORE"] || c.caps["QRESYNC"])}
	s.state.FolderTotal, s.state.FolderDone = int64(len(all)), int64(len(f.done))
	p.keeper, err = newKeeper(f, s.o.Now, s.verifier, func(bytes int64) {
		s.moved.Add(1)
		s.bytes.Add(bytes)
	})
	if err != nil {
		return err
	}
	err = p.run()
	if closeErr := p.keeper.close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	f.info.Complete, f.info.Problem = true, o.Disorder
	return f.save()
}
