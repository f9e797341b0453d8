package detect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"keytrail/forensics"
)

// The fields that a template can take out of a mail's words.
const (
	fieldKey         = "key"         // name of an app password or mail key
	fieldApp         = "app"         // name of an application that was given access
	fieldAccount     = "account"     // address, may be masked with * or •
	fieldDevice      = "device"      // device or browser
	fieldIP          = "ip"          // IP address
	fieldAmount      = "amount"      // number as written
	fieldAsset       = "asset"       // BTC, EUR, ...
	fieldDestination = "destination" // address of a wallet, a bank account
	fieldTxID        = "txid"
	fieldAny         = "any" // anything, kept nowhere
)

var fields = []string{fieldKey, fieldApp, fieldAccount, fieldDevice, fieldIP, fieldAmount, fieldAsset, fieldDestination, fieldTxID, fieldAny}

// template says where values stand: literal words with {placeholders} between.
type template struct {
	segments []segment
	raw      string
}

// segment is a literal (field empty; folded, lower case) or a placeholder.
type segment struct{ literal, field string }

type value struct{ field, text string }

func newTemplate(s string) (template, error) {
	t := template{raw: s}
	for rest := s; rest != ""; {
		literal, after, found := strings.Cut(rest, "{")
		if literal != "" {
			t.segments = append(t.segments, segment{literal: fold(literal).low})
		}
		if !found {
			break
		}
		field, next, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(fields, field) {
			return t, fmt.Errorf("unknown placeholder {%s}: known are %s", field, strings.Join(fields, ", "))
		}
		if n := len(t.segments); n > 0 && t.segments[n-1].field != "" {
			return t, fmt.Errorf("two placeholders without a word between them")
		}
		t.segments = append(t.segments, segment{field: field})
		rest = next
	}
	hasLiteral := slices.ContainsFunc(t.segments, func(s segment) bool { return strings.TrimSpace(s.literal) != "" })
	hasField := slices.ContainsFunc(t.segments, func(s segment) bool { return s.field != "" })
	if !hasLiteral || !hasField {
		return t, fmt.Errorf("a template needs a word and a placeholder")
	}
	return t, nil
}

// values finds the first place where the whole template fits. The work is bounded:
// maxTries places, and no placeholder spans more than maxGap bytes.
func (t *template) values(x text) []value {
	first := 0
	if t.segments[0].field != "" {
		first = 1
	}
	literal := t.segments[first].literal
	for from, tries := 0, 0; tries < maxTries; tries++ {
		i := strings.Index(x.low[from:], literal)
		if i < 0 {
			return nil
		}
		start := from + i
		from = start + 1
		if literal[0] != ' ' && !wordEdge(x.low, start) {
			continue
		}
		var got []value
		if first == 1 {
			lead := x.shown[max(0, start-maxGap):start]
			if nl := strings.LastIndexByte(strings.TrimRight(lead, "\n"), '\n'); nl >= 0 {
				lead = lead[nl+1:]
			}
			v, ok := checkValue(t.segments[0].field, lead)
			if !ok {
				continue
			}
			got = append(got, v)
		}
		if rest, ok := fit(x, start+len(literal), t.segments[first+1:]); ok {
			return append(got, rest...)
		}
	}
	return nil
}

// fit matches segments from pos on; they alternate between placeholder and literal.
func fit(x text, pos int, segments []segment) ([]value, bool) {
	var got []value
	for i := 0; i < len(segments); i += 2 {
		window := min(len(x.low), pos+maxGap)
		start := pos
		for start < window && x.low[start] == ' ' { // a value never begins with the blank before it
			start++
		}
		var end, next int
		if i+1 < len(segments) {
			literal := segments[i+1].literal
			n := strings.Index(x.low[start:window], literal)
			if n < 0 {
				return nil, false
			}
			end, next = start+n, start+n+len(literal)
		} else {
			end = start
			for end < window && x.shown[end] != '\n' && (!oneWord(segments[i].field) || x.low[end] != ' ') {
				end++
			}
			next = end
		}
		v, ok := checkValue(segments[i].field, x.shown[start:end])
		if !ok {
			return nil, false
		}
		got = append(got, v)
		pos = next
	}
	return got, true
}

// oneWord tells the fields whose value has no white space inside.
func oneWord(field string) bool {
	switch field {
	case fieldAccount, fieldAmount, fieldAsset, fieldDestination, fieldTxID, fieldIP:
		return true
	}
	return false
}

// checkValue trims a value and refuses one that cannot be of its field.
func checkValue(field, s string) (value, bool) {
	s = bounded(strings.ToValidUTF8(s, "\ufffd"))
	if oneWord(field) {
		s = strings.TrimRight(strings.TrimLeft(s, "(<[\"'"), ".,;:!?)>]\"'")
		if strings.ContainsAny(s, " \t") {
			return value{}, false
		}
	}
	ok := s != ""
	switch field {
	case fieldAny:
		ok = true
	case fieldAccount:
		at := strings.IndexByte(s, '@')
		ok = at > 0 && at < len(s)-1
		s = strings.ToLower(s)
	case fieldAmount:
		ok = strings.ContainsAny(s, "0123456789")
	case fieldAsset:
		ok = ok && len(s) <= 12
	case fieldIP:
		_, err := netip.ParseAddr(s)
		ok = err == nil
	}
	return value{field, s}, ok
}

// apply puts what the rule's templates find into the event. Subject before body,
// and the first value of a field stays.
func (r *Rule) apply(e *forensics.Event, subject text, body func() text) (account, app string) {
	found := map[string]string{}
	for i := range r.find {
		t := &r.find[i]
		got := t.values(subject)
		if got == nil {
			got = t.values(body())
		}
		for _, v := range got {
			if _, has := found[v.field]; !has {
				found[v.field] = v.text
			}
		}
	}
	set := func(to *string, field string) {
		if v := found[field]; v != "" {
			*to = v
		}
	}
	set(&e.Key, fieldKey)
	set(&e.Client, fieldDevice)
	set(&e.Destination, fieldDestination)
	set(&e.TxID, fieldTxID)
	if a := found[fieldAmount]; a != "" {
		e.Amount, e.Asset = amountOf(a)
	}
	set(&e.Asset, fieldAsset)
	if ip, err := netip.ParseAddr(found[fieldIP]); err == nil {
		e.IP = ip.Unmap()
	}
	return found[fieldAccount], found[fieldApp]
}

// amountOf splits a currency sign off. The digits stay as written, except for
// separators of thousands that cannot be anything else ("1,234.50", "12,345,678").
func amountOf(s string) (amount, asset string) {
	for _, sign := range []struct{ sign, asset string }{{"€", "EUR"}, {"£", "GBP"}, {"$", "$"}, {"¥", "¥"}} {
		if strings.Contains(s, sign.sign) {
			s, asset = strings.Replace(s, sign.sign, "", 1), sign.asset
			break
		}
	}
	s = strings.TrimSpace(s)
	comma, dot := strings.Count(s, ","), strings.Count(s, ".")
	switch {
	case comma > 0 && dot == 1 && strings.LastIndexByte(s, '.') > strings.LastIndexByte(s, ','), comma > 1 && dot == 0:
		s = strings.ReplaceAll(s, ",", "")
	case dot > 0 && comma == 1 && strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.'):
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	case dot > 1 && comma == 0:
		s = strings.ReplaceAll(s, ".", "")
	}
	return s, asset
}

// sameAccount reports whether two spellings can name one account: case, a plus
// tag and Gmail's dots do not count; * and • of a masked address stand for anything.
func sameAccount(a, b string) bool {
	a, b = canonical(a), canonical(b)
	if a == b {
		return true
	}
	if !strings.ContainsAny(a, "*•") {
		a, b = b, a
	}
	return strings.ContainsAny(a, "*•") && masked(a, b)
}

func canonical(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	local, domain := address[:at], address[at+1:]
	local, _, _ = strings.Cut(local, "+")
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// masked matches runs of mask characters against anything, in one pass.
func masked(pattern, s string) bool {
	parts := strings.FieldsFunc(pattern, func(r rune) bool { return r == '*' || r == '•' })
	if len(parts) == 0 {
		return true
	}
	first, _ := cutMask(pattern)
	if !first {
		rest, ok := strings.CutPrefix(s, parts[0])
		if !ok {
			return false
		}
		s, parts = rest, parts[1:]
	}
	for i, part := range parts {
		if _, last := cutMask(pattern); i == len(parts)-1 && !last {
			return strings.HasSuffix(s, part)
		}
		_, rest, ok := strings.Cut(s, part)
		if !ok {
			return false
		}
		s = rest
	}
	return true
}

// cutMask tells whether a pattern begins and ends with a mask character.
func cutMask(p string) (first, last bool) {
	return strings.HasPrefix(p, "*") || strings.HasPrefix(p, "•"), strings.HasSuffix(p, "*") || strings.HasSuffix(p, "•")
}
