package investigate

import (
	"path"
	"slices"
	"strings"

	"keytrail/forensics/absence"
	"keytrail/forensics/format/mailbox"
)

// The names that mail programs and providers give to the folder of incoming mail, lower case. On an IMAP server it is always INBOX
// (RFC 9051 section 5.1); a file of it bears the name in the owner's language.
var inboxNames = []string{"inbox", "posteingang", "boîte de réception", "réception", "bandeja de entrada", "recibidos", "caixa de entrada", "posta in arrivo", "in arrivo",
	"postvak in", "inkorg", "indbakke", "innboks", "saapuneet", "skrzynka odbiorcza", "odebrane", "входящие", "gelen kutusu", "受信トレイ", "受信箱", "收件箱", "收件匣"}

// Exports of all mail, which Google names by what is in them; the rest of the name follows.
var allPrefixes = []string{"all mail including", "alle nachrichten einschließlich", "alle nachrichten, einschließlich", "alle e-mails einschließlich", "tous les messages, y compris",
	"tous les messages y compris", "todo el correo", "todos los correos", "tutti i messaggi, compresi"}

// apartNames are folders and labels that hold copies or a choice of what lies in others, lower case. What one of them has
// in common with INBOX makes it no copy of INBOX.
var apartNames = []string{"archive", "archives", "archiv", "archived", "archiviert", "archivés", "archivio", "archivo", "archivados", "arquivo", "important", "wichtig", "starred", "flagged",
	"markiert", "unread", "ungelesen", "opened", "geöffnet", "chats", "snoozed", "scheduled", "templates", "vorlagen", "outbox", "postausgang", "unsent messages", "notes", "notizen"}

const categoryPrefix = "category "

// markFile says of a folder that nothing describes what the path of its file tells.
func markFile(f *absence.Folder, name string, maildir bool) {
	name = strings.ReplaceAll(name, "\\", "/")
	f.File, f.Dir = name, path.Dir(name)
	if maildir {
		f.File = ""
	}
	base := fileName(f.Name)
	switch {
	case f.Role != absence.RoleOther:
	case slices.Contains(inboxNames, base):
		f.Role = absence.RoleInbox
	case slices.ContainsFunc(allPrefixes, func(p string) bool { return strings.HasPrefix(base, p) }):
		f.Role = absence.RoleAll
	default:
		f.Role = roleOf(base, nil)
	}
	f.Apart = f.Role == absence.RoleOther && (slices.Contains(apartNames, base) || strings.HasPrefix(base, categoryPrefix))
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		if part == "imapmail" || part == "takeout" { // Thunderbird follows the server there; Google writes what is there
			f.Synced = true
		}
	}
}

// roleOf is what a folder is for, by its name and what the server marks it as.
func roleOf(name string, attributes []string) absence.Role {
	switch mailbox.FolderRole(name, attributes) {
	case mailbox.RoleInbox:
		return absence.RoleInbox
	case mailbox.RoleSent:
		return absence.RoleSent
	case mailbox.RoleDrafts:
		return absence.RoleDrafts
	case mailbox.RoleTrash:
		return absence.RoleTrash
	case mailbox.RoleJunk:
		return absence.RoleJunk
	case mailbox.RoleAll:
		return absence.RoleAll
	}
	return absence.RoleOther
}

// fileName is the last part of a folder's name without what programs add to tell files apart: "Inbox (1)", "Inbox-001".
func fileName(name string) string {
	if i := strings.LastIndexAny(name, "/\\"); i >= 0 {
		name = name[i+1:]
	}
	name = strings.ToLower(strings.TrimSpace(name))
	if open := strings.LastIndexByte(name, '('); open > 0 && strings.HasSuffix(name, ")") && isDigits(name[open+1:len(name)-1]) {
		name = name[:open]
	}
	if i := strings.LastIndexByte(name, '-'); i > 0 && isDigits(name[i+1:]) {
		name = name[:i]
	}
	return strings.TrimSpace(name)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// fewOthers is how many mails of an export may lie outside of INBOX by their labels; more, and it is one of a label or of all mail.
const fewOthers = 3

// isInbox reports whether Gmail's labels name INBOX.
func isInbox(labels string) bool {
	for label := range strings.SplitSeq(labels, ",") {
		if slices.Contains(inboxNames, strings.ToLower(strings.Trim(label, " \""))) {
			return true
		}
	}
	return false
}
