package acquire

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The JSON files beside the messages. Their keys are a contract, see docs/acquire.md.

// FormatName stands in every acquisition.json.
const FormatName = "keytrail-acquisition-1"

// Names of files in an acquisition.
const (
	headerName   = "acquisition.json"
	manifestName = "manifest.sha256"
	certName     = "certificates.pem"
	indexName    = "index"
	folderName   = "folder.json"
	messagesName = "messages.jsonl"
)

// Header is acquisition.json: the whole copy.
type Header struct {
	Format  string   `json:"format"`
	Tool    string   `json:"tool"`
	Command []string `json:"command,omitempty"` // without secrets
	Request
	State       string       `json:"state"` // running, complete, partial
	Started     time.Time    `json:"started"`
	Ended       *time.Time   `json:"ended,omitempty"`
	Runs        int          `json:"runs"` // 1, and one more for every time it was taken up again
	Mail        string       `json:"mail"` // the folder with the Maildirs
	Connections []Connection `json:"connections"`
	More        int          `json:"more_connections,omitempty"` // beyond those listed
	Totals
	Problems []string `json:"problems,omitempty"`
}

// Request is what was asked for; an unfinished acquisition is taken up by the same request only.
type Request struct {
	URL     string   `json:"url"`
	Host    string   `json:"host"`
	Port    int      `json:"port"`
	User    string   `json:"user"`
	Folders []string `json:"asked_folders,omitempty"` // empty: all
	Since   string   `json:"since,omitempty"`         // RFC 3339, by INTERNALDATE, inclusive
	Before  string   `json:"before,omitempty"`        // exclusive
	DKIM    bool     `json:"dkim,omitempty"`          // signatures are verified
}

// Totals count the messages of an acquisition or a folder.
type Totals struct {
	Copied  int64 `json:"copied"`
	Bytes   int64 `json:"bytes"`
	Outside int64 `json:"outside"` // of the asked dates
	Gone    int64 `json:"gone"`    // listed, then no longer
	Refused int64 `json:"refused"` // listed, but not given
	// Signatures counts DKIM signatures by result; "none" counts messages.
	Signatures map[string]int64 `json:"dkim_results,omitempty"`
}

func (t *Totals) add(o Totals) {
	t.Copied += o.Copied
	t.Bytes += o.Bytes
	t.Outside += o.Outside
	t.Gone += o.Gone
	t.Refused += o.Refused
	for result, n := range o.Signatures {
		t.signed(result, n)
	}
}

func (t *Totals) signed(result string, n int64) {
	if t.Signatures == nil {
		t.Signatures = make(map[string]int64)
	}
	t.Signatures[result] += n
}

// Connection is one connection to the server and what it said of itself.
type Connection struct {
	At           time.Time         `json:"at"`
	Address      string            `json:"address"`
	Greeting     string            `json:"greeting"`
	TLS          string            `json:"tls,omitempty"`
	Cipher       string            `json:"cipher,omitempty"`
	Certificates []Certificate     `json:"certificates,omitempty"` // as sent; the server's own first
	Mechanism    string            `json:"mechanism,omitempty"`
	Capabilities []string          `json:"capabilities,omitempty"`
	ServerID     map[string]string `json:"server_id,omitempty"`
	// ClockDifference is the server's clock less ours in seconds. Few servers tell theirs.
	ClockDifference *float64 `json:"clock_difference_seconds,omitempty"`
}

// Certificate names a certificate of a server.
type Certificate struct {
	SHA256    string    `json:"sha256"` // of its DER form
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Names     []string  `json:"names,omitempty"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}

func (c *Connection) describeTLS(state *tls.ConnectionState) {
	c.TLS = tls.VersionName(state.Version)
	c.Cipher = tls.CipherSuiteName(state.CipherSuite)
	for _, cert := range state.PeerCertificates[:min(10, len(state.PeerCertificates))] {
		sum := sha256.Sum256(cert.Raw)
		c.Certificates = append(c.Certificates, Certificate{SHA256: hex.EncodeToString(sum[:]), Subject: bounded(cert.Subject.String(), 500),
			Issuer: bounded(cert.Issuer.String(), 500), Names: cert.DNSNames[:min(100, len(cert.DNSNames))],
			NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC()})
	}
}

// greet keeps the greeting. UW-IMAP and its heirs write the time into it: "... at Fri, 3 Jan
// 2014 10:00:00 +0000 (UTC)".
func (c *Connection) greet(greeting string) {
	c.Greeting = greeting
	i := strings.LastIndex(greeting, " at ")
	if i < 0 {
		return
	}
	text, _, _ := strings.Cut(greeting[i+len(" at "):], " (")
	if at, err := time.Parse("Mon, _2 Jan 2006 15:04:05 -0700", strings.TrimSpace(text)); err == nil {
		seconds := at.Sub(c.At).Round(time.Second).Seconds()
		c.ClockDifference = &seconds
	}
}

func pemOf(certs []*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs[:min(10, len(certs))] {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// Observation is a folder as the server showed it at one moment.
type Observation struct {
	At            time.Time `json:"at"`
	Until         time.Time `json:"until"` // it was the same when it was looked at last
	Messages      uint32    `json:"messages"`
	UIDValidity   uint32    `json:"uidvalidity"`
	UIDNext       uint32    `json:"uidnext,omitempty"`       // absent: not told
	HighestModSeq uint64    `json:"highestmodseq,omitempty"` // absent: not told
	UIDs          string    `json:"uids"`                    // all of them, such as 1:5,8,10:12
	Disorder      string    `json:"disorder,omitempty"`      // how the list broke the rules
}

// FolderInfo is folder.json: one folder under one UIDVALIDITY.
type FolderInfo struct {
	Name         string        `json:"name"`
	WireName     string        `json:"wire_name"` // as the server wrote it, modified UTF-7
	Delimiter    string        `json:"delimiter,omitempty"`
	Attributes   []string      `json:"attributes,omitempty"`
	Directory    string        `json:"directory"` // its Maildir, relative to the acquisition, with slashes
	UIDValidity  uint32        `json:"uidvalidity"`
	Observations []Observation `json:"observations"`
	Complete     bool          `json:"complete"`
	Baseline     *Baseline     `json:"baseline,omitempty"` // absent: no earlier acquisition in the case has this folder
	Vanished     *Vanished     `json:"vanished,omitempty"` // stands beside every baseline
	Totals
	Problem string `json:"problem,omitempty"`
}

// Baseline is the same folder as the newest earlier acquisition of the mailbox saw it last.
type Baseline struct {
	Acquisition string `json:"acquisition"` // the name of its folder, beside this acquisition
	Index       string `json:"index"`       // such as 0001: where its folder.json and messages.jsonl stand
	Observation        // its last one, with uidvalidity, highestmodseq and uids
}

// Vanished is what the server says left a folder since its baseline, RFC 7162 section 3.2.6.
type Vanished struct {
	At       time.Time `json:"at"`                  // when it was asked, or would have been
	Since    uint64    `json:"changed_since"`       // the HIGHESTMODSEQ of the baseline
	UIDs     *string   `json:"uids,omitempty"`      // such as 1:5,8; "" where nothing left; absent: not asked
	NotAsked string    `json:"not_asked,omitempty"` // why
}

// MessageInfo is a line of messages.jsonl.
type MessageInfo struct {
	UID          uint32   `json:"uid"`
	InternalDate string   `json:"internaldate,omitempty"` // RFC 3339 with the server's zone
	Flags        []string `json:"flags,omitempty"`
	ModSeq       uint64   `json:"modseq,omitempty"`
	Size         int64    `json:"size"`                  // of the bytes that came
	ClaimedSize  *int64   `json:"rfc822_size,omitempty"` // what the server says, where it differs
	SHA256       string   `json:"sha256,omitempty"`      // absent: not copied
	File         string   `json:"file,omitempty"`        // relative to the acquisition, with slashes
	SaveDate     string   `json:"savedate,omitempty"`    // when it came into this folder, RFC 8514
	EmailID      string   `json:"emailid,omitempty"`     // RFC 8474
	ThreadID     string   `json:"threadid,omitempty"`    // RFC 8474
	GmailID      string   `json:"x_gm_msgid,omitempty"`  // decimal, as Gmail writes it
	GmailThread  string   `json:"x_gm_thrid,omitempty"`  // decimal
	GmailLabels  []string `json:"x_gm_labels,omitempty"` // decoded
	NotCopied    string   `json:"not_copied,omitempty"`  // outside, gone or refused
	Reason       string   `json:"reason,omitempty"`      // the server's words for it
	Fetched      string   `json:"fetched,omitempty"`     // RFC 3339, by this machine's clock
	// DKIM has one entry for every signature, or one that says "none"; absent: not asked for.
	DKIM []Signature `json:"dkim,omitempty"`
}

// Signature is what was found out about one DKIM signature at the time of the acquisition.
type Signature struct {
	Result     string `json:"result"` // pass, fail, not-checked; none: the message has no signature
	Why        string `json:"why,omitempty"`
	Domain     string `json:"domain,omitempty"`
	Selector   string `json:"selector,omitempty"`
	Identifier string `json:"identifier,omitempty"`  // the i= tag
	RecordName string `json:"record_name,omitempty"` // where in DNS the key stood
	Record     string `json:"record,omitempty"`      // the key record as DNS gave it
}

// Why a message that the server listed was not copied.
const (
	notOutside = "outside"
	notGone    = "gone"
	notRefused = "refused"
)

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func decimal(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// writeJSON replaces a file in one step and makes it durable.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, append(b, '\n'))
}

func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return diskError{err}
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the failure before it is the one to tell
		return diskError{err}
	}
	return nil
}
