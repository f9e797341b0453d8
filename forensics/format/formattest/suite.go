// Package formattest is the conformance suite that every format passes, and a
// recording sink for the parsers' own tests. A format's test is a dozen lines:
//
//	func TestConformance(t *testing.T) {
//		formattest.Suite(t, Dovecot{}, formattest.Case{
//			Valid: map[string]formattest.Sample{
//				"plain": {Data: plain, Records: 4, Skipped: 2},
//			},
//			Bad: []byte("Jan 32 99:99:99 mail dovecot: imap-login: Login: user=<\n"),
//		})
//	}
//
// Invariant: only tests import this package.
package formattest

import (
	"fmt"
	"testing"

	"keytrail/forensics/format"
)

// Case is what the suite needs to know about a format.
type Case struct {
	// Valid are small samples without a fault, by name; at least one, the first
	// of them by name with three records or more if the format can hold so many.
	Valid map[string]Sample

	// Bad is one entry that cannot be read, with its separator (line end, comma):
	// the suite puts it before the middle record of every sample and expects that it costs
	// one warning and nothing else. Nil where every entry can be read.
	Bad []byte

	// Endless are openings of an entry that then never ends; the empty one is always
	// tried. 64 MiB without a line end follow each.
	Endless [][]byte
	// EndlessRecord says that an endless line is part of a regular record, as in the
	// body of a mail: no warning is asked for.
	EndlessRecord bool

	// SingleByte says that this format never comes as UTF-16 (mailboxes, server
	// logs, binary files): the suite then only asks that it is refused in peace.
	SingleByte bool

	// Container says that records do not lie one after the other in the raw bytes
	// (PST, databases): refs need not slice back, a cut may lose everything.
	Container bool

	// Foreign are further inputs that the format must not match, by name.
	Foreign map[string][]byte
	// Accepts are names of Known samples of other families that the format may match.
	Accepts []string
}

// Sample is one valid input and what is in it.
type Sample struct {
	Data     []byte
	Name     string // the item's name, where the format looks at it
	Records  int    // entries that are read
	Skipped  int    // entries that are passed over
	Events   int    // events in all; 0: one or more a record
	Warnings int    // doubts that a reader has to voice even so
}

// Suite checks that f keeps the contract of package format.
func Suite(t *testing.T, f format.Format, c Case) {
	t.Helper()
	for _, k := range checks {
		t.Run(k.name, func(t *testing.T) {
			r := &report{}
			k.run(r, f, c)
			for _, p := range r.problems {
				t.Error(p)
			}
		})
	}
}

// problems runs one check without a test and gives what it found, one line each.
func problems(name string, f format.Format, c Case) []string {
	var all []string
	for _, k := range checks {
		if k.name != name {
			continue
		}
		r := &report{}
		k.run(r, f, c)
		for _, p := range r.problems {
			all = append(all, k.name+": "+p)
		}
	}
	return all
}

// checks is the suite, in the order in which faults are best understood.
var checks = []struct {
	name string
	run  func(*report, format.Format, Case)
}{
	{"name", checkName},
	{"match", checkMatch},
	{"foreign", checkForeign},
	{"valid", checkValid},
	{"refs", checkRefs},
	{"repeatable", checkRepeatable},
	{"small_reads", checkSmallReads},
	{"empty", checkEmpty},
	{"truncated", checkTruncated},
	{"bad_record", checkBadRecord},
	{"damaged_bytes", checkDamaged},
	{"encodings", checkEncodings},
	{"endless_line", checkEndless},
	{"cancel", checkCancel},
	{"sink_error", checkSinkError},
	{"read_error", checkReadError},
}

// report collects what a check finds wrong; at most a handful, the rest repeats.
type report struct {
	problems []string
}

const maxProblems = 8

func (r *report) errorf(format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, fmt.Sprintf(format, args...))
	}
}
