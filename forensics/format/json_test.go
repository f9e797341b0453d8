package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// jsonTokens reads text and gives each record, or "!" and the reason of a broken one.
func jsonTokens(t testing.TB, r io.Reader, source []byte, limit int) []string {
	t.Helper()
	var got []string
	j := NewJSONRecords(r, limit, "items", "value")
	var end int64
	for j.Next() {
		ref := j.Ref()
		if ref.Offset < end || ref.Length <= 0 || ref.Offset+ref.Length > int64(len(source)) {
			t.Fatalf("ref %+v of %d bytes does not follow %d", ref, len(source), end)
		}
		end = ref.Offset + ref.Length
		if j.Broken() != "" {
			got = append(got, "!"+j.Broken())
			continue
		}
		if raw := source[ref.Offset:end]; !bytes.Equal(raw, j.Raw()) {
			t.Errorf("raw bytes at %d are %q, the source has %q", ref.Offset, j.Raw(), raw)
		}
		if !bytes.Contains(source[:2:2], []byte{0xFF}) {
			if line := int64(bytes.Count(source[:ref.Offset], []byte{'\n'})) + 1; line != ref.Line {
				t.Errorf("the record at %d stands in line %d, got %d", ref.Offset, line, ref.Line)
			}
		}
		got = append(got, string(j.Bytes()))
	}
	if err := j.Err(); err != nil {
		t.Errorf("reading: %v", err)
	}
	return got
}

// squeeze takes the white space out of records, to compare pretty-printed ones.
func squeeze(records []string) []string {
	out := make([]string, len(records))
	for i, r := range records {
		if strings.HasPrefix(r, "!") {
			out[i] = r
			continue
		}
		out[i] = strings.Join(strings.Fields(r), "")
	}
	return out
}

func TestJSONRecords(t *testing.T) {
	const (
		notObject = "!not a JSON object"
		noText    = "!text stands where none can begin"
		notClosed = "!object is not closed"
		cutOff    = "!object is cut off"
		noPair    = "!brackets do not pair"
	)
	tests := map[string]struct {
		text string
		want []string
	}{
		"empty":        {"", nil},
		"blank":        {" \r\n\t\n", nil},
		"lines":        {"{\"a\":1}\n{\"a\":2}\n", []string{`{"a":1}`, `{"a":2}`}},
		"lines CRLF":   {"{\"a\":1}\r\n\r\n{\"a\":2}\r\n", []string{`{"a":1}`, `{"a":2}`}},
		"no last end":  {"{\"a\":1}\n{\"a\":2}", []string{`{"a":1}`, `{"a":2}`}},
		"sequence":     {"\x1e{\"a\":1}\n\x1e{\"a\":2}\n", []string{`{"a":1}`, `{"a":2}`}},
		"concatenated": {`{"a":1}{"a":2} {"a":3}`, []string{`{"a":1}`, `{"a":2}`, `{"a":3}`}},
		"array":        {`[{"a":1},{"a":[1,{"b":"]"}]}]`, []string{`{"a":1}`, `{"a":[1,{"b":"]"}]}`}},
		"pretty array": {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": {\n      \"b\": 2\n    }\n  }\n]\n", []string{`{"a":1}`, `{"a":{"b":2}}`}},
		"pretty stream": {"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n",
			[]string{`{"a":1}`, `{"a":2}`}},
		"BOM":           {"\xEF\xBB\xBF{\"a\":1}\n", []string{`{"a":1}`}},
		"empty objects": {"{}\n{}\n[{}]", []string{"{}", "{}", "{}"}},
		"escapes":       {`{"a":"\"}\\"}{"a":"\\\\\""}`, []string{`{"a":"\"}\\"}`, `{"a":"\\\\\""}`}},
		"deep":          {strings.Repeat(`{"a":[1,`, 100) + "2" + strings.Repeat("]}", 100), []string{strings.Repeat(`{"a":[1,`, 100) + "2" + strings.Repeat("]}", 100)}},
		"end in text":   {"{\"a\":\"x\ny\"}\n{\"a\":2}\n", []string{`{"a":"xy"}`, `{"a":2}`}}, // the record's parser refuses it

		"wrapper":        {`{"kind":"list","items":[{"a":1},{"a":2}],"next":{"t":["}"]}}`, []string{`{"a":1}`, `{"a":2}`}},
		"pretty wrapper": {"{\n \"items\" : [\n  {\"a\": 1},\n  {\"a\": 2}\n ]\n}\n", []string{`{"a":1}`, `{"a":2}`}},
		"empty wrapper":  {`{"items":[]}`, nil},
		"pages":          {"{\"items\":[{\"a\":1}],\"n\":\"x\"}\n{\"items\":[{\"a\":2}]}\n", []string{`{"a":1}`, `{"a":2}`}},
		"pages in array": {`[{"items":[{"a":1}]},{"items":[{"a":2}]}]`, []string{`{"a":1}`, `{"a":2}`}},
		"pages with long heads": {"{\"link\":\"" + strings.Repeat("x", 2000) + "\",\"items\":[{\"a\":1}]}\n{\"link\":\"" + strings.Repeat("y", 2000) + "\",\"items\":[{\"a\":2}]}\n",
			[]string{`{"a":1}`, `{"a":2}`}},
		"page of nothing":  {"{\"kind\":\"list\"}\n{\"kind\":\"list\",\"items\":[{\"a\":2}]}\n", []string{`{"kind":"list"}`, `{"a":2}`}},
		"wrapper's value":  {`{"value":"items","x":1}`, []string{`{"value":"items","x":1}`}},
		"wrapper too deep": {`{"x":{"items":[{"a":1}]}}`, []string{`{"x":{"items":[{"a":1}]}}`}},
		"second array":     {`{"items":[{"a":1}],"value":[{"b":1}]}{"items":[{"a":2}]}`, []string{`{"a":1}`, `{"a":2}`}},

		"line cut in text":   {"{\"a\":1}\n{\"a\":\"x\n{\"a\":3}\n{\"a\":4}\n", []string{`{"a":1}`, noText, `{"a":3}`, `{"a":4}`}},
		"line cut at value":  {"{\"a\":1}\n{\"a\":\n{\"a\":3}\n{\"a\":4}\n", []string{`{"a":1}`, notClosed, `{"a":3}`, `{"a":4}`}},
		"line cut in array":  {"{\"a\":1}\n{\"a\":[\n{\"a\":3}\n{\"a\":4}\n", []string{`{"a":1}`, notClosed, `{"a":3}`, `{"a":4}`}},
		"line cut in number": {"{\"a\":1}\n{\"a\":2\n{\"a\":3}\n", []string{`{"a":1}`, notClosed, `{"a":3}`}},
		"first line cut":     {"{\"a\":1,\n{\"a\":2}\n{\"a\":3}\n", []string{notClosed, `{"a":2}`, `{"a":3}`}},
		"other keys":         {"{\"a\":1}\n{\"x\":\"\n{\"c\":3}\n{\"d\":4}\n", []string{`{"a":1}`, noText, `{"c":3}`, `{"d":4}`}},
		"last line cut":      {"{\"a\":1}\n{\"a\":\"", []string{`{"a":1}`, cutOff}},
		"line of words":      {"{\"a\":1}\noops\n{\"a\":2}\n", []string{`{"a":1}`, notObject, `{"a":2}`}},
		"words first":        {"oops\n{\"a\":2}\n", []string{notObject, `{"a":2}`}},
		"only words":         {"one\ntwo\n", []string{notObject, notObject}},
		"word in array":      {`[{"a":1},oops,{"a":2}]`, []string{`{"a":1}`, notObject, `{"a":2}`}},
		"null first":         {`[null,{"a":1},{"a":2}]`, []string{notObject, `{"a":1}`, `{"a":2}`}},
		"word in wrapper":    {`{"items":[{"a":1},oops,{"a":2}],"n":1}`, []string{`{"a":1}`, notObject, `{"a":2}`}},

		"brace missing in array":   {`[{"a":1},{"a":{"b":1},{"a":3},{"a":4}]`, []string{`{"a":1}`, notClosed, `{"a":3}`, `{"a":4}`}},
		"brace missing at the end": {`[{"a":1},{"a":{"b":1}]`, []string{`{"a":1}`, noPair}},
		"brace too many":           {`[{"a":1},{"a":2}},{"a":3}]`, []string{`{"a":1}`, `{"a":2}`, notObject, `{"a":3}`}},
		"quote missing in array":   {`[{"a":1},{"a":"x},{"a":3},{"a":4}]`, []string{`{"a":1}`, noText, `{"a":3}`, `{"a":4}`}},
		"quote missing in pretty": {"[\n  {\n    \"a\": \"x\n  },\n  {\n    \"a\": 2\n  }\n]\n",
			[]string{noText, `{"a":2}`}},
		"array cut":                  {`[{"a":1},{"a":2},{"a"`, []string{`{"a":1}`, `{"a":2}`, cutOff}},
		"nested first key":           {`[{"a":1,"l":[{"a":9}]},{"a":2,"l":[{"a":8} x "y","z":{"a":7}]},{"a":3}]`, []string{`{"a":1,"l":[{"a":9}]}`, noText, `{"a":3}`}},
		"last of a page cut":         {"{\"items\":[{\"a\":1},{\"a\":\"]}\n{\"items\":[{\"a\":2},{\"a\":3}]}\n", []string{`{"a":1}`, noText, `{"a":2}`, `{"a":3}`}},
		"cut page with the same key": {"{\"a\":0,\"items\":[{\"a\":1},{\"a\":\"]}\n{\"a\":0,\"items\":[{\"a\":2},{\"a\":3}]}\n", []string{`{"a":1}`, noText, `{"a":2}`, `{"a":3}`}},
	}
	for name, tt := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			source := []byte(tt.text)
			got := jsonTokens(t, bytes.NewReader(source), source, 0)
			if d := cmp.Diff(squeeze(tt.want), squeeze(got)); d != "" {
				t.Errorf("records of %q (-want +got):\n%s", tt.text, d)
			}
			slow := jsonTokens(t, iotest.OneByteReader(bytes.NewReader(source)), source, 0)
			if d := cmp.Diff(got, slow); d != "" {
				t.Errorf("byte by byte (-whole +bytes):\n%s", d)
			}
			for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
				wide := wideText(strings.TrimPrefix(tt.text, "\uFEFF"), order)
				if d := cmp.Diff(got, jsonTokens(t, bytes.NewReader(wide), wide, 0)); d != "" {
					t.Errorf("as UTF-16 %v (-narrow +wide):\n%s", order, d)
				}
			}
		})
	}
}

// wideText writes s as UTF-16 with a byte order mark.
func wideText(s string, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xFEFF)
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func TestJSONRecordsWideOddities(t *testing.T) {
	units := func(s string, odd ...uint16) []byte {
		b := wideText(s, binary.LittleEndian)
		for _, u := range odd {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		return b
	}
	lone := append(units(`{"a":"`, 0xD83D), units(`x😀ß"}`)[2:]...) // a high surrogate without its other half
	tests := map[string]struct {
		source []byte
		want   []string
	}{
		"lone surrogate":       {lone, []string{"{\"a\":\"\uFFFD\uFFFD\uFFFDx😀ß\"}"}},
		"odd last byte":        {append(units(`{"a":1}`), 'x'), []string{`{"a":1}`}},
		"surrogate at the end": {units(`{"a":1}`, 0xD83D), []string{`{"a":1}`, "!not a JSON object"}},
	}
	for name, tt := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			got := jsonTokens(t, bytes.NewReader(tt.source), tt.source, 0)
			for i := range got {
				if !utf8.ValidString(got[i]) {
					t.Errorf("record %q is not UTF-8", got[i])
				}
				got[i] = strings.ReplaceAll(got[i], "\uFFFD\uFFFD\uFFFD", "\uFFFD")
				tt.want[i] = strings.ReplaceAll(tt.want[i], "\uFFFD\uFFFD\uFFFD", "\uFFFD")
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestJSONRecordsLimit(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 3<<20) + `"}`
	for _, text := range []string{
		"{\"a\":1}\n" + long + "\n{\"a\":3}\n",
		`[{"a":1},` + long + `,{"a":3}]`,
	} {
		source := []byte(text)
		got := jsonTokens(t, bytes.NewReader(source), source, 1<<20)
		want := []string{`{"a":1}`, "!record is longer than the limit", `{"a":3}`}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestJSONRecordsReadError(t *testing.T) {
	fault := errors.New("bad sector")
	j := NewJSONRecords(io.MultiReader(strings.NewReader("{\"a\":1}\n{\"a\""), iotest.ErrReader(fault)), 0)
	n := 0
	for j.Next() {
		n++
	}
	if n != 2 || !errors.Is(j.Err(), fault) {
		t.Errorf("got %d records and error %v, want one good, one cut, and %v", n, j.Err(), fault)
	}
}

// TestJSONRecordsHostileWork gives inputs on which a careless search would start over for every
// byte: they must end in the time that the test binary has.
func TestJSONRecordsHostileWork(t *testing.T) {
	const size = 256 << 10
	for _, unit := range []string{`{"a":`, `{"a":"`, `{`, `[`, `"`, `\`, `}`, "{\"a\"\n", `{"a" x}`, `{"items":[`, `{"a":[`, `{"a":[1,`, "\n{", ` `} {
		for _, opening := range []string{"", "{\"a\":1}\n"} {
			source := []byte(opening + strings.Repeat(unit, size/len(unit)))
			j := NewJSONRecords(bytes.NewReader(source), 0, "items", "value")
			n := 0
			for j.Next() {
				n++
			}
			if err := j.Err(); err != nil || n > len(source) {
				t.Errorf("%q: %d records, error %v", unit, n, err)
			}
		}
	}
}

func FuzzJSONRecords(f *testing.F) {
	f.Add([]byte("{\"a\":1}\n{\"a\":\"x\n{\"a\":3}\n"))
	f.Add([]byte(`{"items":[{"a":1},{"a":{"b":1},{"a":3}],"n":{}}`))
	f.Add([]byte("[\n  {\n    \"a\": 1\n  }\n]"))
	f.Add(wideText(`[{"a":"😀"},x,{"a":2}]`, binary.LittleEndian))
	f.Fuzz(func(t *testing.T, source []byte) {
		if len(source) < 2 {
			return
		}
		whole := jsonTokens(t, bytes.NewReader(source), source, 40)
		slow := jsonTokens(t, iotest.OneByteReader(bytes.NewReader(source)), source, 40)
		if d := cmp.Diff(whole, slow); d != "" {
			t.Errorf("byte by byte (-whole +bytes):\n%s", d)
		}
	})
}

// auditLike is a record of about 2 KB as audit logs have them.
func auditLike(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"CreationTime":"2022-11-14T03:12:%02d","Id":"7c1e0b52-0000-4000-8000-%012d","Operation":"MailItemsAccessed","RecordType":50,"ResultStatus":"Succeeded","Workload":"Exchange","UserId":"pat@example.org","ClientIPAddress":"192.0.2.7","ClientInfoString":"Client=REST;Client=RESTSystem;;","OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],"Folders":[`, n%60, n)
	for i := range 8 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Id":"LgAAAAB%08dexampleexampleexampleexample","Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<%d.%d@mail.example.org>","SizeInBytes":%d,"Subject":"a \"quoted\" word"}]}`, i, n, i, i*1000)
	}
	b.WriteString("]}")
	return b.String()
}

func BenchmarkJSONRecords(b *testing.B) {
	var text strings.Builder
	for n := range 4000 {
		text.WriteString(auditLike(n))
		text.WriteByte('\n')
	}
	source := []byte(text.String())
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		j := NewJSONRecords(bytes.NewReader(source), 0, "items", "value")
		n := 0
		for j.Next() {
			n++
		}
		if n != 4000 {
			b.Fatalf("%d records", n)
		}
	}
}
