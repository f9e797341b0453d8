package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// span writes a length of time as a person says it.
func span(n int64) string {
	if n < 0 {
		n = -n
	}
	switch {
	case n < int64(time.Second):
		return "less than a second"
	case n < 2*minute:
		return count(int(n/int64(time.Second)), "second")
	case n < 2*hour:
		return count(int(n/minute), "minute")
	case n < 2*day:
		return count(int(n/hour), "hour")
	}
	return count(int(n/day), "day")
}

// count writes a number with its word.
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if strings.HasSuffix(word, "s") {
		return strconv.Itoa(n) + " " + word + "es"
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// date writes the day of a time.
func date(n int64) string { return time.Unix(0, n).UTC().Format("2006-01-02") }

// quoted writes a text from evidence in a sentence, bounded.
func quoted(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	q := strconv.Quote(s)
	if strings.Contains(s, `"`) && !strings.ContainsAny(s, "“”") { // a rule's name within a rule
		return "“" + strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`) + "”"
	}
	return q
}

// program is a client as people know it, or in its own words.
func program(name string) string {
	if known := forensics.DescribeClient(name); known != name {
		return known
	}
	return quoted(name)
}

// distinct counts events, each once.
func distinct(list []int32) int { return len(slices.Compact(slices.Sorted(slices.Values(list)))) }

// either returns s where the condition holds, else t.
func either(condition bool, s, t string) string {
	if condition {
		return s
	}
	return t
}

// atLeast is count for what was not counted to the end.
func atLeast(n int, cut bool, word string) string {
	return either(cut, "at least ", "") + count(n, word)
}

// choose returns a where the condition holds, else b.
func choose(condition bool, a, b float64) float64 {
	if condition {
		return a
	}
	return b
}

// figure writes a sentence with its figures.
func figure(format string, args ...any) string { return fmt.Sprintf(format, args...) }
