package mailbox

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/utf7"
)

// role is what a folder is for, where its name says so.
type role uint8

const (
	roleNone role = iota
	roleSent
	roleDraft
)

// The names that mail programs and providers give to the folders of sent mails and of drafts, lower case.
var (
	sentNames = []string{"sent", "sent items", "sent mail", "sent messages", "sent-mail", "sent_mail", "outbox sent",
		"gesendet", "gesendete elemente", "gesendete objekte", "gesendete nachrichten", "envoyés", "messages envoyés", "éléments envoyés",
		"enviados", "elementos enviados", "mensajes enviados", "correo enviado", "enviadas", "itens enviados", "posta inviata", "inviati",
		"verzonden", "verzonden items", "wysłane", "отправленные", "gönderilmiş postalar", "送信済み", "送信済みメール", "已发送", "已发送邮件"}
	draftNames = []string{"draft", "drafts", "entwürfe", "brouillons", "borradores", "rascunhos", "bozze", "concepten", "черновики", "下書き", "草稿"}
)

// roleOf looks at Gmail's labels, else at the last part of the folder's name.
func roleOf(labels, folder string) role {
	if labels != "" {
		for l := range strings.SplitSeq(labels, ",") {
			if r := nameRole(l); r != roleNone {
				return r
			}
		}
		return roleNone
	}
	if i := strings.LastIndexAny(folder, "/\\"); i >= 0 {
		folder = folder[i+1:]
	}
	return nameRole(folder)
}

func nameRole(name string) role {
	name = strings.ToLower(strings.Trim(name, " \t\""))
	switch {
	case name == "":
		return roleNone
	case slices.Contains(sentNames, name):
		return roleSent
	case slices.Contains(draftNames, name):
		return roleDraft
	}
	return roleNone
}

// mboxFolder makes a folder name of a mailbox file's path: INBOX.mbox, Apple Mail's
// INBOX.mbox/mbox, Thunderbird's Archives.sbd/2022.
func mboxFolder(name string) string {
	name = strings.ReplaceAll(name, "\\", "/")
	base := path.Base(name)
	dir := path.Base(path.Dir(name))
	if strings.EqualFold(base, "mbox") && strings.HasSuffix(strings.ToLower(dir), ".mbox") {
		base, dir = dir, ""
	}
	if base == "." || base == "/" {
		return ""
	}
	if cut, ok := cutSuffixFold(base, ".mbox"); ok && cut != "" {
		base = cut
	}
	if parent, ok := cutSuffixFold(dir, ".sbd"); ok && parent != "" {
		base = parent + "/" + base
	}
	return base
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix) {
		return s[:len(s)-len(suffix)], true
	}
	return s, false
}

// maildirName is what the path of a file in a Maildir says
// (https://cr.yp.to/proto/maildir.html and the Maildir++ folders of Courier and Dovecot).
type maildirName struct {
	folder string
	flags  string // the letters behind "2,"
	info   bool   // the name has a "2," part
	last   forensics.Time

	uid      uint32         // where the program that made the copy writes it; else 0
	internal forensics.Time // the server's INTERNALDATE, likewise
	account  string         // whose mail it is, likewise
}

// parseMaildirName takes DIR/cur/NAME:2,FLAGS or DIR/new/NAME apart. Copies on Windows, where
// a colon cannot be, have ";" or "!" in its place, or Samba's private character.
func parseMaildirName(name string) (m maildirName, ok bool) {
	name = strings.ReplaceAll(name, "\\", "/")
	dir, base := path.Split(name)
	dir = strings.TrimSuffix(dir, "/")
	parent := path.Base(dir)
	if parent != "cur" && parent != "new" || base == "" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "dovecot") {
		return m, false
	}
	for _, sep := range []string{":2,", ";2,", "!2,", "\uF0222,", "\uF03A2,"} {
		if i := strings.LastIndex(base, sep); i > 0 {
			m.flags, m.info = base[i+len(sep):], true
			base = base[:i]
			break
		}
	}
	if digits, rest, found := strings.Cut(base, "."); found {
		m.last, _ = epoch(digits, "Maildir file name")
		if m.uid = acquiredUID(rest); m.uid != 0 {
			m.internal = m.last
			m.internal.Desc = "INTERNALDATE"
			if m.last.IsZero() {
				m.internal = forensics.Time{}
			}
		}
	}
	if m.uid == 0 {
		m.uid = syncedUID(base)
	}
	at := strings.TrimSuffix(strings.TrimSuffix(dir, parent), "/")
	if m.internal.IsZero() {
		m.folder = maildirFolder(at)
	} else {
		m.account, m.folder = acquiredFolder(at)
	}
	return m, true
}

// acquiredUID reads what stands behind the second in the name of a message that keytrail copied over
// IMAP: U, the UID, a dot and 16 digits of its SHA-256 (docs/acquire.md).
func acquiredUID(rest string) uint32 {
	number, hash, found := strings.Cut(rest, ".")
	if !found || len(hash) != 16 || !strings.HasPrefix(number, "U") || strings.Trim(hash, "0123456789abcdef") != "" {
		return 0
	}
	n, err := strconv.ParseUint(number[1:], 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// acquiredFolder takes the folder of such a message apart: everything behind the account, bytes
// written as %XX read back, the server's modified UTF-7 decoded.
func acquiredFolder(dir string) (account, folder string) {
	parts := strings.Split(strings.Trim(dir, "/"), "/")
	for i, p := range parts {
		if strings.Contains(p, "@") && i+1 < len(parts) {
			account, parts = strings.ToLower(unescapeName(p)), parts[i+1:]
			break
		}
	}
	for i, p := range parts {
		parts[i] = utf7.Decode(unescapeName(p))
	}
	return account, strings.Join(parts, "/")
}

// unescapeName reads %XX back; what is none stays.
func unescapeName(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// syncedUID reads the UID that mbsync and OfflineIMAP write into the name: "...,U=123,..." before the flags.
func syncedUID(base string) uint32 {
	_, rest, found := strings.Cut(base, ",U=")
	if !found {
		return 0
	}
	digits, _, _ := strings.Cut(rest, ",")
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// maildirFolder decodes the directory that holds cur and new. ".Archive.2022" below the
// mailbox is Archive/2022; the mailbox itself is INBOX.
func maildirFolder(dir string) string {
	base := path.Base(dir)
	switch {
	case dir == "" || base == "/" || base == "." || strings.EqualFold(base, "maildir"):
		return "INBOX"
	case strings.HasPrefix(base, ".") && len(base) > 1:
		parts := strings.Split(strings.Trim(base, "."), ".")
		for i := range parts {
			parts[i] = utf7.Decode(parts[i])
		}
		return strings.Join(parts, "/")
	}
	return utf7.Decode(dir)
}

// flagNames are the letters of a Maildir name.
var flagNames = map[byte]string{'D': "flag:draft", 'F': "flag:flagged", 'P': "flag:passed", 'R': "flag:replied", 'S': "flag:seen", 'T': "flag:trashed"}

// flagReasons names the flags, in the order of the alphabet.
func flagReasons(flags string) []string {
	var out []string
	for i := 0; i < len(flags) && i < 64; i++ {
		if name, ok := flagNames[flags[i]]; ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// flags gives the flags of a Maildir name, or those that Mozilla writes into an mbox as
// X-Mozilla-Status above all other headers: 0008 is a mail that was deleted and still stands
// there until the file is compacted (mailnews/base/public/nsMsgMessageFlags.idl).
func (b *builder) flags() []string {
	out := b.origin.flags
	h := b.letter.head
	if len(out) > 0 || len(b.letter.sep) == 0 {
		return out
	}
	if h.above(fieldMozillaStatus) {
		if n, err := strconv.ParseUint(string(h.get(fieldMozillaStatus)), 16, 16); err == nil {
			for _, f := range [...]struct {
				bit  uint64
				name string
			}{{0x0001, "flag:seen"}, {0x0002, "flag:replied"}, {0x0004, "flag:flagged"}, {0x0008, "flag:deleted"}, {0x1000, "flag:passed"}} {
				if n&f.bit != 0 {
					out = append(out, f.name)
				}
			}
		}
	}
	return out
}
