package format_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

func TestEach(t *testing.T) {
	const text = "{\"a\":1}\n{\"a\":\n{\"a\":3}\n"
	stop := errors.New("stop")
	tests := map[string]struct {
		fail error // of take, at its second call
		want []int
		lost int
	}{
		"to the end":     {nil, []int{0, 2}, 1},
		"an error stops": {stop, []int{0, 2}, 1},
	}
	for name, tt := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			records := format.NewJSONRecords(strings.NewReader(text), 0)
			sink := &formattest.Sink{}
			var got []int
			err := format.Each(context.Background(), records, sink, func(n int, ref forensics.Ref) error {
				got = append(got, n)
				if raw := text[ref.Offset : ref.Offset+ref.Length]; raw != string(records.Raw()) {
					t.Errorf("ref of %q, the record is %q", raw, records.Raw())
				}
				if len(got) == 2 {
					return tt.fail
				}
				return nil
			})
			if !errors.Is(err, tt.fail) {
				t.Errorf("error %v, want %v", err, tt.fail)
			}
			if d := cmp.Diff(tt.want, got); d != "" || len(sink.Lost) != tt.lost {
				t.Errorf("%d lost, want %d; taken (-want +got):\n%s", len(sink.Lost), tt.lost, d)
			}
		})
	}
}

func TestEachCancelled(t *testing.T) {
	for _, tt := range []struct{ rows, taken int }{
		{1000, 64}, // the next look
		{1, 1},     // at the end
	} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		rows := format.NewCSV(strings.NewReader(strings.Repeat("a,b\n", tt.rows)), 0)
		taken := 0
		err := format.Each(ctx, rows, &formattest.Sink{}, func(int, forensics.Ref) error {
			taken++
			cancel()
			return nil
		})
		if !errors.Is(err, context.Canceled) || taken != tt.taken {
			t.Errorf("%d of %d rows after a cancel at the first, error %v", taken, tt.rows, err)
		}
	}
}

func TestHandOut(t *testing.T) {
	one := []forensics.Event{{Operation: "x"}}
	for _, tt := range []struct {
		events []forensics.Event
		doubt  string
		want   string
	}{
		{one, "", "1 read, 1 events, 0 skipped, 0 broken, 0 warnings"},
		{one, "time cannot be read", "1 read, 1 events, 0 skipped, 0 broken, 1 warnings"},
		{nil, "", "0 read, 0 events, 1 skipped, 0 broken, 0 warnings"},
		{nil, "time cannot be read", "0 read, 0 events, 1 skipped, 0 broken, 0 warnings"},
	} {
		sink := &formattest.Sink{}
		if err := format.HandOut(sink, forensics.Ref{Length: 1}, []byte("x"), tt.events, tt.doubt); err != nil || sink.Summary() != tt.want {
			t.Errorf("%d events, doubt %q: %s, error %v; want %s", len(tt.events), tt.doubt, sink.Summary(), err, tt.want)
		}
	}
	stop := errors.New("stop")
	sink := &formattest.Sink{Fail: func(int) error { return stop }}
	if err := format.HandOut(sink, forensics.Ref{}, nil, one, ""); !errors.Is(err, stop) {
		t.Errorf("the sink's error comes back as %v", err)
	}
}
