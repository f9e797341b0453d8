package detect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
)

// ruleCase is a mail in a rule file with what has to come of it.
type ruleCase struct {
	file  string
	line  int64
	is    bool
	rules []string // as written: without a slash a rule of the file's brand, else of generic.rules
	mail  []string
}

// caseHeading recognises "-- is RULE --" and "-- not RULE RULE --".
func caseHeading(line string) (string, bool) {
	rest, ok := strings.CutPrefix(line, "-- ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(strings.TrimSpace(rest), " --")
}

func newCase(file string, line int64, heading string) (ruleCase, error) {
	words := strings.Fields(heading)
	c := ruleCase{file: file, line: line}
	if len(words) < 2 || (words[0] != "is" && words[0] != "not") {
		return c, fmt.Errorf("a case begins with \"-- is RULE --\" or \"-- not RULE... --\"")
	}
	c.is, c.rules = words[0] == "is", words[1:]
	if c.is && len(c.rules) != 1 {
		return c, fmt.Errorf("a mail can be of one rule only")
	}
	return c, nil
}

// event builds the case's mail and classifies it. Besides From, To, Subject and any
// other header, a case knows two lines of its own: "Verdict: dmarc=pass DOMAIN" is what
// the receiver recorded, "Expect: field=value | ..." what the event must hold.
func (c *ruleCase) event(n *Notices) (e forensics.Event, expect string, err error) {
	headers := map[string][]string{}
	body := c.mail
	m := forensics.Mail{}
	for i, line := range c.mail {
		body = c.mail[i+1:]
		if line == "" {
			if len(headers) == 0 {
				continue
			}
			break
		}
		if line[0] == '#' {
			continue
		}
		key, val, ok := strings.Cut(line, ":")
		if !ok {
			return e, "", fmt.Errorf("not a header line: %.60q", line)
		}
		key, val = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(val)
		headers[key] = append(headers[key], val)
		switch key {
		case "from":
			m.FromName, m.From = splitAddress(val)
		case "to":
			_, to := splitAddress(val)
			m.To = append(m.To, to)
		case "subject":
			m.Subject = val
		case "expect":
			expect = val
		case "verdict":
			what, domain, _ := strings.Cut(val, " ")
			method, result, ok := strings.Cut(what, "=")
			if !ok {
				return e, "", fmt.Errorf("a verdict reads \"dmarc=pass DOMAIN\", not %q", val)
			}
			m.Auth = append(m.Auth, forensics.AuthVerdict{Server: "mx.receiver.example", Method: method, Result: result, Domain: strings.TrimSpace(domain), Below: 1})
		}
	}
	if m.From == "" {
		return e, "", errors.New("no From line")
	}
	if len(headers["received"]) == 0 && len(m.Auth) > 0 {
		headers["received"] = []string{"from sender.example ([192.0.2.1]) by mx.receiver.example with ESMTPS id 1"}
	}
	m.Header = func(name string) []string { return headers[strings.ToLower(name)] }
	whole := strings.Join(body, "\n")
	m.Text = func() string { return whole }
	e = forensics.Event{Kind: forensics.MailReceived, From: m.From, To: m.To, Subject: m.Subject}
	if len(m.To) > 0 {
		e.Account = m.To[0]
	}
	n.Classify(&m, &e)
	return e, expect, nil
}

func splitAddress(s string) (name, address string) {
	open := strings.LastIndexByte(s, '<')
	if open < 0 {
		return "", strings.ToLower(s)
	}
	return strings.Trim(strings.TrimSpace(s[:open]), `"`), strings.ToLower(strings.TrimRight(s[open+1:], "> "))
}

// run reports how the case's mail comes out otherwise than the case says.
func (c *ruleCase) run(n *Notices, brand string) error {
	fail := func(format string, args ...any) error {
		return &forensics.Error{What: fmt.Sprintf(format, args...), File: c.file, Line: c.line, Byte: -1}
	}
	e, expect, err := c.event(n)
	if err != nil {
		return fail("case cannot be read: %v", err)
	}
	ids := make([]string, len(c.rules))
	for i, name := range c.rules {
		id, ok := n.resolve(brand, name)
		if !ok {
			return fail("case names an unknown rule %q", name)
		}
		ids[i] = id
	}
	switch hit := slices.Contains(ids, e.Rule); {
	case c.is && !hit:
		return fail("case should be %s, and is %q (%s)", ids[0], e.Rule, e.Kind)
	case !c.is && hit:
		return fail("case must not be %s", e.Rule)
	}
	for item := range strings.SplitSeq(expect, "|") {
		field, want, ok := strings.Cut(strings.TrimSpace(item), "=")
		if !ok {
			if field == "" {
				continue
			}
			return fail("expectation %q is not field=value", item)
		}
		got, known := eventField(&e, field)
		if !known {
			return fail("unknown field %q", field)
		}
		if got != want {
			return fail("%s is %q, want %q", field, got, want)
		}
	}
	return nil
}

// eventField gives what Expect lines can ask for.
func eventField(e *forensics.Event, field string) (string, bool) {
	switch field {
	case "kind":
		return e.Kind.String(), true
	case "sender":
		return e.Sender.String(), true
	case "service":
		return e.Service, true
	case "basis":
		return e.RuleBasis, true
	case "detail":
		return e.Detail, true
	case "account":
		return e.Account, true
	case "key":
		return e.Key, true
	case "device":
		return e.Client, true
	case "ip":
		if !e.IP.IsValid() {
			return "", true
		}
		return e.IP.String(), true
	case "amount":
		return e.Amount, true
	case "asset":
		return e.Asset, true
	case "destination":
		return e.Destination, true
	case "txid":
		return e.TxID, true
	case "reasons":
		return strings.Join(e.Reasons, ","), true
	}
	return "", false
}
