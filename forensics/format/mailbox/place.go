package mailbox

import (
	"path"
	"slices"
	"strings"
	"time"
)

// The names that mail programs and providers give to the folders of deleted and of unwanted mails, lower case.
var (
	trashNames = []string{"trash", "deleted", "deleted items", "deleted messages", "bin", "gelöscht", "gelöschte elemente", "gelöschte objekte", "papierkorb", "corbeille",
		"éléments supprimés", "messages supprimés", "papelera", "elementos eliminados", "eliminados", "lixeira", "lixo", "itens excluídos", "itens eliminados", "cestino", "posta eliminata",
		"elementi eliminati", "prullenbak", "verwijderde items", "kosz", "elementy usunięte", "корзина", "удаленные", "удалённые", "çöp kutusu", "silinmiş öğeler", "ゴミ箱", "削除済みアイテム", "已删除", "已删除邮件", "垃圾箱"}
	junkNames = []string{"junk", "junk e-mail", "junk email", "spam", "bulk", "bulk mail", "spamverdacht", "unerwünscht", "werbung", "courrier indésirable", "indésirables", "correo no deseado",
		"lixo eletrônico", "posta indesiderata", "ongewenste e-mail", "wiadomości-śmieci", "спам", "нежелательная почта", "迷惑メール", "垃圾邮件"}
	allNames = []string{"all mail", "alle nachrichten", "tous les messages", "todos", "todos os e-mails", "tutti i messaggi", "alle e-mails", "вся почта", "すべてのメール", "所有邮件"}
)

// The roles that FolderRole gives.
const (
	RoleInbox  = "inbox"
	RoleSent   = "sent"
	RoleDrafts = "drafts"
	RoleTrash  = "trash"
	RoleJunk   = "junk"
	RoleAll    = "all"
)

// FolderRole tells what a folder is for: by the server's own marks (SPECIAL-USE, RFC 6154), else by the last part of its
// name. Empty: a folder like any other.
func FolderRole(name string, attributes []string) string {
	for _, a := range attributes {
		switch strings.ToLower(a) {
		case `\trash`:
			return RoleTrash
		case `\sent`:
			return RoleSent
		case `\drafts`:
			return RoleDrafts
		case `\junk`:
			return RoleJunk
		case `\all`:
			return RoleAll
		}
	}
	if strings.EqualFold(name, "inbox") {
		return RoleInbox
	}
	if i := strings.LastIndexAny(name, "/\\"); i >= 0 {
		name = name[i+1:]
	}
	if prefix, rest, ok := strings.Cut(name, "."); ok && strings.EqualFold(prefix, "inbox") { // INBOX.Trash of Courier and Cyrus
		name = rest
	}
	name = strings.ToLower(strings.Trim(name, " \t\""))
	switch {
	case slices.Contains(sentNames, name):
		return RoleSent
	case slices.Contains(draftNames, name):
		return RoleDrafts
	case slices.Contains(trashNames, name):
		return RoleTrash
	case slices.Contains(junkNames, name):
		return RoleJunk
	case slices.Contains(allNames, name):
		return RoleAll
	}
	return ""
}

// Place is what the path of a message's or a mailbox's file says.
type Place struct {
	Account  string // where keytrail copied it; else empty
	Folder   string
	Dir      string // that holds cur and new, or the mailbox file
	Base     string // of the file, without flags
	UID      uint32
	Internal time.Time // INTERNALDATE, where the copy's name has it
	Deleted  bool      // flagged as deleted
	Fresh    bool      // has no flags
}

// MaildirPlace takes the path of a file in a Maildir apart; ok is false where it is none.
func MaildirPlace(name string) (p Place, ok bool) {
	m, ok := parseMaildirName(name)
	if !ok {
		return p, false
	}
	name = strings.ReplaceAll(name, "\\", "/")
	dir, base := path.Split(name)
	p = Place{Account: m.account, Folder: m.folder, UID: m.uid, Dir: path.Dir(strings.TrimSuffix(dir, "/")), Deleted: strings.Contains(m.flags, "T"), Fresh: m.flags == ""}
	for _, sep := range []string{":2,", ";2,", "!2,", "\uF0222,", "\uF03A2,"} {
		if i := strings.LastIndex(base, sep); i > 0 {
			base = base[:i]
			break
		}
	}
	p.Base = base
	if !m.internal.IsZero() {
		p.Internal = m.internal.Std()
	}
	return p, true
}

// MailboxPlace takes the path of a mailbox file apart.
func MailboxPlace(name string) Place {
	clean := strings.ReplaceAll(name, "\\", "/")
	return Place{Folder: mboxFolder(name), Dir: path.Dir(clean), Base: path.Base(clean)}
}
