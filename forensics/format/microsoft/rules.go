package microsoft

import (
	"bytes"
	"strings"

	"keytrail/forensics"
)

// ruleActions are the parameters that say what an inbox or transport rule does, in the words of
// a person and in the order in which they are told. Never changed.
var ruleActions = []struct{ name, words string }{
	{"ForwardTo", "forward to"}, {"ForwardAsAttachmentTo", "forward as attachment to"},
	{"RedirectTo", "redirect to"}, {"RedirectToRecipients", "redirect to"},
	{"RedirectMessageTo", "redirect to"}, {"BlindCopyTo", "blind copy to"}, {"CopyTo", "copy to"},
	{"SendTextMessageNotificationTo", "text message to"},
	{"DeleteMessage", "delete"}, {"SoftDeleteMessage", "soft-delete"},
	{"MoveToFolder", "move to"}, {"CopyToFolder", "copy to"},
	{"MarkAsRead", "mark as read"}, {"StopProcessingRules", "stop other rules"},
}

// ruleConditions are those that say for which mails. Never changed.
var ruleConditions = []struct{ name, words string }{
	{"From", "from"}, {"FromAddressContainsWords", "sender has"}, {"SubjectContainsWords", "subject has"},
	{"BodyContainsWords", "body has"}, {"SubjectOrBodyContainsWords", "subject or body has"},
	{"HeaderContainsWords", "header has"}, {"RecipientAddressContainsWords", "recipient has"}, {"SentTo", "sent to"},
	{"WithinSizeRangeMinimum", "larger than"}, {"HasAttachment", "has attachment"}, {"MyNameInToBox", "sent to me"},
}

// forwards are the parameters that send mail elsewhere.
func forwards(name []byte) bool {
	switch string(name) {
	case "ForwardTo", "ForwardAsAttachmentTo", "RedirectTo", "RedirectToRecipients", "RedirectMessageTo", "BlindCopyTo", "CopyTo":
		return true
	}
	return false
}

// rule reads the cmdlets of inbox and transport rules. Set-InboxRule names only what
// it changes: the rule may do more than is told here.
func (r *reader) rule(e *forensics.Event) {
	parameters := r.pairs(r.nested(fParameters))
	var name, mailbox []byte
	for _, p := range parameters {
		switch string(p.name) {
		case "Name":
			name = p.value
		case "Identity":
			if len(name) == 0 {
				name = p.value
			}
		case "Mailbox":
			mailbox = p.value
		}
		if forwards(p.name) && !empty(p.value) {
			e.Kind = forensics.ForwardingSet
		}
	}
	object := r.get(fObject)
	if i := bytes.LastIndexByte(object, '\\'); i >= 0 {
		if len(name) == 0 {
			name = object[i+1:]
		}
		object = object[:i]
	}
	if i := bytes.LastIndexByte(name, '\\'); i >= 0 { // Identity is "mailbox\rule"
		name = name[i+1:]
	}
	if len(mailbox) > 0 {
		e.Account = r.mailbox(mailbox, e.Account)
	} else if bytes.IndexByte(object, '@') > 0 {
		e.Account = r.mailbox(object, e.Account)
	}
	var b strings.Builder
	if len(name) > 0 {
		b.WriteString("rule \"" + text(name) + "\"")
	}
	tell(&b, parameters, ruleActions, ": ", ", ")
	tell(&b, parameters, ruleConditions, "; if ", " and ")
	e.Detail = b.String()
}

// tell writes those parameters that say something.
func tell(b *strings.Builder, parameters []pair, known []struct{ name, words string }, lead, glue string) {
	n := 0
	for _, k := range known {
		for _, p := range parameters {
			if string(p.name) != k.name || empty(p.value) || n > 0 && b.Len() > 1000 {
				continue
			}
			switch {
			case n > 0:
				b.WriteString(glue)
			case b.Len() > 0:
				b.WriteString(lead)
			}
			n++
			b.WriteString(k.words)
			if !bytes.EqualFold(p.value, []byte("true")) {
				b.WriteString(" " + plainAddress(p.value))
			}
		}
	}
}

// empty reports whether a parameter takes something away or switches it off.
func empty(value []byte) bool {
	switch string(bytes.ToLower(value[:min(len(value), 8)])) {
	case "", "false", "null", "$null", "[]", "{}":
		return true
	}
	return false
}

func plainAddress(value []byte) string {
	value = value[:min(len(value), 500)]
	if len(value) > 5 && bytes.EqualFold(value[:5], []byte("smtp:")) {
		value = value[5:]
	}
	return text(value)
}

// mailbox names the mailbox that a cmdlet was given: an address, an alias or a path
// of the directory. The actor's own name is completed, others are left as written.
func (r *reader) mailbox(b []byte, own string) string {
	if bytes.IndexByte(b, '@') > 0 {
		return r.address(b)
	}
	if i := bytes.LastIndexAny(b, `/\`); i >= 0 && i+1 < len(b) {
		b = b[i+1:]
	}
	if local, _, ok := strings.Cut(own, "@"); ok && strings.EqualFold(local, string(b)) {
		return own
	}
	return text(b)
}

// clientRule reads UpdateInboxRules: a rule that a mail program made.
func (r *reader) clientRule(e *forensics.Event) {
	var what, name, condition, actions []byte
	for _, p := range r.pairs(r.nested(fOperationProperties)) {
		switch string(p.name) {
		case "RuleOperation":
			what = p.value
		case "RuleName":
			name = p.value
		case "RuleCondition":
			condition = p.value
		case "RuleActions":
			actions = p.value
		}
	}
	var b strings.Builder
	b.WriteString(text(what))
	if len(name) > 0 {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("rule \"" + text(name) + "\"")
	}
	for i, action := range r.ruleActions(actions) {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(action.text)
		if action.sends {
			e.Kind = forensics.ForwardingSet
		}
	}
	if len(condition) > 0 {
		b.WriteString("; if " + text(condition[:min(len(condition), 500)]))
	}
	e.Detail = b.String()
}

type ruleAction struct {
	text  string
	sends bool
}

// ruleActions reads the JSON in RuleActions: [{"ActionType":"Forward","Recipients":["a@b"],...}].
func (r *reader) ruleActions(b []byte) (list []ruleAction) {
	w := walker{s: b, q: 1}
	if !w.enter('[') {
		if w.peek() != '{' {
			return nil
		}
		w.s = append(append([]byte{'['}, b...), ']')
		w.i = 1
	}
	for len(list) < 50 && w.next() {
		if !w.enter('{') {
			w.skip()
			continue
		}
		var a ruleAction
		var to []string
		for key, ok := w.key(); ok; key, ok = w.key() {
			raw := w.value()
			switch string(key) {
			case "ActionType":
				a.text = text(r.bare(raw, 1))
				lower := strings.ToLower(a.text)
				a.sends = strings.Contains(lower, "forward") || strings.Contains(lower, "redirect")
			case "Recipients", "ForwardRecipients", "DestinationFolder", "FolderName":
				to = append(to, r.texts(raw)...)
			}
		}
		if len(to) > 0 {
			a.text += " " + strings.Join(to[:min(len(to), 20)], ", ")
		}
		list = append(list, a)
	}
	return list
}

// texts reads a string or a list of strings, or of objects with an address.
func (r *reader) texts(raw []byte) (out []string) {
	w := walker{s: raw, q: 1}
	if !w.enter('[') {
		if b := r.bare(raw, 1); len(b) > 0 && b[0] != '{' {
			return []string{plainAddress(b)}
		}
		return nil
	}
	for len(out) < 20 && w.next() {
		raw := w.value()
		if len(raw) > 0 && raw[0] == '"' {
			out = append(out, plainAddress(r.bare(raw, 1)))
		}
	}
	return out
}

// setMailbox reads Set-Mailbox for forwarding; an empty value takes it away.
func (r *reader) setMailbox(e *forensics.Event) {
	var b strings.Builder
	var identity []byte
	for _, p := range r.pairs(r.nested(fParameters)) {
		switch string(p.name) {
		case "Identity":
			identity = p.value
		case "ForwardingSmtpAddress", "ForwardingAddress":
			e.Kind = forensics.ForwardingSet
			if empty(p.value) {
				add(&b, "forwarding removed")
			} else {
				add(&b, "forward to "+plainAddress(p.value))
			}
		case "DeliverToMailboxAndForward":
			if bytes.EqualFold(p.value, []byte("true")) {
				add(&b, "keep a copy")
			} else {
				add(&b, "keep no copy")
			}
		case "AuditEnabled", "AuditOwner", "AuditDelegate", "AuditAdmin", "LitigationHoldEnabled", "SingleItemRecoveryEnabled",
			"RetainDeletedItemsFor", "GrantSendOnBehalfTo":
			add(&b, text(p.name)+" "+text(p.value[:min(len(p.value), 200)]))
		}
	}
	if len(identity) == 0 {
		identity = r.get(fObject)
	}
	if len(identity) > 0 {
		e.Account = r.mailbox(identity, e.Account)
	}
	e.Detail = b.String()
}

// cmdlet tells the parameters of a cmdlet that has no kind of its own.
func (r *reader) cmdlet(e *forensics.Event) {
	var b strings.Builder
	for _, p := range r.pairs(r.nested(fParameters)) {
		if string(p.name) == "Identity" {
			e.Account = r.mailbox(p.value, e.Account)
			continue
		}
		if b.Len() < 500 {
			add(&b, text(p.name)+" "+text(p.value[:min(len(p.value), 200)]))
		}
	}
	e.Detail = b.String()
}

func add(b *strings.Builder, s string) {
	if b.Len() > 0 {
		b.WriteString(", ")
	}
	b.WriteString(s)
}
