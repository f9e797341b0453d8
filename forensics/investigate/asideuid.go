package investigate

import (
	"strconv"
	"strings"

	"keytrail/forensics"
)

// The numbers that a server writes into the messages of a mailbox file.

// numberIn reads X-UID of a message that another copy has too, because the case keeps the numbers of the first one only.
func (a *asideReader) numberIn(ev *forensics.Evidence, it *forensics.Item, ref forensics.Ref) uint32 {
	if !a.isNumbered(ev, it) {
		return 0
	}
	b, err := a.reader(ev).ReadAt(it.Name, ref.Offset, min(ref.Length, 64<<10))
	if err != nil {
		return 0
	}
	return headerNumber(string(b))
}

// isNumbered reports whether a mailbox file begins as one whose server numbers the messages.
func (a *asideReader) isNumbered(ev *forensics.Evidence, it *forensics.Item) bool {
	known, ok := a.counted[it.ID]
	if !ok {
		if b, err := a.reader(ev).ReadAt(it.Name, 0, min(it.Size, 16<<10)); err == nil {
			head, _, _ := strings.Cut(strings.ReplaceAll(string(b), "\r", ""), "\n\n")
			known = strings.Contains(head, "\nX-IMAP")
		}
		a.counted[it.ID] = known
	}
	return known
}

func headerNumber(message string) uint32 {
	head, _, _ := strings.Cut(strings.ReplaceAll(message, "\r", ""), "\n\n")
	_, rest, found := strings.Cut(head, "\nX-UID:")
	if !found {
		return 0
	}
	line, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.ParseUint(strings.TrimSpace(line), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
