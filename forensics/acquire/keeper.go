package acquire

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	inMemory = 256 << 10 // a message up to this size waits in memory, a larger one in tmp/
	waiting  = 64        // messages between the line and the disk
	writers  = 2
)

// blob is the bytes of one message on their way to its file.
type blob struct {
	data []byte // nil where it is spooled
	path string
	size int64
	sum  [sha256.Size]byte
}

func (b *blob) drop() {
	if b.path != "" {
		_ = os.Remove(b.path) // left-overs in tmp/ go with the next start
	}
	b.recycle()
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

func (b *blob) recycle() {
	if b.data != nil {
		data := b.data[:0]
		b.data = nil
		buffers.Put(&data)
	}
}

// keeper writes the messages of one folder: files by a few goroutines, then their lines in
// messages.jsonl by one. A line is written after its file is whole.
type keeper struct {
	folder *folder
	now    func() time.Time
	verify *verifier         // nil: signatures are not verified
	stored func(bytes int64) // told of every message that is safe; any goroutine
	jobs   chan *job
	done   chan *job
	work   sync.WaitGroup
	log    sync.WaitGroup
	spools int
	failed atomic.Pointer[error]
}

type job struct {
	info MessageInfo
	date time.Time
	blob *blob
}

func newKeeper(f *folder, now func() time.Time, verify *verifier, stored func(int64)) (*keeper, error) {
	journal, err := os.OpenFile(f.journal(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, diskError{err}
	}
	k := &keeper{folder: f, now: now, verify: verify, stored: stored, jobs: make(chan *job, waiting), done: make(chan *job, waiting)}
	for range writers {
		k.work.Go(k.write)
	}
	k.log.Go(func() { k.record(journal) })
	return k, nil
}

func (k *keeper) fail(err error) {
	if err != nil {
		err = diskError{err}
		k.failed.CompareAndSwap(nil, &err)
	}
}

// put takes a message; it waits where the disk is slower than the line.
func (k *keeper) put(f *fetched) error {
	if err := k.failed.Load(); err != nil {
		f.drop()
		return *err
	}
	info := MessageInfo{UID: f.uid, InternalDate: rfc3339(f.date), Flags: f.flags, ModSeq: f.modSeq, SaveDate: rfc3339(f.saved), EmailID: f.emailID,
		ThreadID: f.threadID, GmailID: decimal(f.gmMsgID), GmailThread: decimal(f.gmThread), GmailLabels: f.gmLabels, Fetched: rfc3339(k.now().UTC())}
	if f.body == nil {
		info.NotCopied, info.Reason = notRefused, "the server gave NIL for its content"
	} else {
		info.Size = f.body.size
		if f.size >= 0 && f.size != info.Size {
			info.ClaimedSize = &f.size
		}
	}
	k.jobs <- &job{info: info, date: f.date, blob: f.body}
	return nil
}

// missing notes a message that was listed and not copied.
func (k *keeper) missing(e entry, why, reason string) {
	k.jobs <- &job{info: MessageInfo{UID: e.uid, InternalDate: rfc3339(e.date()), NotCopied: why, Reason: bounded(reason, 300)}}
}

// close waits until everything that was put is safe or has failed.
func (k *keeper) close() error {
	close(k.jobs)
	k.work.Wait()
	close(k.done)
	k.log.Wait()
	if err := k.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// take reads the bytes of a message from the line.
func (k *keeper) take(size int64, r io.Reader) (*blob, error) {
	if size > inMemory {
		return k.spool(size, r)
	}
	data := *buffers.Get().(*[]byte)
	b := &blob{data: slices.Grow(data[:0], int(size))[:size], size: size}
	if _, err := io.ReadFull(r, b.data); err != nil {
		b.recycle()
		return nil, unexpected(err)
	}
	return b, nil
}

func (k *keeper) spool(size int64, r io.Reader) (*blob, error) {
	k.spools++
	b := &blob{path: filepath.Join(k.folder.path(), "tmp", strconv.Itoa(k.spools)), size: size}
	f, err := os.OpenFile(b.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, diskError{err}
	}
	sum := sha256.New()
	out := &diskWriter{f: f, sum: sum}
	n, err := io.CopyN(out, r, size)
	if n < size && err == nil {
		err = io.ErrUnexpectedEOF
	}
	if closeErr := f.Close(); err == nil && closeErr != nil {
		err = diskError{closeErr}
	}
	if err != nil {
		b.drop()
		return nil, unexpected(err)
	}
	sum.Sum(b.sum[:0])
	return b, nil
}

// diskWriter keeps apart what fails on the disk and what fails on the line.
type diskWriter struct {
	f   *os.File
	sum hash.Hash
}

func (d *diskWriter) Write(p []byte) (int, error) {
	_, _ = d.sum.Write(p) // a hash never fails
	n, err := d.f.Write(p)
	if err != nil {
		err = diskError{err}
	}
	return n, err
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// write makes the files.
func (k *keeper) write() {
	for j := range k.jobs {
		if j.blob != nil && k.failed.Load() == nil {
			if err := k.store(j); err != nil {
				k.fail(err)
			}
		}
		if k.failed.Load() != nil {
			if j.blob != nil {
				j.blob.drop()
			}
			continue
		}
		k.done <- j
	}
}

// store makes the file of one message: a Maildir name that begins with the second of
// INTERNALDATE, as delivery would have made it, then UID and hash; its time is INTERNALDATE.
func (k *keeper) store(j *job) error {
	b := j.blob
	if b.data != nil {
		b.sum = sha256.Sum256(b.data)
	}
	j.info.SHA256 = hex.EncodeToString(b.sum[:])
	name := maildirName(&j.info, j.date)
	path := filepath.Join(k.folder.path(), "cur", name)
	j.info.File = k.folder.info.Directory + "/cur/" + name
	if b.data == nil {
		if err := os.Rename(b.path, path); err != nil {
			return err
		}
		if err := settleFile(path); err != nil {
			return err
		}
	} else if err := createFile(path, b.data); err != nil {
		return err
	}
	if k.verify != nil {
		var err error
		if j.info.DKIM, err = k.verify.blob(b, path); err != nil {
			return err
		}
	}
	b.recycle()
	if j.date.IsZero() {
		return nil
	}
	return os.Chtimes(path, j.date, j.date)
}

// createFile writes a message. It is read-only from its first moment.
func createFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if errors.Is(err, fs.ErrExist) { // left by a run that was killed between file and line
		if err := os.Remove(path); err != nil {
			return err
		}
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && !syncsTree {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// settleFile makes a spooled message what createFile makes of a small one.
func settleFile(path string) error {
	if !syncsTree {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		err = f.Sync()
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
	}
	return os.Chmod(path, 0o400)
}

// maildirName writes SECONDS.UUID.HASH:2,FLAGS; on Windows, which allows no colon, ";2,".
func maildirName(m *MessageInfo, date time.Time) string {
	seconds := max(0, date.Unix())
	info := ":2,"
	if runtime.GOOS == "windows" {
		info = ";2,"
	}
	return fmt.Sprintf("%d.U%d.%s%s%s", seconds, m.UID, m.SHA256[:16], info, maildirFlags(m.Flags))
}

// maildirFlags writes the flags that a Maildir can name, in the order of the alphabet.
func maildirFlags(flags []string) string {
	var out []byte
	for _, f := range flags {
		var letter byte
		switch strings.ToLower(f) {
		case `\draft`:
			letter = 'D'
		case `\flagged`:
			letter = 'F'
		case "$forwarded":
			letter = 'P'
		case `\answered`:
			letter = 'R'
		case `\seen`:
			letter = 'S'
		case `\deleted`:
			letter = 'T'
		default:
			continue
		}
		if !slices.Contains(out, letter) {
			out = append(out, letter)
		}
	}
	slices.Sort(out)
	return string(out)
}

// record writes the lines. It hands them to the system whenever there is nothing else to do.
func (k *keeper) record(journal *os.File) {
	out := bufio.NewWriterSize(journal, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for j := range k.done {
		if k.failed.Load() != nil {
			continue
		}
		if err := enc.Encode(&j.info); err != nil {
			k.fail(err)
			continue
		}
		if len(k.done) == 0 {
			k.fail(out.Flush())
		}
		k.folder.note(&j.info)
		k.stored(j.info.Size)
	}
	k.fail(out.Flush())
	k.fail(journal.Sync())
	k.fail(journal.Close())
}
