package filter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

// shape writes an expression so that its structure shows.
func shape(e Expr) string {
	list := func(word string, l []Expr) string {
		var parts []string
		for _, x := range l {
			parts = append(parts, shape(x))
		}
		return word + "(" + strings.Join(parts, " ") + ")"
	}
	switch e := e.(type) {
	case nil:
		return "all"
	case *And:
		return list("and", e.List)
	case *Or:
		return list("or", e.List)
	case *Not:
		return "not(" + shape(e.Expr) + ")"
	case *Term:
		return e.Key + "=" + strings.Join(e.parts, "*")
	}
	return "?"
}

func TestParseShapes(t *testing.T) {
	for _, tt := range []struct{ in, want, printed string }{
		{"", "all", ""},
		{"  \t ", "all", ""},
		{"reset", "=reset", "reset"},
		{"a b", "and(=a =b)", "a b"},
		{"a AND b", "and(=a =b)", "a b"},
		{"a OR b c", "or(=a and(=b =c))", "a OR b c"},
		{"(a OR b) c", "and(or(=a =b) =c)", "(a OR b) c"},
		{"a or b", "and(=a =or =b)", "a or b"},
		{"-a", "not(=a)", "-a"},
		{"NOT a", "not(=a)", "-a"},
		{"NOT(a b)", "not(and(=a =b))", "-(a b)"},
		{"--a", "not(not(=a))", "--a"},
		{"-(a OR -b)", "not(or(=a not(=b)))", "-(a OR -b)"},
		{"((a))", "=a", "a"},
		{"(a b) c", "and(and(=a =b) =c)", "(a b) c"},
		{`"two words"`, "=two words", `"two words"`},
		{`"a\"b\\c"`, `=a"b\c`, `"a\"b\\c"`},
		{"a-b", "=a-b", "a-b"},
		{`"-a"`, "=-a", `"-a"`},
		{`"OR"`, "=OR", `"OR"`},
		{"Account:Pat@*", "account=Pat@*", "account:Pat@*"},
		{`client:"Outlook 16"*`, "client=Outlook 16*", `client:"Outlook 16"*`},
		{`subject:"5 * 3"`, "subject=5 * 3", `subject:"5 * 3"`},
		{"a**b***", "=a*b*", "a*b*"},
		{`a*""*b`, "=a*b", "a*b"},
		{"2001:db8::1", "=2001:db8::1", `"2001:db8::1"`},
		{"fe::1", "=fe::1", `"fe::1"`},
		{"https://example.com/x", "=https://example.com/x", `"https://example.com/x"`},
		{"ip:2001:db8::/32", "ip=2001:db8::/32", "ip:2001:db8::/32"},
		{"on:2022-11-14T03:00", "on=2022-11-14T03:00", "on:2022-11-14T03:00"},
		{"folder:-x", "folder=-x", "folder:-x"},
		{"subject:OR x", "and(subject=OR =x)", "subject:OR x"},
	} {
		t.Run(tt.in, func(t *testing.T) {
			e, err := Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := shape(e); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if e == nil {
				return
			}
			if got := e.String(); got != tt.printed {
				t.Errorf("printed %s, want %s", got, tt.printed)
			}
			again, err := Parse(e.String())
			if err != nil || !Equal(e, again) {
				t.Errorf("%s parses to %s, %v", e, shape(again), err)
			}
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range []struct {
		in         string
		column     int
		text       string
		suggestion string
	}{
		{"acount:pat", 1, "no key", "account:"},
		{"ä acuont:pat", 3, "no key", "account:"},
		{"zzzzzz:1", 1, "no key", `"zzzzzz:1" in quotes, to look for these letters`},
		{"kind:login-faild", 6, "has no value", "kind:login-failed"},
		{"group:keys", 7, "has no value", "group:key"},
		{"certainty:sure", 11, "it has observed, reported, inferred", ""},
		{"verdict:notmine", 9, "has no value", "verdict:not-mine"},
		{"account:", 9, "needs a value", ""},
		{`account:""`, 9, "needs a value", ""},
		{"ip:203.0.113", 4, "no IP address", "ip:203.0.113.*"},
		{"ip:203.0.113.", 4, "no IP address", "ip:203.0.113.*"},
		{"ip:pat", 4, "no IP address", ""},
		{"ip:pat*", 4, "cannot be part", ""},
		{"asn:many", 5, "needs a number", ""},
		{"evidence:-1", 10, "needs a number", ""},
		{"after:yesterday", 7, "is no time", ""},
		{"on:2022-13", 4, "is no time", ""},
		{"on:20221114*", 4, "is no time", ""},
		{"(a", 1, "never closed", ""},
		{"a)", 2, "closes nothing", ""},
		{"()", 1, "nothing stands", ""},
		{`"abc`, 1, "never closed", ""},
		{`subject:"abc`, 9, "never closed", ""},
		{"a OR", 3, "must follow OR", ""},
		{"OR a", 1, "before OR", ""},
		{"a OR OR b", 6, "before OR", ""},
		{"(a OR )", 4, "must follow OR", ""},
		{"a AND", 3, "must follow AND", ""},
		{"-", 1, "must follow the minus", ""},
		{"a - b", 3, "must follow the minus", ""},
		{`""`, 1, "empty word", ""},
		{strings.Repeat("(", 200) + "a", 102, "too deeply", ""},
		{strings.Repeat("a", 70000), 65537, "too long", ""},
	} {
		t.Run(tt.in[:min(len(tt.in), 20)], func(t *testing.T) {
			_, err := Parse(tt.in)
			var e *SyntaxError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Column != tt.column || !strings.Contains(e.Text, tt.text) || e.Suggestion != tt.suggestion {
				t.Errorf("got %+v", e)
			}
			if !strings.Contains(err.Error(), "column") || tt.suggestion != "" && !strings.Contains(err.Error(), tt.suggestion) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Skip(err)
	}
	for _, tt := range []struct {
		in       string
		loc      *time.Location
		from, to string
	}{
		{"2022", time.UTC, "2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z"},
		{"2022-11", time.UTC, "2022-11-01T00:00:00Z", "2022-12-01T00:00:00Z"},
		{"2022-11-14", time.UTC, "2022-11-14T00:00:00Z", "2022-11-15T00:00:00Z"},
		{"2022-11-14", chicago, "2022-11-14T06:00:00Z", "2022-11-15T06:00:00Z"},
		{"2022-11-06", chicago, "2022-11-06T05:00:00Z", "2022-11-07T06:00:00Z"}, // a day of 25 hours
		{"2022-11-14T03", time.UTC, "2022-11-14T03:00:00Z", "2022-11-14T04:00:00Z"},
		{"2022-11-14T03:00", time.UTC, "2022-11-14T03:00:00Z", "2022-11-14T03:01:00Z"},
		{"2022-11-14T03:00Z", chicago, "2022-11-14T03:00:00Z", "2022-11-14T03:01:00Z"},
		{"2022-11-14T03:00:05+02:00", chicago, "2022-11-14T01:00:05Z", "2022-11-14T01:00:06Z"},
		{"2022-11-14t03:00:05z", chicago, "2022-11-14T03:00:05Z", "2022-11-14T03:00:06Z"},
		{`"2022-11-14 03:00"`, time.UTC, "2022-11-14T03:00:00Z", "2022-11-14T03:01:00Z"},
		{"2022-11-14T03:00:05.25Z", time.UTC, "2022-11-14T03:00:05.25Z", "2022-11-14T03:00:05.250000001Z"},
	} {
		e, err := ParseIn("on:"+tt.in, tt.loc)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		term := e.(*Term)
		got := []string{time.Unix(0, term.From).UTC().Format(time.RFC3339Nano), time.Unix(0, term.To).UTC().Format(time.RFC3339Nano)}
		if diff := cmp.Diff([]string{tt.from, tt.to}, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.in, diff)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		match, find   bool
	}{
		{"abc", "abc", true, true},
		{"abc", "xabcx", false, true},
		{"ABC", "abc", true, true},
		{"a*", "abc", true, true},
		{"*c", "abc", true, true},
		{"a*c", "ac", true, true},
		{"ab*bc", "abc", false, false},
		{"a*b*c", "axxbyyc", true, true},
		{"a*b*c", "acb", false, false},
		{"*", "x", true, true},
		{"*", "", false, false},
		{"b*c", "abxcd", false, true},
		{"ÄÖ*", "äöü", true, true},
	} {
		p := newPattern(strings.Split(tt.pattern, "*"))
		if got := p.Match(tt.text); got != tt.match {
			t.Errorf("%q matches %q: %v", tt.pattern, tt.text, got)
		}
		if got := p.Find(tt.text); got != tt.find {
			t.Errorf("%q found in %q: %v", tt.pattern, tt.text, got)
		}
	}
}

func TestKindsOfGroups(t *testing.T) {
	e, err := Parse("group:login")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range forensics.Kinds() {
		if got := e.(*Term).HasKind(k); got != (k.Group() == forensics.GroupLogin) {
			t.Errorf("%s: %v", k, got)
		}
	}
}

// Every key has an example that parses, a help text, and a name that is no
// keyword.
func TestKeysAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		if seen[k.Name] || k.Help == "" || !strings.HasPrefix(k.Example, k.Name+":") || k.Name != Fold(k.Name) {
			t.Errorf("key %+v", k)
		}
		seen[k.Name] = true
		if _, err := Parse(k.Example); err != nil {
			t.Errorf("%s: %v", k.Example, err)
		}
		if (k.Type == TypeKind || k.Type == TypeChoice) != (len(k.Choices) > 0) {
			t.Errorf("%s: choices %v", k.Name, k.Choices)
		}
	}
}

func TestComplete(t *testing.T) {
	values := func(key string) []string {
		if key == "client" {
			return []string{"Thunderbird", "Outlook 16", "My Outlook"}
		}
		return nil
	}
	for _, tt := range []struct {
		input  string
		cursor int
		start  int
		want   []string
	}{
		{"acc", 3, 0, []string{"account:"}},
		{"se", 2, 0, []string{"service:", "session:", "sender:"}},
		{"ä -(ACC", 7, 4, []string{"account:"}},
		{"x kind:login", 12, 7, []string{"login-succeeded", "login-failed"}},
		{"kind:failed", 11, 5, []string{"login-failed"}},
		{"client:out rest", 10, 7, []string{`"Outlook 16"`, `"My Outlook"`}},
		{`client:"outlook 1`, 17, 7, []string{`"Outlook 16"`}},
		{"client:", 7, 7, []string{"Thunderbird", `"Outlook 16"`, `"My Outlook"`}},
		{"subject:x", 9, 8, nil},
		{"nokey:x", 7, 0, nil},
		{"abc", 99, 0, nil},
		{"a ", 2, 2, nil}, // all keys: compared below
	} {
		start, got := Complete(tt.input, tt.cursor, values)
		if tt.input == "a " {
			if start != 2 || len(got) != len(Keys()) {
				t.Errorf("an empty token offers %d of %d keys", len(got), len(Keys()))
			}
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || start != tt.start {
			t.Errorf("%q: start %d, -want +got:\n%s", tt.input, start, diff)
		}
	}
	if _, got := Complete("client:", 7, nil); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestQuote(t *testing.T) {
	for _, value := range []string{"", "plain", "two words", `a"b\c`, "a*b", "(x)", "-x", "OR", "a:b", "ünï"} {
		e, err := Parse("subject:" + Quote(value))
		if value == "" {
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		if term := e.(*Term); !term.Pattern.IsLiteral() || term.Value != value {
			t.Errorf("%q came back as %q", value, term.Value)
		}
	}
}

// What parses prints so that it parses to the same; mistakes point into the text.
func FuzzParse(f *testing.F) {
	for _, k := range Keys() {
		f.Add(k.Example)
	}
	for _, s := range []string{"(a OR -b) c*\"d e\"", `-(("x\"y" OR NOT z))`, "ip:::1 AND", "\"*\"*", "a\u0085b", "on:0000", "after:9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		var syntax *SyntaxError
		if err != nil {
			if !errors.As(err, &syntax) || syntax.Column < 1 || syntax.Column > len([]rune(s))+1 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if e == nil {
			return
		}
		again, err := Parse(e.String())
		if err != nil {
			t.Fatalf("%q prints as %q: %v", s, e, err)
		}
		if !Equal(e, again) || e.String() != again.String() {
			t.Fatalf("%q prints as %q, which prints as %q", s, e, again)
		}
	})
}

func FuzzComplete(f *testing.F) {
	f.Add("kind:login (acc", 8)
	f.Add(`client:"a b`, 11)
	f.Fuzz(func(t *testing.T, s string, cursor int) {
		start, _ := Complete(s, cursor, func(string) []string { return []string{"one", "t w"} })
		if start < 0 || start > len([]rune(s)) {
			t.Fatalf("start %d of %q", start, s)
		}
	})
}
