package casefile

import (
	"fmt"
	"net/netip"
	"reflect"
	"testing"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// filledByCase are the fields of an event that are no part of what is stored: the
// case makes them when it hands the event out, or keeps only a hash (Fact).
var filledByCase = []string{"Row", "ID", "Fact", "EvidenceName", "EvidenceDigest", "ItemName", "ItemDigest",
	"SeenIn", "Tags", "Notes", "Verdict", "Incidents"}

// filler sets every field of a value to something that is not its zero.
type filler struct{ n int64 }

func (f *filler) fill(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	f.n++
	switch v.Interface().(type) {
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.AddrFrom4([4]byte{203, 0, 113, byte(f.n)})))
		return
	case forensics.Kind:
		v.Set(reflect.ValueOf(forensics.MailPurged))
		return
	case forensics.Certainty:
		v.Set(reflect.ValueOf(forensics.Inferred))
		return
	case forensics.Outcome:
		v.Set(reflect.ValueOf(forensics.OutcomeUnknown))
		return
	case forensics.Sender:
		v.Set(reflect.ValueOf(forensics.SenderUnknown))
		return
	case forensics.ZoneState:
		v.Set(reflect.ValueOf(forensics.ZoneAssumed))
		return
	case forensics.Precision:
		v.Set(reflect.ValueOf(forensics.PrecisionMicro))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s %d äß\x00\xff", path, f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64, reflect.Int32:
		v.SetInt(-f.n)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(uint64(f.n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(t, v.Index(i), path)
		}
	case reflect.Array:
		for i := range v.Len() {
			f.fill(t, v.Index(i), path)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(t, v.Field(i), v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("field %s has a type that this test does not know: %s. Store it in record.go first", path, v.Type())
	}
}

// fullEvent has a value in every field.
func fullEvent(t *testing.T) forensics.Event {
	var e forensics.Event
	(&filler{}).fill(t, reflect.ValueOf(&e).Elem(), "Event")
	return e
}

// Every field of an event comes back from the case as it went in.
func TestEveryFieldComesBack(t *testing.T) {
	c := newCase(t)
	want := fullEvent(t)
	it := addItem(t, c, "full.log", []forensics.Event{want})
	got := mustEvents(t, mustQuery(t, c, ""))
	if len(got) != 1 {
		t.Fatalf("got %d events", len(got))
	}
	want.Ref.Evidence, want.Ref.Item = it.Evidence, it.ID
	options := cmp.Options{cmpopts.IgnoreFields(forensics.Event{}, filledByCase...), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })}
	if diff := cmp.Diff(validText(want), validText(got[0]), options); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// validText makes the texts of the JSON column comparable: JSON holds only valid
// UTF-8.
func validText(e forensics.Event) forensics.Event {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			v.SetString(string([]rune(v.String())))
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[netip.Addr]() {
				return
			}
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		}
	}
	walk(reflect.ValueOf(&e).Elem())
	return e
}

// An event with nothing in it comes back with nothing in it.
func TestEmptyEventComesBack(t *testing.T) {
	c := newCase(t)
	it := addItem(t, c, "empty.log", []forensics.Event{{}})
	got := mustEvents(t, mustQuery(t, c, ""))
	want := []forensics.Event{{Ref: forensics.Ref{Evidence: it.Evidence, Item: it.ID}}}
	options := cmp.Options{cmpopts.IgnoreFields(forensics.Event{}, filledByCase...), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })}
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What the case fills in.
func TestCaseFillsIn(t *testing.T) {
	c := newCase(t)
	first, second := login(1, "pat@example.com", "203.0.113.7"), login(2, "pat@example.com", "203.0.113.7")
	first.Fact, second.Fact = "record 1", "record 2"
	two := login(2, "pat@example.com", "203.0.113.7")
	two.Ref = second.Ref // the same record gives a second event
	it := addItem(t, c, "a.log", []forensics.Event{first, second, two})
	again := first
	again.Ref.Offset, again.Ref.Line = 777, 7
	other := addItem(t, c, "b.log", []forensics.Event{again})

	events := mustEvents(t, mustQuery(t, c, ""))
	if len(events) != 3 {
		t.Fatalf("got %d events", len(events))
	}
	e := events[0]
	if e.EvidenceName != "a.log" || e.ItemDigest != it.Digest || e.EvidenceDigest != it.Digest || e.Row != 1 {
		t.Errorf("got %+v", e)
	}
	want := []forensics.Ref{{Evidence: other.Evidence, Item: other.ID, Offset: 777, Length: 10, Line: 7}}
	if diff := cmp.Diff(want, e.SeenIn); diff != "" {
		t.Errorf("seen in: -want +got:\n%s", diff)
	}
	for i, n := range []int{0, 0, 1} {
		if want := forensics.EventID(it.Digest, "", events[i].Ref.Offset, events[i].Kind, n); events[i].ID != want {
			t.Errorf("event %d: got id %s, want %s", i, events[i].ID, want)
		}
	}
	if got := mustQuery(t, c, "id:"+events[2].ID); got.Len() != 1 || got.Row(0) != events[2].Row {
		t.Errorf("the id finds %d events", got.Len())
	}
}
