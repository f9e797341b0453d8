//go:build unix && !linux

package evidence

import "testing"

func accessTime(*testing.T, string) int64 { return 0 }
