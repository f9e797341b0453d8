package jsonvalue

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	r := NewReader(128)
	v, err := r.Parse([]byte(`{"text":"Z\u00fcrich","none":"","number":-12.50,"large":123456789012345678901,"yes":true,"no":false,"null":null,"list":["a"],"object":{"a":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"text": "Zürich", "none": "", "number": "-12.50", "large": "123456789012345678901", "yes": "true", "no": "false",
		"null": "", "list": "", "object": "", "missing": ""} {
		if got := r.Text(v.Get(name)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestParse: texts stay when the next record is read, also behind a large one.
func TestParse(t *testing.T) {
	r := NewReader(4)
	var got []string
	for _, text := range []string{"a", strings.Repeat("b", usual), "c"} {
		v, err := r.Parse([]byte(`{"x":"` + text + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Text(v.Get("x")))
	}
	if got[0] != "a" || len(got[1]) != usual || strings.Trim(got[1], "b") != "" || got[2] != "c" {
		t.Errorf("got %q, %d bytes, %q", got[0], len(got[1]), got[2])
	}
	if _, err := r.Parse([]byte(`{"x":`)); err == nil {
		t.Error("a record that ends early is no error")
	}
}
