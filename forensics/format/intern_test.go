package format

import (
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

func TestInterner(t *testing.T) {
	in := NewInterner(8)
	for b, kept := range map[string]bool{"login": true, "caf\xE9": true, "12345678": true, "123456789": false} {
		if got := in.Text([]byte(b)); got != Text([]byte(b)) {
			t.Errorf("%q gives %q", b, got)
		}
		one, two := in.Text([]byte(b)), in.Text([]byte(b))
		if same := unsafe.StringData(one) == unsafe.StringData(two); same != kept {
			t.Errorf("%q gives one string: %v, want %v", b, !kept, kept)
		}
	}
	if got := in.Text(nil); got != "" {
		t.Errorf("nothing gives %q", got)
	}
	for i := range 3 * 4096 {
		if s := strconv.Itoa(i); in.Text([]byte(s)) != s || len(in.texts) > 4096 {
			t.Fatalf("%s gives %q, %d kept", s, in.Text([]byte(s)), len(in.texts))
		}
	}
	if long := strings.Repeat("x", 1<<16); in.Text([]byte(long)) != long {
		t.Error("a long text comes back otherwise")
	}
}
