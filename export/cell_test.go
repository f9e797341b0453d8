package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/export"
	"keytrail/forensics"
)

func TestCell(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Signed in", "Signed in"},
		{"empty", "", ""},
		{"formula", "=1+1", "'=1+1"},
		{"after_spaces", "  =1+1", "'  =1+1"},
		{"after_a_tab", "\t=1+1", "' =1+1"},
		{"wide_sign", "\uFF1D1+1", "'\uFF1D1+1"},
		{"at", "@SUM(A1)", "'@SUM(A1)"},
		{"command", "+cmd|'/C calc'!A0", "'+cmd|'/C calc'!A0"},
		{"negative_amount", "-0.125", "-0.125"},
		{"two_points", "-1.2.3", "'-1.2.3"},
		{"sign_only", "-", "'-"},
		{"escape_sequence", "a\x1b[2Jb", "a\uFFFD[2Jb"},
		{"new_line", "a\r\nb", "a  b"},
		{"override", "a\u202Eb", "a\uFFFDb"},
		{"mark_of_direction", "a\u061Cb", "a\uFFFDb"},
		{"tag", "a\U000E0041b", "a\uFFFDb"},
		{"bad_utf8", "a\xffb", "a\uFFFDb"},
		{"umlaut", "Büro", "Büro"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := export.Cell(tt.in); got != tt.want {
				t.Errorf("cell = %q, want %q", got, tt.want)
			}
		})
	}
}

// one is a source of one event.
type one struct{ e forensics.Event }

func (o one) Len() int                                   { return 1 }
func (o one) Events(int, int) ([]forensics.Event, error) { return []forensics.Event{o.e}, nil }

func FuzzJSONLine(f *testing.F) {
	for _, s := range []string{"", "x", "\x00\x1b", "\xff", "\u202e\u2028", "\U000E0041", `"\`, "\U0001F511"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := export.AppendJSON(nil, []forensics.Field{{Key: "message", Value: s}, {Key: "list", Value: []forensics.Message{{Subject: s}}}})
		var got struct {
			Message string
			List    []forensics.Message
		}
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if want := string([]rune(s)); got.Message != want || len(got.List) != 1 || got.List[0].Subject != want {
			t.Fatalf("%q reads back as %q and %q", s, got.Message, got.List)
		}
		for _, r := range string(line) {
			if r < 0x20 || r >= 0x7F && r < 0xA0 || r == 0x202E || r >= 0xE0000 && r <= 0xE007F {
				t.Fatalf("%q acts: %U", line, r)
			}
		}
	})
}

func FuzzCSVCell(f *testing.F) {
	for _, s := range []string{"", "=1", "\"", "a\nb", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var buf bytes.Buffer
		if err := export.CSV(t.Context(), &buf, one{forensics.Event{Subject: s, ID: "id"}}, nil); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&buf).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, name := range rows[0] {
			if name == "email.subject" && rows[1][i] != export.Cell(s) {
				t.Fatalf("%q reads back as %q", s, rows[1][i])
			}
		}
	})
}

// Every key of the contract needs a column: a case of all fields must be written.
func TestCSVHasAColumnForEveryField(t *testing.T) {
	at := forensics.Time{Nano: 1, Precision: forensics.PrecisionNano, Zone: forensics.ZoneStated, Original: "x", Desc: "Login"}
	e := forensics.Event{Row: 1, ID: "id", Outcome: forensics.Success, Provider: "p", Time: at, Others: []forensics.Time{at}, TimeConflict: true, Account: "a", Actor: "a", Port: 1, Host: "h",
		Country: "NL", ASN: 1, Org: "o", Client: "c", Protocol: "imap", Service: "s", Session: "s", Operation: "o", MessageID: "m", Subject: "s", From: "f", To: []string{"t", "u"},
		Sender: forensics.SenderFailed, Key: "k", Folder: "f", UID: 7, Amount: "-1.5", Asset: "BTC", Destination: "d", TxID: "t", ValueUSD: "1", Messages: []forensics.Message{{Subject: "s"}},
		Reasons: []string{"log"}, UIDs: []uint32{1, 2}, Detail: "d", Rule: "r", RuleBasis: "guess", Bounds: &forensics.Bounds{NotBefore: at, NotAfter: at, ArrivedNotBefore: at, ArrivedNotAfter: at},
		Ref: forensics.Ref{Evidence: 1, Item: 1, Length: 1, Line: 1}, Digest: forensics.Digest{1}, EvidenceName: "e", EvidenceDigest: forensics.Digest{1}, ItemName: "i",
		SeenIn: []forensics.Ref{{Evidence: 2}}, Tags: []string{"t"}, Notes: []string{"n"}, Verdict: "mine", Incidents: []int64{1}}
	var buf bytes.Buffer
	if err := export.CSV(t.Context(), &buf, one{e}, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&buf).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = rows[1][i]
	}
	want := map[string]string{"email.to.address": "t; u", "keytrail.uids": "[1,2]", "keytrail.amount": "-1.5", "keytrail.messages": `[{"subject":"s"}]`, "keytrail.time.not_before": "1970-01-01T00:00:00.000000001Z"}
	for name, value := range want {
		if diff := cmp.Diff(value, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
