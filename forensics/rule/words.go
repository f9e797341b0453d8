package rule

import (
	"strings"

	"keytrail/forensics"
)

// service is what an event's service is to a mailbox.
type service struct {
	mail bool // it holds mailboxes
	name string
}

// mailServices hold mailboxes, by the name that notices and logs give. Never changed.
var mailServices = map[string]bool{
	"google": true, "microsoft": true, "apple": true, "yahoo": true, "aol": true, "att": true, "comcast": true,
	"fastmail": true, "gmx": true, "webde": true, "proton": true, "gmail": true, "exchange": true, "okta": true,
}

// homes are the services behind the domains of consumer mailboxes. Never changed.
var homes = map[string][]string{
	"gmail.com": {"google"}, "googlemail.com": {"google"},
	"outlook.com": {"microsoft"}, "hotmail.com": {"microsoft"}, "live.com": {"microsoft"}, "msn.com": {"microsoft"},
	"icloud.com": {"apple"}, "me.com": {"apple"}, "mac.com": {"apple"},
	"yahoo.com": {"yahoo"}, "ymail.com": {"yahoo"}, "rocketmail.com": {"yahoo"}, "aol.com": {"aol", "yahoo"},
	"att.net": {"att", "yahoo"}, "sbcglobal.net": {"att", "yahoo"}, "bellsouth.net": {"att", "yahoo"}, "ameritech.net": {"att", "yahoo"},
	"pacbell.net": {"att", "yahoo"}, "swbell.net": {"att", "yahoo"}, "prodigy.net": {"att", "yahoo"}, "nvbell.net": {"att", "yahoo"},
	"flash.net": {"att", "yahoo"}, "snet.net": {"att", "yahoo"}, "wans.net": {"att", "yahoo"}, "currently.com": {"att", "yahoo"},
	"comcast.net": {"comcast", "yahoo"}, "fastmail.com": {"fastmail"}, "fastmail.fm": {"fastmail"},
	"gmx.net": {"gmx"}, "gmx.de": {"gmx"}, "gmx.com": {"gmx"}, "gmx.at": {"gmx"}, "gmx.ch": {"gmx"}, "web.de": {"webde"},
	"proton.me": {"proton"}, "protonmail.com": {"proton"}, "protonmail.ch": {"proton"},
}

func (e *evaluation) service(s forensics.Symbol) service {
	if v, ok := e.cache.services[s]; ok {
		return v
	}
	v := service{name: e.text(s)}
	v.mail = mailServices[v.name]
	e.cache.services[s] = v
	return v
}

// own reports whether an event is about the mailbox itself: it names no service, or the one that holds it.
// A notice of another provider is about an account there, even where that one holds mailboxes too.
func (e *evaluation) own(b *forensics.Brief) bool {
	if b.Service == 0 {
		return true
	}
	v := e.service(b.Service)
	if !v.mail {
		return false
	}
	if b.Certainty == forensics.Observed && b.Account != 0 || e.home == nil {
		return true
	}
	for _, h := range e.home {
		if h == v.name {
			return true
		}
	}
	return false
}

// detail is what a further fact says that rules ask for.
type detail struct {
	other     bool // the notice is about another account
	imitates  bool
	hides     bool // a rule that deletes, moves out of sight or marks as read
	words     bool // ... and looks for words of security or money
	sends     bool // forwards or redirects
	removed   bool // forwarding or a rule taken away
	throttled bool
	server    bool // the server did it by itself
	back      bool // moved to the inbox or out of the trash
	off       bool // a second factor switched off
	routine   bool // what a service sends for every login or withdrawal
	risky     bool
}

func (e *evaluation) detail(s forensics.Symbol) detail {
	if s == 0 {
		return detail{}
	}
	if d, ok := e.cache.details[s]; ok {
		return d
	}
	d := newDetail(e.text(s))
	e.cache.details[s] = d
	return d
}

// Routine reports whether a notice with such a detail is one that a service sends for every login or withdrawal.
func Routine(text string) bool { return newDetail(text).routine }

func newDetail(s string) detail {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(s, w) {
				return true
			}
		}
		return false
	}
	return detail{
		other:    has("about another account"),
		imitates: strings.HasPrefix(s, "imitates "),
		hides: has("delete", "junk", "rss", "archive", "conversation history", "mark as read", "markasread", "trash", "discard",
			"moved", "move to", "bounce"),
		words: has("phish", "hack", "alert", "malware", "security", "invoice", "payment", "wire", "transfer", "fraud", "reset", "unusual",
			"protection", "suspicious", "password", "verification", "withdraw", "coinbase", "gemini", "kraken", "binance", "crypto"),
		sends:     has("forward", "redirect"),
		removed:   has("forwarding removed", "removemailboxrule", "deletemailboxrule"),
		throttled: has("throttled"),
		back:      s == "to inbox" || s == "out of trash" || s == "inbox",
		server:    has("by the server itself", "by an administrator"),
		routine:   has("withdrawal", "one-time code", "security code", "verification code"),
		off:       has("turned off", "disabled"),
		risky:     has("is_suspicious", "risk", "threatsuspected"),
	}
}

// operation is what a source's own name for an event says that rules ask for.
type operation struct {
	removes bool // a rule or forwarding taken away
	bypass  bool // the audit log switched off or changed
	forced  bool // an administrator or the provider did it
	off     bool
}

func (e *evaluation) op(s forensics.Symbol) operation {
	if s == 0 {
		return operation{}
	}
	if o, ok := e.cache.operation[s]; ok {
		return o
	}
	t := e.text(s)
	o := operation{
		removes: strings.HasPrefix(t, "remove-") || strings.HasPrefix(t, "disable-"),
		bypass:  strings.HasPrefix(t, "set-mailboxauditbypassassociation") || strings.HasPrefix(t, "set-adminauditlogconfig"),
		forced: strings.Contains(t, "by admin") || strings.HasPrefix(t, "admin ") || strings.HasPrefix(t, "reset user password") || t == "reset password" ||
			t == "change_password" || t == "change_password_on_next_login" || strings.HasPrefix(t, "set force change") || t == "reset_signin_cookies" ||
			t == "user.account.expire_password",
		off: strings.Contains(t, "disable") || strings.Contains(t, "unenroll") || strings.HasPrefix(t, "delete ") || strings.HasPrefix(t, "remove ") ||
			strings.HasPrefix(t, "user deleted") ||
			t == "user.mfa.factor.deactivate" || t == "user.mfa.factor.reset_all" || t == "user.mfa.factor.suspend",
	}
	e.cache.operation[s] = o
	return o
}

// protocol is how a client speaks to the mailbox.
type protocol uint8

const (
	protocolUnknown protocol = iota
	protocolWeb
	protocolLegacy // with a password or key alone, past a second factor
	protocolOther
)

func (e *evaluation) protocol(s forensics.Symbol) protocol {
	if s == 0 {
		return protocolUnknown
	}
	if p, ok := e.cache.protocols[s]; ok {
		return p
	}
	p := protocolOther
	switch e.text(s) {
	case "web", "browser", "https", "http":
		p = protocolWeb
	case "imap", "imaps", "imap4", "pop3", "pop3s", "pop", "smtp", "submission", "ews", "activesync", "managesieve", "other clients":
		p = protocolLegacy
	}
	e.cache.protocols[s] = p
	return p
}

// domain gives the number of an address's domain.
func (e *evaluation) domain(s forensics.Symbol) uint32 {
	if s == 0 {
		return 0
	}
	if d, ok := e.cache.domains[s]; ok {
		return d
	}
	_, host, _ := strings.Cut(e.text(s), "@")
	d := e.cache.name('d', host)
	e.cache.domains[s] = d
	return d
}
