package sigma

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const head = "title: Test\nid: 1\nlogsource: {product: m365, service: exchange}\n"

// load makes a set of one rule.
func load(t testing.TB, text string) *Set {
	t.Helper()
	s, err := Load(fstest.MapFS{"rule.yml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const inboxRule = `{"Operation":"New-InboxRule","Workload":"Exchange","ResultStatus":"True","UserId":"pat@example.com","ClientIP":"203.0.113.7:443",
 "ActorIpAddress":"203.0.113.7","Size":120,"Parameters":[{"Name":"ForwardTo","Value":"drop@example.net"},{"Name":"Name","Value":".."},{"Name":"DeleteMessage","Value":"True"}]}`

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, detection string
		want            bool
	}{
		{"a field", "selection: {Operation: New-InboxRule}\n  condition: selection", true},
		{"case does not count", "selection: {operation: NEW-INBOXRULE}\n  condition: selection", true},
		{"another value", "selection: {Operation: Set-InboxRule}\n  condition: selection", false},
		{"one of a list", "selection: {Operation: [Set-InboxRule, New-InboxRule]}\n  condition: selection", true},
		{"all fields", "selection: {Operation: New-InboxRule, UserId: other@example.com}\n  condition: selection", false},
		{"either of two", "selection: [{Operation: Set-InboxRule}, {UserId: pat@example.com}]\n  condition: selection", true},
		{"the public rules' names", "selection: {eventSource: Exchange, eventName: New-InboxRule, status: success}\n  condition: selection", true},
		{"a named parameter", "selection: {ForwardTo|endswith: '@example.net'}\n  condition: selection", true},
		{"a parameter by its path", "selection: {Parameters.DeleteMessage: 'True'}\n  condition: selection", true},
		{"the parameters' text", "selection: {Parameters|contains: drop@}\n  condition: selection", true},
		{"contains all", "selection: {Parameters|contains|all: [ForwardTo, DeleteMessage]}\n  condition: selection", true},
		{"contains all but one", "selection: {Parameters|contains|all: [ForwardTo, MarkAsRead]}\n  condition: selection", false},
		{"wildcards", "selection: {UserId: 'p?t@*.com'}\n  condition: selection", true},
		{"a star that is none", `selection: {UserId: 'p\*t@example.com'}` + "\n  condition: selection", false},
		{"a network", "selection: {ActorIpAddress|cidr: 203.0.113.0/24}\n  condition: selection", true},
		{"another network", "selection: {ActorIpAddress|cidr: 198.51.100.0/24}\n  condition: selection", false},
		{"a regular expression", "selection: {UserId|re: '^p.t@'}\n  condition: selection", true},
		{"one with flags", "selection: {UserId|re|i: '^P.T@'}\n  condition: selection", true},
		{"a number", "selection: {Size|gte: 120}\n  condition: selection", true},
		{"a smaller number", "selection: {Size|lt: 120}\n  condition: selection", false},
		{"absent", "selection: {Nothing: null}\n  condition: selection", true},
		{"not absent", "selection: {Size: null}\n  condition: selection", false},
		{"exists", "selection: {Size|exists: true, Nothing|exists: false}\n  condition: selection", true},
		{"not equal", "selection: {UserId|neq: other@example.com}\n  condition: selection", true},
		{"with case", "selection: {UserId|cased: PAT@example.com}\n  condition: selection", false},
		{"two fields", "selection: {UserId|fieldref: user}\n  condition: selection", true},
		{"words anywhere", "words: [nowhere, drop@example]\n  condition: words", true},
		{"and not", "a: {Operation: New-InboxRule}\n  filter: {UserId: pat@example.com}\n  condition: a and not filter", false},
		{"precedence", "a: {Operation: X}\n  b: {Operation: X}\n  c: {Workload: Exchange}\n  condition: a and b or c", true},
		{"parentheses", "a: {Operation: X}\n  b: {Operation: X}\n  c: {Workload: Exchange}\n  condition: a and (b or c)", false},
		{"one of", "sel_a: {Operation: X}\n  sel_b: {Workload: Exchange}\n  condition: 1 of sel_*", true},
		{"all of", "sel_a: {Operation: X}\n  sel_b: {Workload: Exchange}\n  condition: all of sel_*", false},
		{"them, without the hidden", "_a: {Operation: X}\n  sel_b: {Workload: Exchange}\n  condition: all of them", true},
		{"several conditions", "a: {Operation: X}\n  b: {Workload: Exchange}\n  condition: [a, b]", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, head+"detection:\n  "+c.detection+"\n")
			if len(s.Refused) > 0 {
				t.Fatal(s.Refused)
			}
			for _, raw := range []string{inboxRule, `"2026-01-01","x","` + strings.ReplaceAll(inboxRule, `"`, `""`) + `"` + "\r\n"} {
				hits, err := s.Match("microsoft/unified-audit", []byte(raw))
				if err != nil {
					t.Fatal(err)
				}
				if (len(hits) == 1) != c.want {
					t.Errorf("%d hits, want %v", len(hits), c.want)
				}
			}
		})
	}
}

// TestVocabulary asks in the words of the public rules for each product.
func TestVocabulary(t *testing.T) {
	for _, c := range []struct{ name, logsource, selection, format, raw string }{
		{"google", "{product: google_workspace, service: google_workspace.gmail}", "{eventService: gmail.googleapis.com, eventName: email_forwarding_out_of_domain, email_address|endswith: '@example.net'}",
			"google/workspace-audit", `{"id":{"applicationName":"gmail"},"actor":{"email":"pat@example.com"},"events":[{"type":"email_forwarding_change","name":"email_forwarding_out_of_domain","parameters":[{"name":"email_address","value":"drop@example.net"}]}]}`},
		{"google, a list and a flag", "{product: google_workspace}", "{event_name: CHANGE, new_value: b, is_new: true, SETTING_NAME: x}",
			"google/workspace-audit", `{"id":{"applicationName":"admin"},"events":[{"name":"CHANGE","parameters":[{"name":"NEW_VALUE","multiValue":["a","b"]},{"name":"IS_NEW","boolValue":true},{"name":"SETTING_NAME","value":"x"}]}]}`},
		{"sign-in", "{product: azure, service: signinlogs}", "{ResultType: 50126, Status: Failure, ClientApp: IMAP4, Location: NL}",
			"microsoft/entra-signin", `{"status":{"errorCode":50126,"failureReason":"Invalid username or password"},"clientAppUsed":"IMAP4","location":{"countryOrRegion":"NL"}}`},
		{"sign-in, fine", "{product: azure, service: signinlogs}", "{Status: Success}", "microsoft/entra-signin", `{"status":{"errorCode":0}}`},
		{"directory", "{product: azure, service: auditlogs}", "{properties.message: 'User registered security info', Status: success}",
			"microsoft/entra-audit", `{"activityDisplayName":"User registered security info","result":"success"}`},
		{"okta", "{product: okta, service: okta}", "{eventtype: user.session.start, outcome.result: SUCCESS, securityContext.isProxy: 'true', actor.alternateid|endswith: '@example.com', client.ipAddress|cidr: 203.0.113.0/24}",
			"okta/system-log", oktaLogin},
		{"okta, a target and what debugData says", "{product: okta, service: okta}", "{target.displayName: Okta Admin Console, debugContext.debugData.behaviors|contains: POSITIVE, debugContext.debugData.logOnlySecurityData.risk.level: HIGH}",
			"okta/system-log", oktaLogin},
		{"okta, the actor's name alone", "{product: okta}", "{alternateId|contains: pat@, displayMessage: User login to Okta}", "okta/system-log", oktaLogin},
		{"okta, in a log stream", "{product: okta, service: okta}", "{eventType: user.session.start, outcome.result: SUCCESS, alternateId: pat@example.com}",
			"okta/system-log", `{"detail-type":"SystemLog","source":"aws.partner/okta.com","detail":` + oktaLogin + `}`},
		{"okta, in an event hook", "{product: okta, service: okta}", "{eventType: user.session.start, target.type: AppInstance}",
			"okta/system-log", `{"eventType":"com.okta.event_hook","data":{"events":[` + oktaLogin + `]}}`},
		{"defender's alert", "{product: m365, service: threat_management}", "{eventSource: SecurityComplianceCenter, eventName: 'Activity from infrequent country', status: success}",
			"microsoft/unified-audit", `{"Operation":"AlertTriggered","Workload":"SecurityComplianceCenter","Name":"Activity from infrequent country","ResultStatus":"Succeeded"}`},
	} {
		s := load(t, "title: T\nlogsource: "+c.logsource+"\ndetection: {selection: "+c.selection+", condition: selection}\n")
		if len(s.Refused) > 0 {
			t.Errorf("%s: %v", c.name, s.Refused)
			continue
		}
		if hits, err := s.Match(c.format, []byte(c.raw)); err != nil || len(hits) != 1 {
			t.Errorf("%s: %d hits, %v", c.name, len(hits), err)
		}
	}
}

const oktaLogin = `{"eventType":"user.session.start","displayMessage":"User login to Okta","outcome":{"result":"SUCCESS","reason":null},"actor":{"type":"User","alternateId":"pat@example.com"},
 "client":{"ipAddress":"203.0.113.77"},"securityContext":{"asNumber":64511,"isProxy":true},"target":[{"type":"AppUser","displayName":"Pat"},{"type":"AppInstance","displayName":"Okta Admin Console"}],
 "debugContext":{"debugData":{"behaviors":"{New IP=POSITIVE, New Device=NEGATIVE}","logOnlySecurityData":"{\"risk\":{\"level\":\"HIGH\"}}"}}}`

// TestOktaMisses: rules whose values the record has, but elsewhere, and records without fields.
func TestOktaMisses(t *testing.T) {
	for _, selection := range []string{"{eventType: user.session.end}", "{outcome.reason: SUCCESS}", "{target.displayName: Okta Dashboard}", "{securityContext.isProxy: 'false'}", "{alternateId: Okta Admin Console}"} {
		s := load(t, "title: T\nlogsource: {product: okta, service: okta}\ndetection: {selection: "+selection+", condition: selection}\n")
		if hits, err := s.Match("okta/system-log", []byte(oktaLogin)); err != nil || len(hits) != 0 {
			t.Errorf("%s: %d hits, %v", selection, len(hits), err)
		}
		if _, err := s.Match("okta/system-log", []byte("INFO,user.session.start,User login to Okta\n")); err == nil {
			t.Errorf("%s: a row of CSV was asked", selection)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ rule, why string }{
		"count":        {head + "detection: {a: {x: y}, condition: 'a | count() > 5'}", "counts or correlates"},
		"timeframe":    {head + "detection: {a: {x: y}, timeframe: 5m, condition: a}", "timeframe"},
		"correlation":  {"title: C\ncorrelation: {type: event_count}\n", "correlations"},
		"collection":   {"action: global\n" + head, "collection"},
		"wide alone":   {head + "detection: {a: {x|wide: y}, condition: a}", "without base64"},
		"modifier":     {head + "detection: {a: {x|minute: 5}, condition: a}", `"minute" is not supported`},
		"expand":       {head + "detection: {a: {x|contains|expand: '%internal_domains%'}, condition: a}", `"%internal_domains%" has no value`},
		"to fill in":   {head + "detection: {a: {x: '<your own countries>'}, condition: a}", "replaced by your own"},
		"your own id":  {head + "detection: {a: {x: y, z: 'insert ids, use OR for multiple'}, condition: a}", "replaced by your own"},
		"a share":      {head + "detection: {a: {Count: '<10%'}, condition: a}", "numbers of events"},
		"no log":       {"title: T\ndetection: {a: {x: y}, condition: a}", "no logsource"},
		"lookahead":    {head + "detection: {a: {x|re: '(?=y)'}, condition: a}", "linear time"},
		"no selection": {head + "detection: {a: {x: y}, condition: b}", `no selection "b"`},
		"too much":     {head + "detection: {a: {x: y}, condition: a a}", "one word too many"},
		"too little":   {head + "detection: {a: {x: y}, condition: a and}", "ends too soon"},
		"open":         {head + "detection: {a: {x: y}, condition: (a}", "not closed"},
		"deep":         {head + "detection: {a: {x: y}, condition: '" + strings.Repeat("not ", 60) + "a'}", "deeper than 50"},
		"no condition": {head + "detection: {a: {x: y}}", "no condition"},
		"no rule":      {"just: this\n", "needs a title"},
		"broken":       {"title: [\n", "not a Sigma rule"},
		"no network":   {head + "detection: {a: {x|cidr: here}, condition: a}", "no network"},
		"empty group":  {head + "detection: {a: {x: y}, condition: 1 of b*}", `called "b*"`},
		"large":        {"# " + strings.Repeat("x", maxFile), "larger than 1 MiB"},
	} {
		s := load(t, c.rule)
		if len(s.Rules) != 0 || len(s.Refused) == 0 || !strings.Contains(s.Refused[0].Why, c.why) {
			t.Errorf("%s: refused %v, want %q", name, s.Refused, c.why)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("an empty folder is no error")
	}
}

// TestLoad reads several files and documents; one that is broken does not keep the others away.
func TestLoad(t *testing.T) {
	rule := head + "level: high\ntags: [attack.t1114.003, attack.collection]\nfalsepositives: [an admin]\ndetection: {a: {Operation: New-InboxRule}, condition: a}\n"
	s, err := Load(fstest.MapFS{"b.yml": {Data: []byte(rule + "---\n" + rule)}, "a/x.YAML": {Data: []byte(rule)}, "c.yml": {Data: []byte("- [")}, "readme.md": {}})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rules) != 3 || len(s.Refused) != 1 || !s.Wants("microsoft/unified-audit") || s.Wants("google/workspace-audit") {
		t.Fatalf("%d rules, refused %v", len(s.Rules), s.Refused)
	}
	if d := cmp.Diff([]string{"T1114.003"}, s.Rules[0].Techniques); d != "" || s.Rules[0].File != "a/x.YAML" || s.Rules[0].Level != "high" {
		t.Error(d, s.Rules[0])
	}
	if _, err := s.Match("microsoft/unified-audit", []byte("a,b,c\n")); err == nil {
		t.Error("a row without an object was taken apart")
	}
}

// TestPublicRules reads a folder of public rules where there is one, and says what can be run.
func TestPublicRules(t *testing.T) {
	dir := os.Getenv("KEYTRAIL_SIGMA")
	if dir == "" {
		t.Skip("KEYTRAIL_SIGMA does not name a folder of rules")
	}
	s, err := Load(os.DirFS(filepath.Clean(dir)))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, %d refused, %d about logs that are not read: %v", len(s.Rules), len(s.Refused), s.UnreadRules(), s.Unread)
	for _, r := range s.Refused {
		t.Logf("refused: %s: %s: %s", r.File, r.Title, r.Why)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(head+"detection: {a: {x|contains|all: [y, 'z*']}, condition: 1 of a* and not (a or a)}"), []byte(inboxRule))
	f.Add([]byte("title: C\ncorrelation: {type: event_count, rules: [a]}\n---\n"+head+"name: a\ndetection: {a: {'|all': [x, 'y?'], p|base64offset|contains: z, q|windash: ' -e'}, condition: a}"), []byte(`{"events":[{"name":"a"},{"name":"b","parameters":[{"name":"c","multiValue":["\\u003cd"]}]}]}`))
	f.Add([]byte("title: R\nlogsource: {product: azure}\ndetection: {a: {TargetResources|contains: x}, condition: a}\n"), []byte("Date (UTC),Target1DisplayName,Target1ModifiedProperty1Name,Target1ModifiedProperty1NewValue\n1,x,y,[2]\n"))
	f.Add([]byte(head+"detection: {a: [x, y], condition: all of them}"), []byte(`{"a":{"b":[{"Name":"c","Value":[1,true,null]}]}}`))
	f.Fuzz(func(t *testing.T, rule, raw []byte) {
		s, err := Load(fstest.MapFS{"rule.yml": {Data: rule}})
		if err != nil {
			return
		}
		for _, format := range s.Formats() {
			_, _ = s.Match(format, raw)
			if head, row, ok := bytes.Cut(raw, []byte("\n")); ok {
				_, _ = s.MatchRow(format, Columns(append(head, '\n')), row)
			}
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	files := fstest.MapFS{}
	for i := range 100 {
		files[string(rune('a'+i%26))+strings.Repeat("x", i/26)+".yml"] = &fstest.MapFile{Data: []byte(head + "detection: {a: {eventName: Set-Mailbox, Parameters|contains: Forwarding}, condition: a}")}
	}
	s, err := Load(files)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Match("microsoft/unified-audit", []byte(inboxRule)); err != nil {
			b.Fatal(err)
		}
	}
}

// What is no file is refused, not waited for; a bomb of aliases costs nothing.
func TestHostileFolder(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("title: bomb\nlogsource: {product: m365}\na0: &a0 [x, x]\n")
	for i := range 40 {
		fmt.Fprintf(&bomb, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i)
	}
	bomb.WriteString("detection: {s: {Operation: *a40}, condition: s}\n")
	set, err := Load(fstest.MapFS{
		"pipe.yml":  {Mode: fs.ModeNamedPipe | 0o600},
		"bomb.yml":  {Data: []byte(bomb.String())},
		"round.yml": {Data: []byte("title: round\nlogsource: {product: m365}\ndetection: &d {s: {Operation: x, y: *d}, condition: s}\n")},
		"deep.yml":  {Data: []byte("title: " + strings.Repeat("[", 100_000))},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Rules) != 0 || len(set.Refused) != 4 {
		t.Errorf("rules %d, refused %+v", len(set.Rules), set.Refused)
	}
}
