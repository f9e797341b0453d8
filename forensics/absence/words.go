package absence

// The reasons for which a mail is said to be gone.
const (
	ReasonGap       = "uid-gap"
	ReasonCompared  = "copies-compared"
	ReasonReference = "reference"
	ReasonTrash     = "trash"
	ReasonMarked    = "marked"
	ReasonAbsent    = "absent-here"
	ReasonSibling   = "sibling"
	ReasonVanished  = "vanished"
	ReasonLog       = "log"
)

// Words is what a reason says and what else can be behind it.
type Words struct {
	Reason   string
	Short    string // a few words for a narrow column
	Basis    string // what it rests on
	Innocent string // what would make it harmless
}

// words is the one table of wording, the strongest reason first; the screen, the sheet and the page take it from here. Never changed.
var words = []Words{
	{ReasonLog, "a log says so", "a log says so", "deleted by the owner"},
	{ReasonGap, "a gap in the numbering", "a gap in the folder's numbering: the server gave this number and no mail has it any more", "deleted or moved by the owner or a mail program; a draft or an upload that was given up; numbers that the server skipped"},
	{ReasonCompared, "missing in another copy", "an older copy has it, a newer one of the same mailbox does not", "deleted by the owner between the copies; moved to a folder that was not copied; a copy that left it out"},
	{ReasonReference, "other mails refer to it", "another mail answers it, and it is not there", "deleted by the owner; it never came to this mailbox; it was not kept when it was sent"},
	{ReasonTrash, "it lies in the trash", "it lies in the Trash", "the owner or a mail program put it there"},
	{ReasonMarked, "it is marked as deleted", "it is marked as deleted and not yet removed", "the owner or a mail program marked it"},
	{ReasonAbsent, "not in this mailbox", "a record elsewhere names it, and the mailbox does not have it", "deleted by the owner; moved to a folder that was not copied; delivered elsewhere or refused by a filter"},
	{ReasonSibling, "the mail that goes before another is missing", "a notice that the password was changed came without the reset mail that goes before it", "the password was changed while signed in, which needs no mail; the service wrote to another address"},
	{ReasonVanished, "the server says it is gone", "the server itself says that this number was removed since it was looked at before", "deleted or moved by the owner or a mail program"},
}

// WordsOf gives what a reason says; ok is false for one that is not of this package.
func WordsOf(reason string) (w Words, ok bool) {
	for _, w := range words {
		if w.Reason == reason {
			return w, true
		}
	}
	return Words{}, false
}
