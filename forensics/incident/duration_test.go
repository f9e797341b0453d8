package incident

import (
	"testing"
	"time"
)

// TestDuration: whole seconds that have passed, as rules count them; from two minutes on the nearest minute.
func TestDuration(t *testing.T) {
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0 s"},
		{22894 * time.Millisecond, "22 s"},
		{119*time.Second + 999*time.Millisecond, "119 s"},
		{2 * time.Minute, "2 min"},
		{2*time.Minute + 30*time.Second, "3 min"},
		{3 * time.Hour, "3 h"},
		{5 * 24 * time.Hour, "5 days"},
		{-22 * time.Second, "-22 s"},
	} {
		if got := duration(int64(tt.d)); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.d, got, tt.want)
		}
	}
}
