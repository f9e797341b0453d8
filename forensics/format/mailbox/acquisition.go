package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// Acquisition reads the files that `keytrail acquire` writes beside the messages: acquisition.json and
// the folder.json of each folder give an event each, the lines of messages.jsonl are read when deletions
// are inferred.
type Acquisition struct{}

var _ format.Format = Acquisition{}

// acquisitionFormat stands in every acquisition.json (docs/acquire.md).
const acquisitionFormat = "keytrail-acquisition-1"

// Name implements format.Format.
func (Acquisition) Name() string { return "mailbox/acquisition" }

// About implements format.Format.
func (Acquisition) About() format.About {
	return format.About{
		Title:  "Copy made by keytrail acquire",
		Reads:  "acquisition.json, folder.json, messages.jsonl, manifest.sha256 and certificates.pem beside the messages",
		Gives:  []string{"other", "deletion"},
		HowTo:  "keytrail acquire CASE imaps://USER@HOST makes one; an older one from another case is added like any folder.",
		Source: "docs/acquire.md of this program",
	}
}

// acquisitionPart is one of the kinds of files.
type acquisitionPart uint8

const (
	noPart acquisitionPart = iota
	headerPart
	folderPart
	messagesPart
	plainPart // read by nobody: the manifest and the certificates
)

// Match implements format.Format.
func (Acquisition) Match(h *format.Head) format.Guess {
	if part := partOf(h.Name, h.Bytes); part != noPart {
		return format.Guess{Score: 98, Why: "a file of a copy made by keytrail acquire"}
	}
	return format.Guess{}
}

func partOf(name string, head []byte) acquisitionPart {
	head = head[:min(len(head), format.HeadSize)]
	has := func(keys ...string) bool {
		for _, k := range keys {
			if !bytes.Contains(head, []byte(`"`+k+`"`)) {
				return false
			}
		}
		return true
	}
	object := bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
	switch path.Base(strings.ReplaceAll(name, "\\", "/")) {
	case "acquisition.json":
		if object && has("format", acquisitionFormat) {
			return headerPart
		}
	case "folder.json":
		if object && has("wire_name", "directory", "uidvalidity") {
			return folderPart
		}
	case "messages.jsonl":
		if line := lineAt(head, 0); object && bytes.HasPrefix(line, []byte(`{"uid":`)) && (bytes.Contains(line, []byte(`"sha256"`)) || bytes.Contains(line, []byte(`"not_copied"`))) {
			return messagesPart
		}
	case "manifest.sha256":
		if bytes.Contains(head, []byte("  acquisition.json")) || bytes.Contains(head, []byte("/folder.json")) || bytes.Contains(head, []byte("  certificates.pem")) {
			return plainPart
		}
	case "certificates.pem":
		if bytes.HasPrefix(head, []byte("-----BEGIN CERTIFICATE-----")) {
			return plainPart
		}
	}
	return noPart
}

// Parse implements format.Format.
func (Acquisition) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	switch partOf(in.Name, in.Head) {
	case headerPart:
		return wholeRecord(ctx, in, out, func(b []byte) (forensics.Event, error) {
			a, err := ParseAcquisition(b)
			return a.event(), err
		})
	case folderPart:
		return wholeRecord(ctx, in, out, func(b []byte) (forensics.Event, error) {
			l, err := ParseFolder(b)
			return l.event(), err
		})
	case messagesPart:
		return skipLines(ctx, in, out, func(line []byte) error {
			_, err := parseMessage(line)
			return err
		})
	}
	return skipWhole(ctx, in, out)
}

// wholeRecord reads a file that is one record with one event.
func wholeRecord(ctx context.Context, in *format.Input, out format.Sink, read func([]byte) (forensics.Event, error)) error {
	r := cancelled{ctx, in.Reader}
	b, err := readWhole(r, format.MaxRecord)
	if len(b) > format.MaxRecord {
		n, rest := io.Copy(io.Discard, r)
		out.Broken(forensics.Ref{Length: int64(len(b)) + n, Line: 1}, err.Error())
		return rest
	}
	if err := errors.Join(err, ctx.Err()); err != nil || len(b) == 0 {
		return err
	}
	ref := forensics.Ref{Length: int64(len(b)), Line: 1}
	e, err := read(b)
	if err != nil {
		out.Broken(ref, err.Error())
		return nil
	}
	if e.Time.IsZero() {
		out.Skip(ref)
		return nil
	}
	return out.Record(&format.Record{Ref: ref, Raw: b, Events: []forensics.Event{e}})
}

// cancelled stops reading where the context ends.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// skipWhole counts a file that says nothing datable as one record.
func skipWhole(ctx context.Context, in *format.Input, out format.Sink) error {
	n, err := io.Copy(io.Discard, cancelled{ctx, in.Reader})
	if err := errors.Join(err, ctx.Err()); err != nil || n == 0 {
		return err
	}
	out.Skip(forensics.Ref{Length: n, Line: 1})
	return nil
}

// skipLines counts the lines of a file that says nothing datable; those that check refuses are broken.
func skipLines(ctx context.Context, in *format.Input, out format.Sink, check func([]byte) error) error {
	lines := format.NewLines(in.Reader, 0)
	for lines.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case lines.TooLong():
			out.Broken(lines.Ref(), "a line of more than 8 MiB")
		case len(bytes.TrimSpace(lines.Bytes())) == 0:
			out.Skip(lines.Ref())
		default:
			if err := check(lines.Bytes()); err != nil {
				out.Broken(lines.Ref(), err.Error())
			} else {
				out.Skip(lines.Ref())
			}
		}
	}
	return lines.Err()
}

// Copied is acquisition.json: the whole copy.
type Copied struct {
	Tool, Host, User string
	Mail             string   // the folder with the messages
	Folders          []string // asked for; empty: all
	Since, Before    time.Time
	Whole            bool // it ended, and nothing that was asked for is missing
	Started, Ended   time.Time
	Messages         int64
}

// Account is the account that was copied.
func (c *Copied) Account() string {
	if strings.Contains(c.User, "@") || c.Host == "" {
		return strings.ToLower(c.User)
	}
	return strings.ToLower(c.User + "@" + c.Host)
}

// ParseAcquisition reads acquisition.json.
func ParseAcquisition(b []byte) (Copied, error) {
	var j struct {
		Format  string    `json:"format"`
		Tool    string    `json:"tool"`
		Host    string    `json:"host"`
		User    string    `json:"user"`
		Mail    string    `json:"mail"`
		Folders []string  `json:"asked_folders"`
		Since   string    `json:"since"`
		Before  string    `json:"before"`
		State   string    `json:"state"`
		Started time.Time `json:"started"`
		Ended   time.Time `json:"ended"`
		Copied  int64     `json:"copied"`
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return Copied{}, fmt.Errorf("acquisition.json: %w", err)
	}
	if j.Format != acquisitionFormat {
		return Copied{}, fmt.Errorf("acquisition.json: format %.40q is not known", j.Format)
	}
	return Copied{Tool: j.Tool, Host: j.Host, User: j.User, Mail: j.Mail, Folders: j.Folders, Since: moment(j.Since), Before: moment(j.Before),
		Whole: j.State == "complete", Started: j.Started, Ended: j.Ended, Messages: j.Copied}, nil
}

func (c *Copied) event() forensics.Event {
	at := c.Started
	if !c.Ended.IsZero() {
		at = c.Ended
	}
	e := forensics.Event{Kind: forensics.Other, Certainty: forensics.Observed, Operation: "Mailbox copied by " + orWord(c.Tool, "keytrail"), Account: c.Account(), Host: c.Host, Protocol: "imap",
		Detail: strconv.FormatInt(c.Messages, 10) + " messages", Fact: "acquisition:" + c.Host + " " + c.User + " " + c.Started.Format(time.RFC3339Nano)}
	if !at.IsZero() {
		e.Time = forensics.UTC(at, forensics.PrecisionSecond, at.Format(time.RFC3339), "Copy finished")
	}
	return e
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// ParseFolder reads folder.json: what the folder looked like when it was looked at last.
func ParseFolder(b []byte) (Listing, error) {
	type observation struct {
		At          time.Time `json:"at"`
		Until       time.Time `json:"until"`
		Messages    uint32    `json:"messages"`
		UIDValidity uint32    `json:"uidvalidity"`
		UIDNext     uint32    `json:"uidnext"`
		ModSeq      uint64    `json:"highestmodseq"`
		UIDs        string    `json:"uids"`
		Disorder    string    `json:"disorder"`
	}
	var j struct {
		Name         string        `json:"name"`
		Attributes   []string      `json:"attributes"`
		Directory    string        `json:"directory"`
		UIDValidity  uint32        `json:"uidvalidity"`
		Observations []observation `json:"observations"`
		Complete     bool          `json:"complete"`
		Baseline     *observation  `json:"baseline"`
		Vanished     *struct {
			At   time.Time `json:"at"`
			UIDs *string   `json:"uids"`
		} `json:"vanished"`
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return Listing{}, fmt.Errorf("folder.json: %w", err)
	}
	l := Listing{Folder: j.Name, Directory: j.Directory, Attributes: j.Attributes, UIDValidity: j.UIDValidity, Complete: j.Complete}
	var err error
	if n := len(j.Observations); n > 0 {
		o := j.Observations[n-1]
		l.At, l.Until, l.UIDNext, l.ModSeq = o.At, o.Until, o.UIDNext, o.ModSeq
		if l.UIDs, err = parseSet(o.UIDs); err != nil {
			return l, fmt.Errorf("folder.json: uids: %w", err)
		}
		l.Listed = o.Disorder == ""
	}
	if j.Vanished != nil && j.Vanished.UIDs != nil {
		if l.Vanished, err = parseSet(*j.Vanished.UIDs); err != nil {
			return l, fmt.Errorf("folder.json: vanished: %w", err)
		}
		if j.Baseline != nil {
			l.VanishedSince = j.Baseline.Until
			if l.VanishedSince.IsZero() {
				l.VanishedSince = j.Baseline.At
			}
		}
	}
	return l, nil
}

func (l *Listing) event() forensics.Event {
	e := forensics.Event{Kind: forensics.Other, Certainty: forensics.Observed, Operation: "Mail folder listed", Folder: l.Folder, Protocol: "imap"}
	var count int64
	for _, r := range l.UIDs {
		count += int64(r.Last) - int64(r.First) + 1
	}
	e.Detail = fmt.Sprintf("%s: %d messages, UIDVALIDITY %d", l.Folder, count, l.UIDValidity)
	if l.UIDNext > 0 {
		e.Detail += ", UIDNEXT " + strconv.FormatUint(uint64(l.UIDNext), 10)
	}
	at := l.Until
	if at.IsZero() {
		at = l.At
	}
	if !at.IsZero() {
		e.Time = forensics.UTC(at, forensics.PrecisionSecond, at.Format(time.RFC3339), "Folder looked at")
	}
	return e
}

// parseMessage reads a line of messages.jsonl.
func parseMessage(line []byte) (Numbered, error) {
	var j struct {
		UID          uint32   `json:"uid"`
		InternalDate string   `json:"internaldate"`
		Flags        []string `json:"flags"`
		ModSeq       uint64   `json:"modseq"`
		File         string   `json:"file"`
		SaveDate     string   `json:"savedate"`
		EmailID      string   `json:"emailid"`
		GmailID      string   `json:"x_gm_msgid"`
		GmailThread  string   `json:"x_gm_thrid"`
		NotCopied    string   `json:"not_copied"`
	}
	if err := json.Unmarshal(line, &j); err != nil {
		return Numbered{}, fmt.Errorf("messages.jsonl: %w", err)
	}
	if j.UID == 0 {
		return Numbered{}, errors.New("messages.jsonl: a line without a UID")
	}
	n := Numbered{UID: j.UID, File: j.File, InternalDate: moment(j.InternalDate), SaveDate: moment(j.SaveDate), ModSeq: j.ModSeq, EmailID: j.EmailID,
		Flags: j.Flags, NotCopied: j.NotCopied}
	n.GmailID, _ = strconv.ParseUint(j.GmailID, 10, 64) // 0 where it is none
	n.GmailThread, _ = strconv.ParseUint(j.GmailThread, 10, 64)
	return n, nil
}

// EachMessage reads messages.jsonl; lines that are broken are passed over, as Parse has told of them.
func EachMessage(r io.Reader, use func(*Numbered)) error {
	lines := format.NewLines(r, 0)
	for lines.Next() {
		if lines.TooLong() {
			continue
		}
		if n, err := parseMessage(lines.Bytes()); err == nil {
			use(&n)
		}
	}
	return lines.Err()
}

// moment reads RFC 3339, the zero time where it is none.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
