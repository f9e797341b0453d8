package evidence

import (
	"os"
	"syscall"
	"testing"
)

func accessTime(t *testing.T, path string) int64 {
	t.Helper()
	fi, err := os.Stat(path)
	check(t, err)
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return st.Atim.Sec
}
