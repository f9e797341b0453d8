package attacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"keytrail/forensics"
)

// workspaceLog writes the activities of the Reports API, one file for each application.
type workspaceLog struct {
	g     *generator
	files map[string]*bytes.Buffer
	place bool // the mail log says where from
	came  bool // and what came
	n     int
}

func (g *generator) writeWorkspace() {
	w := &workspaceLog{g: g, files: map[string]*bytes.Buffer{}, place: g.chance(0.6), came: g.chance(0.4)}
	for i := range g.acts {
		if a := &g.acts[i]; g.logged(a.at) && !a.at.After(g.c.End) {
			w.act(a)
		}
	}
	for name, b := range w.files {
		b.WriteString("]}\n")
		g.file("log/"+name+".json", b)
	}
}

type parameter map[string]any

func (w *workspaceLog) record(a *act, app, actor, typ, name string, parameters []parameter) {
	b := w.files[app]
	if b == nil {
		b = &bytes.Buffer{}
		b.WriteString(`{"activities": [`)
		w.files[app] = b
	} else {
		b.WriteString(",\n")
	}
	w.n++
	record := map[string]any{
		"kind":   "admin#reports#activity",
		"id":     map[string]string{"time": a.at.UTC().Format("2006-01-02T15:04:05.000Z"), "uniqueQualifier": strconv.Itoa(100000 + w.n), "applicationName": app, "customerId": "C0example"},
		"actor":  map[string]string{"callerType": "USER", "email": actor, "profileId": "100000000000000000001"},
		"events": []any{map[string]any{"type": typ, "name": name, "parameters": parameters}},
	}
	if a.in != nil && (app != "gmail" || w.place) {
		record["ipAddress"] = a.in.addr.String()
	}
	data, err := json.Marshal(record)
	if err != nil {
		panic(err) // texts and lists of texts
	}
	b.Write(data)
}

func (w *workspaceLog) own(a *act, app, typ, name string, parameters ...parameter) {
	w.record(a, app, w.g.user(a), typ, name, parameters)
}

func (w *workspaceLog) admin(a *act, name string, parameters ...parameter) {
	w.record(a, "admin", "admin@works.example", "USER_SETTINGS", name, append(parameters, parameter{"name": "USER_EMAIL", "value": w.g.c.Account}))
}

// mail writes one line of Gmail's log.
func (w *workspaceLog) mail(a *act, event int, l *letter, kind forensics.Kind) {
	client := ""
	if a.in != nil {
		client = a.in.client.kind
	}
	inner := func(list ...parameter) map[string]any { return map[string]any{"parameter": list} }
	w.own(a, "gmail", "delivery_type", "delivery",
		parameter{"name": "event_info", "messageValue": inner(
			parameter{"name": "mail_event_type", "intValue": strconv.Itoa(event)}, parameter{"name": "success", "boolValue": true},
			parameter{"name": "client_context", "messageValue": inner(parameter{"name": "client_type", "value": client})})},
		parameter{"name": "message_info", "messageValue": inner(
			parameter{"name": "subject", "value": l.subject}, parameter{"name": "rfc2822_message_id", "value": "<" + l.id + ">"},
			parameter{"name": "source", "messageValue": inner(parameter{"name": "from_header_address", "value": l.from})})})
	m := Mark{Kind: kind, MessageID: l.id}
	if w.place && a.in != nil {
		m.IP = a.in.addr
	}
	if a.what == letterCame {
		m.At = a.at
		w.g.markAs(0, m)
		return
	}
	w.g.mark(a, m)
}

func (w *workspaceLog) act(a *act) {
	switch a.what {
	case didLogin:
		w.own(a, "login", "login", "login_success", parameter{"name": "login_type", "value": "google_password"}, parameter{"name": "is_suspicious", "boolValue": false})
		w.g.mark(a, Mark{Kind: forensics.LoginSucceeded, IP: a.in.addr})
	case didFail:
		w.own(a, "login", "login", "login_failure", parameter{"name": "login_type", "value": "google_password"}, parameter{"name": "login_failure_type", "value": "login_failure_invalid_password"})
		w.g.mark(a, Mark{Kind: forensics.LoginFailed, IP: a.in.addr})
	case didRead:
		l := a.letter
		if l == nil {
			if l = w.g.standing(a.at); l == nil {
				return
			}
		}
		w.mail(a, 31, l, forensics.MailRead)
	case didTrash:
		w.mail(a, 13, a.letter, forensics.MailDeleted)
	case didPurge:
		for _, l := range a.letters {
			w.mail(a, 27, l, forensics.MailPurged)
		}
	case letterWent:
		w.mail(a, 1, a.letter, forensics.MailSent)
	case letterCame:
		if w.came {
			w.mail(a, 2, a.letter, forensics.MailReceived)
		}
	case passwordChanged:
		w.own(a, "user_accounts", "password_change", "password_edit")
		w.g.mark(a, Mark{Kind: forensics.PasswordChanged, IP: a.in.addr})
	case recoveryChanged:
		w.own(a, "user_accounts", "recovery_info_change", "recovery_email_edit")
		w.g.mark(a, Mark{Kind: forensics.RecoveryChanged, IP: a.in.addr})
	case forwardMade:
		w.own(a, "user_accounts", "email_forwarding_change", "email_forwarding_out_of_domain", parameter{"name": "email_forwarding_destination_address", "value": a.text})
		w.g.mark(a, Mark{Kind: forensics.ForwardingSet, IP: a.in.addr})
	case consentGiven:
		w.own(a, "token", "auth", "authorize", parameter{"name": "app_name", "value": a.text}, parameter{"name": "client_id", "value": "1234567890.apps.example"})
		w.g.mark(a, Mark{Kind: forensics.ConsentGranted, IP: a.in.addr})
	case sessionsRevoked:
		w.admin(a, "RESET_SIGNIN_COOKIES")
		w.g.mark(a, Mark{Kind: forensics.SessionRevoked})
	case keyGone:
		if a.alone {
			w.admin(a, "REVOKE_ASP", parameter{"name": "ASP_ID", "value": strconv.Itoa(a.seq)})
			w.g.mark(a, Mark{Kind: forensics.KeyRemoved})
		}
	}
}

// writeTakeout writes the access log of a private account. It knows logins and little else.
func (g *generator) writeTakeout() {
	var b bytes.Buffer
	b.WriteString("Gaia ID,Activity Timestamp,IP Address,Proxiedhost IP Address,Is Non-routable IP Address,Activity Country,Activity Region,Activity City,User Agent String,Product Name,Sub-Product Name,Referer Product Name,Referer Sub-Product Name,Activity Type,Gmail Access Channel,Android Webview Package Name\n")
	for i := range g.acts {
		a := &g.acts[i]
		if !g.logged(a.at) || a.at.After(g.c.End) {
			continue
		}
		what, kind := "Login", forensics.LoginSucceeded
		switch {
		case a.what == didLogin:
		case a.what == didEnd && !a.in.hidden:
			what, kind = "Non User Initiated", forensics.Other
		default:
			continue
		}
		fmt.Fprintf(&b, "123456789,%s,%s,,,%s,,,\"%s\",Gmail,,,,%s,,\n", a.at.UTC().Format("2006-01-02 15:04:05 UTC"), a.in.addr, Where(a.in.addr).Country, a.in.client.agent, what)
		t := *a
		if kind == forensics.Other {
			t.step = ""
		}
		g.mark(&t, Mark{Kind: kind, IP: a.in.addr})
	}
	g.file("Takeout/Access Log Activity/Activities - A list of Google services accessed by.csv", &b)
}
