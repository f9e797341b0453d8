package forensics

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
)

// Ref says where a record stands, so that its bytes can be read again.
type Ref struct {
	Evidence int64 // the evidence's number in the case
	Item     int64 // the item's number in the case
	Offset   int64 // bytes from the start of the item (after unpacking)
	Length   int64 // bytes
	Line     int64 // first line of the record, from 1; 0 where lines mean nothing
}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// String writes the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports whether no digest is set.
func (d Digest) IsZero() bool { return d == Digest{} }

// Event is one dated fact taken from a record. A format fills in what the
// record says and nothing else; the zero value of a field means "not stated".
type Event struct {
	Row  int64  // number in the case, 0 before it is stored
	ID   string // stable: see EventID
	Kind Kind

	Certainty Certainty
	Outcome   Outcome
	Provider  string // the format's name, such as "microsoft/unified-audit"

	Time Time
	// Others are further times of the same record (a mail's Date beside its
	// Received), kept for comparison. TimeConflict is set where a reliable one of them is more
	// than an hour from Time.
	Others       []Time
	TimeConflict bool

	Account string // the account it is about
	Actor   string // who acted, as written

	IP      netip.Addr // unmapped: an IPv4 address is never written as IPv6
	Port    uint16
	Host    string // where the source gives a name instead of an address
	Country string // ISO 3166-1 alpha-2, only where stated or looked up
	ASN     uint32
	Org     string

	Client    string // user agent, ClientInfoString, IMAP ID
	Protocol  string // imap, pop3, smtp, web, ...
	Service   string // coinbase, google, ... : the service the event is about
	Session   string
	Operation string // the source's own name for it, as written

	MessageID string // without angle brackets
	Subject   string // decoded
	From      string // address only
	To        []string
	Sender    Sender // for a notice
	// References are the Message-IDs that a mail answers, without angle brackets: the one it answers
	// itself first, then the last and the first of its thread. At most three, without repeats.
	References []string

	Key    string // name of an app password or mail key
	Folder string
	UID    uint32

	Amount      string // decimal, as written
	Asset       string
	Destination string
	TxID        string
	ValueUSD    string

	Messages []Message // where one record speaks of several messages
	Reasons  []string  // why a deletion is known: log, uid-gap, ...
	UIDs     []uint32
	// Detail is a short further fact for the sentence: the name of a rule, the
	// address forwarded to, the brand that an alert's mail imitates.
	Detail string
	// Rule names the notice rule that recognised the mail, such as "google/app-password-created".
	Rule string
	// RuleBasis is how sure that rule is: sample, list or guess.
	RuleBasis string

	Bounds *Bounds // of a deletion whose moment is not known

	// Fact identifies the fact wherever it is recorded, such as a record's own
	// unique id: equal facts of one kind are one event with several refs. Empty: no
	// identity is known, and the event stands for itself.
	Fact string

	Ref    Ref
	Digest Digest // of the raw record

	// The following are filled in by the case when it hands an event out.

	EvidenceName   string
	EvidenceDigest Digest
	ItemName       string
	ItemDigest     Digest
	SeenIn         []Ref // further refs of the same fact
	Tags           []string
	Notes          []string
	Verdict        string
	Incidents      []int64
}

// Bounds tell when something without a moment of its own can have happened.
type Bounds struct {
	NotBefore, NotAfter               Time // the deletion
	ArrivedNotBefore, ArrivedNotAfter Time // the arrival of the lost mail
}

// Message names one message in a record that speaks of several.
type Message struct {
	MessageID string `json:"message_id,omitempty"`
	Subject   string `json:"subject,omitempty"`
	Folder    string `json:"folder,omitempty"`
}

// EventID is the stable name of an event: the same bytes give the same ID in
// every case and on every machine. content is the digest of the item the
// record stands in (of the evidence itself, where it is one file); n tells apart the
// events that one record gives.
func EventID(content Digest, item string, offset int64, kind Kind, n int) string {
	h := sha256.New()
	h.Write(content[:])
	var fixed [20]byte
	binary.BigEndian.PutUint64(fixed[0:], uint64(offset))
	binary.BigEndian.PutUint32(fixed[8:], uint32(kind))
	binary.BigEndian.PutUint64(fixed[12:], uint64(n))
	h.Write(fixed[:])
	h.Write([]byte(item))
	return hex.EncodeToString(h.Sum(nil)[:12])
}
