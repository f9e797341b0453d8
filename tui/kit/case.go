package kit

import (
	"context"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// Case is what the screens need of an open case. Its methods may read from disk:
// they are called in commands only, never in Update or View. All of them may be
// called from any goroutine.
type Case interface {
	Name() string
	Path() string
	// Generation grows with every change of the case.
	Generation() int64
	// Query lists the events that match, all of them for nil.
	Query(ctx context.Context, e filter.Expr) (View, error)

	Evidence() ([]forensics.Evidence, error)
	// Items lists the items of one evidence, of all for 0.
	Items(evidence int64) ([]forensics.Item, error)
	// Warnings reads up to n warnings of one evidence (all for 0) after the
	// first `after` ones.
	Warnings(evidence, after int64, n int) ([]forensics.Warning, error)
	// Values are known values of a filter key, for completion.
	Values(key, prefix string, n int) []string

	// Analysis gives the findings and incidents of the case as it is now; it computes them where
	// the case or a verdict has changed since the last call.
	Analysis(ctx context.Context) (*forensics.Analysis, error)
	// Entities lists the entities of one kind (forensics.EntityKinds), each with its events counted in equal cells
	// of the case's time.
	Entities(ctx context.Context, kind string, cells int) ([]forensics.Entity, error)
	// Questions are those of the guided triage, the one that settles most first.
	Questions(ctx context.Context) ([]forensics.Question, error)
	// Folders are the mail folders of which a copy with UIDs is in the case.
	Folders(ctx context.Context) ([]forensics.Folder, error)

	Tag(rows []int64, tag string) error
	Untag(rows []int64, tag string) error
	SetNote(row int64, text string) error
	// SetVerdict says what the user says about entities: "mine", "not-mine" or "unknown".
	SetVerdict(entities []string, verdict string) error
	// Reach tells how much a verdict on entities would touch.
	Reach(ctx context.Context, entities []string) (*forensics.Reach, error)
	// Undo takes the last mark back and says what it was, empty where there is nothing left.
	Undo() (what string, err error)
	History() []string
	AddHistory(filter string) error
}

// View is one answer of Query: a list of events that does not change.
type View interface {
	Len() int   // events that match
	Dated() int // those with a reliable time; the others stand at the end
	Total() int // events of the whole case
	// Events reads up to n events from index from on.
	Events(from, n int) ([]forensics.Event, error)
	// SeekTime is the index of the first event at or after a time (nanoseconds since 1970).
	SeekTime(nano int64) int
	// IndexOf finds an event by its row number, -1 where it is not in the view.
	IndexOf(row int64) int
	// Span is the time from the first to the last dated event.
	Span() (first, last int64, ok bool)
	// Histogram counts the events of the time [from, to) in equal cells.
	Histogram(from, to int64, cells int) []Cell
	GroupCounts() Cell
}

// Cell counts events by forensics.Group.
type Cell [8]uint32

// Sum counts all groups together.
func (c Cell) Sum() (n int64) {
	for _, v := range c {
		n += int64(v)
	}
	return n
}

// Progress is how far a running add has come. The ones after it replace it.
type Progress struct {
	Path, Item, Format        string
	BytesDone, BytesTotal     int64
	Records, Events, Warnings int64
	Elapsed                   time.Duration
	Done                      bool
	Err                       error
}

// ExportOptions are what the export dialogue asks for.
type ExportOptions struct {
	Zone   *time.Location
	Filter string // empty: all events
}

// ExportResult says what was written.
type ExportResult struct {
	Path   string
	Digest forensics.Digest
	Rows   int64
}

// MailHost is where the mailbox of an address is, as far as that is known.
type MailHost struct {
	Known    bool
	Provider string // such as "AT&T"
	Host     string // of its IMAP server
	Advice   string // one line: the password that it wants, and where to make it
	// NoPassword: it takes no password of any kind from a program, and Advice says what to do instead.
	NoPassword bool
}

// AcquireRequest says which mailbox is copied. The password is in memory only: it is never
// stored, shown, or put into an error.
type AcquireRequest struct {
	Address, Host, Password string
	Folders                 []string  // by their names; nil: all
	Since, Before           time.Time // by the server's date of arrival, from Since on and before Before; zero: no bound
}

// AcquireFolder is a folder of a mailbox that can be copied.
type AcquireFolder struct {
	Name     string
	Use      string // the server's mark for it, such as \Trash; empty: none was told
	Messages int64  // -1: the server did not tell
}

// AcquireProgress is how far a copy has come. The ones after it replace it.
type AcquireProgress struct {
	Stage                   string // "", listing, checking, copying, finishing
	Folder                  string
	Folders, Of             int
	FolderDone, FolderTotal int64
	Messages, Total, Bytes  int64
	Rate                    float64 // messages a second
	Elapsed, Left           time.Duration
	Waiting                 time.Duration // 0: it does not wait
	Why                     string        // it waits, in the server's words
}

// AcquireResult is what a copy brought.
type AcquireResult struct {
	Path     string // what is to be added to the case
	Messages int64
	Bytes    int64
	Folders  int
	Outside  int64 // messages that the asked days left there
	Problems []string
}

// AcquireProblem is why a copy did not come about, in plain words.
type AcquireProblem struct {
	What, Do string
	Ask      AcquireAsk // what is worth asking again
	Kept     bool       // what was copied is there, and the same again goes on from it
	Err      error
}

func (p *AcquireProblem) Error() string { return p.What }

// Unwrap gives what the program said.
func (p *AcquireProblem) Unwrap() error { return p.Err }

// AcquireAsk is what to ask again after a problem.
type AcquireAsk uint8

// What can be asked again.
const (
	AskNothing AcquireAsk = iota
	AskServer
	AskPassword
)

// RecentCase is a case that was open before.
type RecentCase struct {
	Name, Path string
	Opened     time.Time
	Events     int64 // 0 where not known
}

// Services are the things outside the case that the screens can ask for. A nil
// function means that the thing is not there, and its key is not offered.
type Services struct {
	Open   func(path string) (Case, error)
	Create func(path string) (Case, error)
	// Demo makes the sample case and names the sample evidence to add to it.
	Demo   func() (Case, []string, error)
	Recent func() []RecentCase
	Add    func(ctx context.Context, c Case, paths []string, progress func(Progress)) error
	Export func(ctx context.Context, c Case, path string, o ExportOptions) (ExportResult, error)
	// MailHost finds the server of an address, or what is known of a server by its name; it asks nobody. MailFolders logs in and lists the
	// folders of a mailbox; Acquire copies it into a case. Both only read, and an error of theirs is an *AcquireProblem unless ctx ended it.
	// They come together.
	MailHost    func(addressOrServer string) MailHost
	MailFolders func(ctx context.Context, c Case, r AcquireRequest, progress func(AcquireProgress)) ([]AcquireFolder, error)
	Acquire     func(ctx context.Context, c Case, r AcquireRequest, progress func(AcquireProgress)) (AcquireResult, error)
	ReadRaw     func(c Case, e *forensics.Event) (raw []byte, same bool, err error)
}
