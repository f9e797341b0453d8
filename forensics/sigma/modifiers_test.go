package sigma

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// signIn holds what modifiers are asked about.
const signIn = `{"Operation":"UserLoggedIn","UserId":"Pat@example.com","Client":"pat@EXAMPLE.com","Mailbox":"pat","ClientIP":"[2001:db8::7]:443","ActorIpAddress":"203.0.113.7:52110",
 "Command":"powershell \u2013enc x","Body":"UGF0IHNheXMgaGVsbG8=","Utf":"cABhAHQA","Count":"12","Star":"a*b","Empty":"","None":null,
 "Parameters":[{"Name":"MoveToFolder","Value":"\u00dcberweisung \u003c1\u003e"},{"Name":"MarkAsRead","Value":true}],
 "List":["one","two"],"Maps":[{"Kind":"a","Weight":1},{"Kind":"b","Weight":2}]}`

func TestModifiers(t *testing.T) {
	for _, c := range []struct {
		selection string
		want      bool
	}{
		{"{UserId|cased: Pat@example.com}", true},
		{"{UserId|contains|cased: pat@}", false},
		{"{UserId|contains|cased|all: [Pat, '@example']}", true},
		{"{UserId|endswith: '@EXAMPLE.COM'}", true},
		{"{UserId|startswith: 'p?t'}", true},
		{"{UserId|startswith: 'a'}", false},
		{"{UserId|re: '(?i)^pat@'}", true},
		{"{UserId|re: '^pat@'}", false},
		{"{UserId|re|i: '^pat@'}", true},
		{"{UserId|fieldref: Client}", true},
		{"{UserId|fieldref|cased: Client}", false},
		{"{UserId|fieldref|startswith: Mailbox}", true},
		{"{UserId|fieldref|endswith: Mailbox}", false},
		{"{UserId|neq|fieldref: Client}", false},
		{"{ClientIP|cidr: '2001:db8::/32'}", true},
		{"{ActorIpAddress|cidr: 203.0.113.7}", true},
		{"{ActorIpAddress|cidr: 203.0.113.8/31}", false},
		{"{Command|windash|contains: ' -enc '}", true},
		{"{Command|contains: ' -enc '}", false},
		{"{Body|base64: Pat says hello}", true},
		{"{Body|base64offset|contains: says}", true},
		{"{Body|base64offset|contains: said}", false},
		{"{Utf|wide|base64: pat}", true},
		{"{Utf|utf16be|base64: pat}", false},
		{"{Count|gt: 11}", true},
		{"{Count|lte: 11}", false},
		{`{Star: 'a\*b'}`, true},
		{`{Star: 'a\?b'}`, false},
		{`{Star: 'a?b'}`, true},
		{"{Star: '*?b'}", true},
		{"{Star: '*?bb'}", false},
		{"{Empty: ''}", true},
		{"{None: null}", true},
		{"{UserId: null}", false},
		{"{UserId: [null, '*@example.com']}", true},
		{"{Empty|exists: true}", true},
		{"{None|exists: true}", false},
		{"{List: [three, two]}", true},
		{"{List|contains|all: [one, two]}", true},
		{"{Maps.Kind: b, Maps.Weight: 2}", true},
		{"{Maps.Kind: c}", false},
		{"{'Parameters{}.Value|contains': überweisung}", true},
		{"{Parameters|contains: 'Überweisung <1>'}", true},
		{"{MarkAsRead: true}", true},
		{"{'|all': [UserLoggedIn, '<1>']}", true},
		{"{'|all': [UserLoggedIn, nowhere]}", false},
		{"{'|re': 'b[e]r'}", true},
		{"[nowhere, UserLogged]", true},
		{"['user*in']", true},
		{"[{UserId: nobody}, {Operation: UserLoggedIn, Count: 12}]", true},
	} {
		t.Run(c.selection, func(t *testing.T) {
			s := load(t, head+"detection: {s: "+c.selection+", condition: s}\n")
			if len(s.Refused) > 0 {
				t.Fatal(s.Refused)
			}
			hits, err := s.Match("microsoft/unified-audit", []byte(signIn))
			if err != nil || (len(hits) == 1) != c.want {
				t.Errorf("%d hits, %v; want %v", len(hits), err, c.want)
			}
		})
	}
}

// Texts in JSON are looked at as they are meant, whatever they are written as.
func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":"\u003cb\u003e"}`:    `{"a":"<b>"}`,
		`"\u00e9\ud83d\ude00x"`:    `"é😀x"`,
		`"\\u003c \u0022 \u000a"`:  `"\\u003c \u0022 \u000a"`,
		`"\u00e9\u00e8\n\u12"`:     `"éè\n\u12"`,
		`"\ud83d alone \u00fc"`:    "\"\ufffd alone ü\"",
		`plain \`:                  `plain \`,
		`"\u0041\\\u0042\u005c\"x`: `"A\\B\u005c\"x`,
	} {
		if d := cmp.Diff(want, unescape(in)); d != "" {
			t.Errorf("%s: %s", in, d)
		}
	}
}

// Rules about other logs are counted, parts of correlations are not run by themselves.
func TestFolder(t *testing.T) {
	rule := func(id, logsource string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, "title: %s\nid: %s\nname: n-%s\nfalsepositives: none\ntags: attack.t1110\nlogsource: {%s}\ndetection: {a: {Operation: x}, condition: a}\n", id, id, id, logsource)}
	}
	joint := func(more string, refs ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, "title: joint\ncorrelation: {type: event_count, rules: [%s], group-by: [UserId], timespan: 10m, condition: {gte: 7}%s}\n", refs[0], more)}
	}
	s, err := Load(fstest.MapFS{
		"a.yml": rule("win-1", "product: windows, category: process_creation"), "b.yml": rule("win-2", "product: windows, service: security"),
		"c.yml": rule("any", "category: proxy"), "d.yml": rule("activity", "product: azure, service: activitylogs"), "e.yml": rule("pim", "product: azure, service: pim"),
		"f.yml": rule("gcp", "product: gcp, service: gcp.audit"), "g.yml": joint("", "win-2"),
		"h.yml": rule("part", "product: m365"), "i.yml": joint("", "part"), "j.yml": rule("by name", "product: okta"), "k.yml": joint("", "'n-by name'"),
		"l.yml": rule("both", "product: okta"), "m.yml": joint(", generate: true", "both"), "n.yml": rule("old", "product: azure, service: azure.signinlogs"),
		"o.yml": rule("drive", "product: gcp, service: google_workspace.drive"), "p.yml": rule("all of gcp", "product: gcp"),
		"q.yml": rule("all", "product: azure"), "r.yml": rule("odd", "product: azure, category: process_creation"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Unread{{"windows", 3}, {"azure (activitylogs)", 1}, {"azure (pim)", 1}, {"azure (process_creation)", 1}, {"gcp", 1}, {"gcp (gcp.audit)", 1}, {"proxy of any product", 1}}
	if d := cmp.Diff(want, s.Unread); d != "" {
		t.Error(d)
	}
	var runs, refused []string
	for _, r := range s.Rules {
		runs = append(runs, r.ID)
	}
	for _, r := range s.Refused {
		refused = append(refused, r.File)
	}
	if d := cmp.Diff([]string{"both", "old", "drive", "all"}, runs); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"i.yml", "k.yml", "m.yml", "h.yml", "j.yml"}, refused); d != "" {
		t.Error(d, s.Refused)
	}
	if d := cmp.Diff([]string{"none"}, s.Rules[0].False); d != "" || s.UnreadRules() != 9 {
		t.Error(d, s.UnreadRules())
	}
}
