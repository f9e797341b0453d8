package forensics

// Symbol is the number of a text in a case; 0 is no text. Two events of one case have the
// same symbol exactly where they have the same text, so that detection compares numbers.
type Symbol uint32

// Brief is what detection looks at of every event: a fixed size, no texts. What it says in words, and
// what only some events have, is in the Event of the same Row.
type Brief struct {
	Row  int64 // number of the event in the case
	Time int64 // nanoseconds since 1970, UTC; meaningless where Unreliable is set
	Item int64 // number of the item it was read from first

	Kind       Kind
	Certainty  Certainty
	Outcome    Outcome
	Sender     Sender
	Unreliable bool

	ASN uint32
	// Session and Message are hashes of the session's name and of the Message-ID; 0 for
	// none. Equal hashes are a hint: the texts decide before anything is said about them.
	Session, Message uint32

	Account, Actor, IP, Host, Country, Org, Client, Protocol, Service, Operation, From, Key, Folder, Detail, Provider Symbol
}

// Deletions counts what was deleted: a mail that is thrown away and then purged, or copied to the trash and expunged, as servers log one
// deletion, is one. Events that name no mail count each.
type Deletions struct {
	n    int
	seen map[uint32]bool
}

// Add takes in the event of a deletion.
func (d *Deletions) Add(b *Brief) {
	if b.Message != 0 {
		if d.seen[b.Message] {
			return
		}
		if d.seen == nil {
			d.seen = map[uint32]bool{}
		}
		d.seen[b.Message] = true
	}
	d.n++
}

// Count is how many there were.
func (d *Deletions) Count() int { return d.n }

// AccountEvents are the events about one account in the order of the timeline, those without
// a reliable time last.
type AccountEvents struct {
	// Account is the address as events write it, folded; empty for events that name no account,
	// such as those of most statements.
	Account string
	Briefs  []Brief
}

// Briefs hands out a snapshot of a case, account by account.
type Briefs interface {
	// Accounts lists the accounts of the case in order; the empty one, where there is one, first.
	Accounts() []string
	// Account gives one account's events. The slice is the caller's until the next call with the same buffer.
	Account(account string, buffer []Brief) (AccountEvents, error)
	// Text gives a symbol's text, folded (lower case, NFKC).
	Text(Symbol) string
	// Spelled gives it as some event spells it. It may have to be read from the disk, once.
	Spelled(Symbol) string
	// Events reads events in full, in the order asked for.
	Events(rows []int64) ([]Event, error)
}
