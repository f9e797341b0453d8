package formattest

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// toy is a format of lines "RFC3339 word", with faults to switch on.
type toy struct {
	name     string
	fault    string
	matchAll bool
}

func (f toy) Name() string { return f.name }

func (toy) About() format.About {
	return format.About{Title: "Toy", Reads: "lines", Gives: []string{"other"}, HowTo: "write it", Source: "this file"}
}

func (f toy) Match(h *format.Head) format.Guess {
	line, _, _ := bytes.Cut(format.HeadText(h.Bytes), []byte("\n"))
	stamp, _, _ := bytes.Cut(line, []byte(" "))
	if _, err := time.Parse(time.RFC3339, string(stamp)); err == nil || f.matchAll {
		return format.Guess{Score: 50, Why: "a time"}
	}
	return format.Guess{}
}

func (f toy) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	lines := format.NewLines(in.Reader, 0)
	for n := 0; lines.Next(); n++ {
		if err := ctx.Err(); err != nil && f.fault != "deaf" {
			return err
		}
		ref := lines.Ref()
		text := format.Text(lines.Bytes())
		if f.fault == "raw strings" {
			text = string(lines.Bytes())
		}
		stamp, word, _ := strings.Cut(text, " ")
		at, err := time.Parse(time.RFC3339, stamp)
		if err != nil || lines.TooLong() {
			switch f.fault {
			case "silent":
			case "panics":
				panic("at the disco")
			case "gives up":
				out.Broken(ref, "not a time")
				return nil
			default:
				out.Broken(ref, "not a time")
			}
			continue
		}
		if f.fault == "shifted" {
			ref.Offset++
		}
		err = out.Record(&format.Record{Ref: ref, Raw: lines.Raw(), Events: []forensics.Event{{
			Time: forensics.UTC(at, forensics.PrecisionSecond, stamp, "Time"), Operation: word,
		}}})
		if err != nil && f.fault != "stubborn" {
			return err
		}
	}
	if f.fault == "drops read errors" {
		return nil
	}
	return lines.Err()
}

func toyCase() Case {
	return Case{
		Valid: map[string]Sample{"three": {Data: []byte("2022-11-14T03:12:07Z one\n2022-11-14T03:12:08Z zwö\n2022-11-14T03:12:09Z three\n"), Records: 3, Events: 3}},
		Bad:   []byte("2022-99-14T03:12:08Z bad\n"),
	}
}

func TestSuitePassesAGoodFormat(t *testing.T) {
	Suite(t, toy{name: "toy/lines"}, toyCase())
}

func TestSuiteFindsFaults(t *testing.T) {
	tests := []struct {
		format toy
		want   string // what the problem's line begins with
	}{
		{toy{name: "Toy"}, "name:"},
		{toy{name: "toy/lines", matchAll: true}, "foreign:"},
		{toy{name: "toy/lines", fault: "silent"}, "bad_record:"},
		{toy{name: "toy/lines", fault: "panics"}, "truncated: three cut: panic:"},
		{toy{name: "toy/lines", fault: "gives up"}, "bad_record:"},
		{toy{name: "toy/lines", fault: "shifted"}, "refs:"},
		{toy{name: "toy/lines", fault: "stubborn"}, "sink_error:"},
		{toy{name: "toy/lines", fault: "deaf"}, "cancel:"},
		{toy{name: "toy/lines", fault: "drops read errors"}, "read_error:"},
		{toy{name: "toy/lines", fault: "raw strings"}, "encodings:"},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.format.fault+" "+tt.want, " ", "_"), func(t *testing.T) {
			check, _, _ := strings.Cut(tt.want, ":")
			got := problems(check, tt.format, toyCase())
			for _, p := range got {
				if strings.HasPrefix(p, tt.want) {
					return
				}
			}
			t.Errorf("no problem begins with %q in %q", tt.want, got)
		})
	}
}
