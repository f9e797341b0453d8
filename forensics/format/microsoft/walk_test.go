package microsoft

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"
)

// strings of an object by key, as the walker reads them.
func walked(s []byte, q int) (map[string]string, error) {
	r := newReader(nil)
	out := map[string]string{}
	w := walker{s: s, q: q}
	if !w.enter('{') {
		return nil, errSyntax
	}
	for key, ok := w.key(); ok; key, ok = w.key() {
		raw := w.value()
		if w.err == nil && raw[0] == '"' {
			if k := string(decode(nil, key, q)); true {
				out[k] = string(r.bare(raw, q))
			}
		}
	}
	return out, w.err
}

func TestWalkerFaults(t *testing.T) {
	tests := map[string]error{
		`{}`: nil, ` { } `: nil, `{"a":1}`: nil, `{"a":"\\"}`: nil, `{"a":"\""}`: nil, `{"a":[{"b":"]"}],"c":null}`: nil,
		``: errCut, `{`: errCut, `{"a`: errCut, `{"a"`: errCut, `{"a":`: errCut, `{"a":"b`: errCut, `{"a":"b\"`: errCut,
		`{"a":"b",`: errCut, `{"a":[1,`: errCut, `{"a":{"b":"c"}`: errCut,
		`x`: errSyntax, `{a:1}`: errSyntax, `{"a" 1}`: errSyntax, `{"a":}`: errSyntax, `{} x`: errSyntax,
	}
	for text, want := range tests {
		var a audit
		if got := newReader(nil).walk(&a, []byte(text), 1); !errors.Is(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		doubled := bytes.ReplaceAll([]byte(text), []byte{'"'}, []byte(`""`))
		a = audit{}
		if got := newReader(nil).walk(&a, doubled, 2); !errors.Is(got, want) {
			t.Errorf("%q: %v, want %v", doubled, got, want)
		}
	}
}

// TestWalkerSingleQuote checks that no quote that is not doubled passes for part of a cell.
func TestWalkerSingleQuote(t *testing.T) {
	for _, text := range []string{`{""a"":""b\",x,""}`, `{""a":1}`, `{"a"":1}`, `{""a"":""b"}`, `{""a"":"b""}`, `{""a"":[""b"]}`} {
		var a audit
		if newReader(nil).walk(&a, []byte(text), 2) == nil {
			t.Errorf("%s passes", text)
		}
	}
}

// FuzzWalker holds the walker against encoding/json: what is valid there is read the
// same here, with single and with doubled quotes.
func FuzzWalker(f *testing.F) {
	for _, s := range []string{`{"Id":"a","b":[1,{"c":"\u00fc\\"}],"d":"\ud83d\ude00\ud800x"}`, `{"a":"\"","b":null,"":""}`, `{"a":{"b":[[],{}]}}`, `{"a`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		got, err := walked(s, 1)
		doubled, err2 := walked(bytes.ReplaceAll(s, []byte{'"'}, []byte(`""`)), 2)
		var want map[string]any
		if !utf8.Valid(s) || json.Unmarshal(s, &want) != nil || want == nil {
			return
		}
		if err != nil || err2 != nil {
			t.Fatalf("valid JSON: %v, doubled: %v", err, err2)
		}
		for k, v := range want {
			if v, ok := v.(string); ok && (got[k] != v || doubled[k] != v) {
				t.Errorf("%q: got %q, doubled %q, want %q", k, got[k], doubled[k], v)
			}
		}
	})
}
