package absence

import (
	"slices"

	"keytrail/forensics"
)

// Role is what a folder is for.
type Role uint8

// The roles. RoleOther is any folder that people make.
const (
	RoleOther Role = iota
	RoleInbox
	RoleSent
	RoleDrafts
	RoleTrash
	RoleJunk
	RoleAll // every mail once more, as Gmail's All Mail
)

// counts reports whether a gap in such a folder can be evidence.
func (r Role) counts() bool { return r != RoleDrafts && r != RoleTrash && r != RoleJunk }

// Range is a run of UIDs, both ends in it.
type Range struct{ First, Last uint32 }

// Key is a number for an identity, such as a Message-ID; 0 is none.
type Key uint64

// Mail is one message of a folder of a copy.
type Mail struct {
	UID      uint32 // 0: the copy does not number its mails
	ID       Key    // of its Message-ID
	Content  Key    // of its headers or bytes
	Object   Key    // of EMAILID or X-GM-MSGID
	Arrived  int64  // INTERNALDATE; where the copy has none, the time of the last server
	Received int64  // the time of the last server
	Saved    int64  // SAVEDATE: it came into this folder then, or before
	ModSeq   uint64
	Gmail    uint64 // X-GM-MSGID
	Thread   uint64 // X-GM-THRID
	Answers  Key    // of the Message-ID of the mail that it answers
	From     Key    // of the address of its sender
	For      Key    // of the account that the copy says it was for, as Copy.AccountKey
	Row      int64  // of its event, 0 where the case has none
	Ref      forensics.Ref

	Internal bool // Arrived is the server's INTERNALDATE
	Deleted  bool // flagged \Deleted
	Fresh    bool // no flag at all: nobody touched it since it came
	Sent     bool // by the account's owner
	Notice   bool // a security notice or of money: never counted away
}

// Folder is one folder as one copy shows it.
type Folder struct {
	Name                 string
	Role                 Role
	File                 string  // where it lies, for people: the path of its mailbox file
	Dir                  string  // that holds the mailbox file
	Apart                bool    // its name says what it is for, an archive or a label: only one of that name is a copy of it
	Synced               bool    // kept as the server has it: what is in it stood there when its newest mail came
	UIDValidity, UIDNext uint32  // 0: not known
	UIDs                 []Range // present; nil: those of the mails
	// PresentAt is a moment at which the folder still looked so, AbsentAt one at which it did
	// already: what is here was not deleted before the first, what is not was before the second.
	PresentAt, AbsentAt int64
	Mails               []Mail
	Listed              bool // UIDs (or the mails) are all that the folder had
	Complete            bool // all mails of the asked time are in it
	Vanished            []Range
	VanishedSince       int64
	Ref                 forensics.Ref // of what describes the folder, zero where nothing does
}

func (f *Folder) has(uid uint32) bool {
	i, _ := slices.BinarySearchFunc(f.UIDs, uid, func(r Range, uid uint32) int {
		if r.Last < uid {
			return -1
		}
		return 1
	})
	return i < len(f.UIDs) && f.UIDs[i].First <= uid
}

// Copy is a mailbox as it was at one time.
type Copy struct {
	Evidence      int64
	EvidenceName  string
	Account       string // folded
	AccountKey    Key    // the same, as Mail.For and Mail.From have it
	Folders       []*Folder
	Since, Before int64 // only mails that arrived in between were copied; 0: no bound
	Whole         bool  // all folders of the mailbox are in it
	Described     bool  // a file beside it says what was there: it is not judged by its mails alone
	AddOnly       bool  // keeps what was deleted on the server, as imap-backup does

	keys  map[Key]*Mail // in any folder; made by index
	trash map[Key]bool
}

// Named is a message that a record outside of the mailbox names.
type Named struct {
	Row     int64
	Ref     forensics.Ref
	Kind    forensics.Kind // mail-received: delivered; mail-read, mail-moved: it was there; mail-deleted, mail-purged
	Account string
	Folder  string // as the record writes it
	UID     uint32
	ID      Key
	Nth     int // which of the record's messages
	Time    int64
}

// Signal is an event near which a gap is worth telling.
type Signal struct {
	Row     int64
	Ref     forensics.Ref
	Kind    forensics.Kind
	Account string
	Service string
	Time    int64
	Notice  bool // read from a mail of the account
}

// Input is what is known.
type Input struct {
	Copies  []*Copy
	Named   []Named
	Signals []Signal
}

// Lost is one inferred deletion, or a run of them between two neighbours.
type Lost struct {
	Kind    forensics.Kind // MailMissing, or MailDeleted for what lies in the Trash or is marked
	Account string
	Folder  string
	Row     int64 // of the lost mail's own event, where another copy or the Trash has it; else 0
	Source  int64 // row of the event that names it, where Row is 0: a record elsewhere, a mail that answers it, a notice
	Nth     int   // which of that record's messages
	ID      Key   // of its Message-ID, where known
	Service string
	Ref     forensics.Ref   // the record that proves it best
	Refs    []forensics.Ref // further ones
	UIDs    []uint32        // the first thousand
	Count   int             // how many messages
	Reasons []string
	// Moment is when it happened by what a server says (SAVEDATE), which is never too early; it lies between NotBefore and NotAfter.
	Moment                            int64
	NotBefore, NotAfter               int64
	ArrivedNotBefore, ArrivedNotAfter int64
	Detail                            string
	Fact                              string
}

// Addition is what is known further of a deletion that a record gives itself.
type Addition struct {
	Row     int64
	Reasons []string
	Refs    []forensics.Ref
	// The bounds of its arrival, where known.
	ArrivedNotBefore, ArrivedNotAfter int64
}

// Result is what Infer gives.
type Result struct {
	Lost      []Lost
	Additions []Addition
	Folders   []FolderView
}

// FolderView is a folder for the screen. Runs[i].Event stays 0; Lost[i] is the index in Result.Lost, -1 for none.
type FolderView struct {
	forensics.Folder
	Lost []int
	told int64 // of the missing ones: how many a Lost tells of
}
