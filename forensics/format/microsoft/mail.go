package microsoft

import (
	"bytes"
	"strings"

	"keytrail/forensics"
)

// messages reads the messages that a mailbox record speaks of. One stands in the event
// itself, several in its list. It costs one pass over the nested values.
func (r *reader) messages(e *forensics.Event) {
	list := r.keep.list()
	folder := r.folder(fFolder)
	if w := r.nested(fItem); w.enter('{') {
		m, _ := r.message(&w, "")
		if m.MessageID != "" || m.Subject != "" {
			list = append(list, m)
		} else if folder == "" {
			folder = m.Folder
		}
	}
	if w := r.nested(fAffectedItems); w.enter('[') {
		list = r.items(&w, list, folder)
	}
	if w := r.nested(fFolders); w.enter('[') {
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
						list = r.items(&w, list, "")
					} else {
						w.skip()
					}
				default:
					w.skip()
				}
			}
			for i := from; i < len(list); i++ {
				if list[i].Folder == "" {
					list[i].Folder = path
				}
			}
			if folder == "" {
				folder = path
			}
		}
	}
	list = r.keep.done(list)
	e.Folder = folder
	switch len(list) {
	case 0:
	case 1:
		e.MessageID, e.Subject = list[0].MessageID, list[0].Subject
		if list[0].Folder != "" {
			e.Folder = list[0].Folder
		}
	default:
		e.Messages = list
		if folder == "" {
			e.Folder = list[0].Folder
		}
		for i := range list {
			if list[i].Folder != e.Folder {
				e.Folder = "" // more than one: each message says its own
				break
			}
		}
	}
}

func (r *reader) items(w *walker, list []forensics.Message, folder string) []forensics.Message {
	for w.next() {
		if !w.enter('{') {
			w.skip()
			continue
		}
		if m, ok := r.message(w, folder); ok {
			list = append(list, m)
		}
	}
	return list
}

// message reads one item; ok is false where it names nothing.
func (r *reader) message(w *walker, folder string) (m forensics.Message, ok bool) {
	m.Folder = folder
	named := false
	for key, more := w.key(); more; key, more = w.key() {
		switch string(key) {
		case "InternetMessageId":
			m.MessageID = r.keep.text(trimAngles(r.bare(w.value(), w.q)))
		case "Subject":
			m.Subject = r.keep.text(r.bare(w.value(), w.q))
		case "Id":
			named = true
			w.skip()
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
	return m, named || m.MessageID != "" || m.Subject != ""
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
	e.Detail = how
	if throttled {
		e.Detail = strings.TrimPrefix(how+", throttled", ", ")
	}
}
