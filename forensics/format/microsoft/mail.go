package microsoft

import (
	"bytes"
	"strconv"
	"strings"

	"keytrail/forensics"
)

// messages gives the messages that a mailbox record speaks of. One stands in the event
// itself, several in its list.
func (r *reader) messages(e *forensics.Event) {
	folder := r.folder(fFolder)
	found := r.found // by walk
	if len(found) == 0 {
		// Where a container wrote the lists as strings, walk could not look into them.
		if w := r.nested(fAffectedItems); w.enter('[') {
			found = r.items(&w, found)
		}
		if w := r.nested(fFolders); w.enter('[') {
			found = r.folders(&w, found)
		}
	}
	if w := r.nested(fItem); w.enter('{') {
		m := r.message(&w)
		if m.MessageID != "" || m.Subject != "" {
			found = append(found, m)
		} else if folder == "" {
			folder = m.Folder
		}
	}
	r.found = found
	for i := range found {
		if found[i].Folder == "" {
			found[i].Folder = folder
		}
	}
	e.Folder = folder
	// Folders without messages are in the list too, to name the folder of a whole synchronisation.
	named := found[:0]
	for i := range found {
		if found[i].MessageID != "" || found[i].Subject != "" {
			named = append(named, found[i])
		} else if e.Folder == "" {
			e.Folder = found[i].Folder
		}
	}
	if r.unnamed > 0 {
		e.Detail = "without message id and subject: " + strconv.Itoa(r.unnamed)
	}
	switch len(named) {
	case 0:
	case 1:
		e.MessageID, e.Subject = named[0].MessageID, named[0].Subject
		if named[0].Folder != "" {
			e.Folder = named[0].Folder
		}
	default:
		e.Messages = r.keep.list(named)
		e.Folder = named[0].Folder
		for i := range named {
			if named[i].Folder != e.Folder {
				e.Folder = "" // more than one: each message says its own
				break
			}
		}
	}
}

// folders reads the rest of a Folders list: [{"Path":..,"FolderItems":[..]}]. A folder
// without items gives an entry that names the folder only.
func (r *reader) folders(w *walker, list []forensics.Message) []forensics.Message {
	for w.next() {
		if !w.enter('{') {
			w.skip()
			continue
		}
		var path string
		from := len(list)
		for key, ok := w.key(); ok; key, ok = w.key() {
			switch string(key) {
			case "Path":
				path = r.text.text(r.bare(w.value(), w.q))
			case "FolderItems":
				if w.enter('[') {
					list = r.items(w, list)
				} else {
					w.skip()
				}
			default:
				w.skip()
			}
		}
		if len(list) == from && path != "" {
			list = append(list, forensics.Message{})
		}
		for i := from; i < len(list); i++ {
			if list[i].Folder == "" {
				list[i].Folder = path
			}
		}
	}
	return list
}

// items reads the rest of a list of messages.
func (r *reader) items(w *walker, list []forensics.Message) []forensics.Message {
	for w.next() {
		if !w.enter('{') {
			w.skip()
			continue
		}
		switch m := r.message(w); {
		case m.MessageID != "" || m.Subject != "":
			list = append(list, m)
		case w.err == nil:
			r.unnamed++
		}
	}
	return list
}

// message reads the rest of one item.
func (r *reader) message(w *walker) (m forensics.Message) {
	for key, more := w.key(); more; key, more = w.key() {
		switch string(key) {
		case "InternetMessageId":
			m.MessageID = r.keep.text(trimAngles(r.bare(w.value(), w.q)))
		case "Subject":
			m.Subject = r.keep.text(r.bare(w.value(), w.q))
		case "ParentFolder":
			if !w.enter('{') {
				w.skip()
				continue
			}
			if path := r.path(w); path != "" {
				m.Folder = path
			}
		default:
			w.skip()
		}
	}
	return m
}

// path reads the rest of a folder object.
func (r *reader) path(w *walker) (path string) {
	var name string
	for key, ok := w.key(); ok; key, ok = w.key() {
		switch string(key) {
		case "Path":
			path = r.text.text(r.bare(w.value(), w.q))
		case "Name":
			name = r.text.text(r.bare(w.value(), w.q))
		default:
			w.skip()
		}
	}
	if path == "" {
		return name
	}
	return path
}

func (r *reader) folder(f field) string {
	w := r.nested(f)
	if !w.enter('{') {
		return ""
	}
	return r.path(&w)
}

func trimAngles(b []byte) []byte {
	b = bytes.TrimSpace(b)
	if len(b) > 1 && b[0] == '<' && b[len(b)-1] == '>' {
		return b[1 : len(b)-1]
	}
	return b
}

// move tells a deletion by moving from other moves.
func (r *reader) move(e *forensics.Event) {
	r.messages(e)
	to := r.folder(fDestFolder)
	if to == "" {
		return
	}
	e.Detail = to
	if isTrash(to) {
		e.Kind = forensics.MailDeleted
	}
}

// trash are the names of the Deleted Items folder in the languages of Outlook that we know, in
// lower case. Never changed. A name that is missing here makes a deletion a move, which says
// less but nothing wrong.
var trash = map[string]bool{
	"deleted items": true, "gelöschte elemente": true, "gelöschte objekte": true, "éléments supprimés": true,
	"elementos eliminados": true, "posta eliminata": true, "itens excluídos": true, "itens eliminados": true,
	"verwijderde items": true, "borttagna objekt": true, "slettet post": true, "slettede elementer": true,
	"poistetut": true, "elementy usunięte": true, "удаленные": true, "удалённые": true, "silinmiş öğeler": true,
	"削除済みアイテム": true, "已删除邮件": true, "已刪除的郵件": true, "지운 편지함": true, "odstraněná pošta": true,
	"recoverable items": true, "deletions": true, "purges": true,
}

// isTrash judges a folder's path by its first part: a folder inside Deleted Items is
// deleted too.
func isTrash(path string) bool {
	path = strings.Trim(path, `\/`)
	if i := strings.IndexAny(path, `\/`); i >= 0 {
		path = path[:i]
	}
	return trash[strings.ToLower(path)]
}

// access reads MailItemsAccessed.
//
// Source: "Use MailItemsAccessed to investigate compromised accounts", Microsoft Learn.
func (r *reader) access(e *forensics.Event) {
	r.messages(e)
	var how string
	throttled := false
	for _, p := range r.pairs(r.nested(fOperationProperties)) {
		switch string(p.name) {
		case "MailAccessType":
			how = r.text.text(p.value)
		case "IsThrottled":
			throttled = bytes.EqualFold(p.value, []byte("true"))
		}
	}
	if how != "" {
		e.Detail = how
	}
	if throttled {
		e.Detail = strings.TrimPrefix(e.Detail+", throttled", ", ")
	}
}
