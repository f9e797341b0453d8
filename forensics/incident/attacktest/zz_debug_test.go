package attacktest

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"
	"sort"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/investigate"
)

var dbgSeed = flag.Uint64("dseed", 0, "")
var dbgFrom = flag.String("dfrom", "", "")
var dbgTo = flag.String("dto", "", "")

func TestZZDebug(t *testing.T) {
	if *dbgSeed == 0 {
		t.Skip()
	}
	r, err := NewReader()
	if err != nil {
		t.Fatal(err)
	}
	c := Generate(*dbgSeed)
	cf, err := r.Read(context.Background(), c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer cf.Close()
	a, err := investigate.Analyse(context.Background(), cf, investigate.Options{Where: Where})
	if err != nil {
		t.Fatal(err)
	}
	events, err := Events(context.Background(), cf)
	if err != nil {
		t.Fatal(err)
	}
	truth := truths(c, events)
	in := map[int64]string{}
	for _, i := range a.Incidents {
		for _, s := range i.Steps {
			for _, row := range s.Rows {
				in[row] += fmt.Sprintf(" #%d.%s", i.ID, s.Step)
			}
		}
		for _, s := range i.Repair {
			for _, row := range s.Rows {
				in[row] += fmt.Sprintf(" #%d.repair", i.ID)
			}
		}
	}
	fr := map[int64][]string{}
	for _, f := range a.Findings {
		for _, row := range f.Rows {
			o := ""
			if f.Owner {
				o = "+"
			}
			fr[row] = append(fr[row], fmt.Sprintf("%s%s:%.2f", f.Rule, o, f.Weight))
		}
	}
	from, _ := time.Parse("2006-01-02", *dbgFrom)
	to, _ := time.Parse("2006-01-02", *dbgTo)
	for _, i := range a.Incidents {
		if i.End < from.UnixNano() || i.Start > to.UnixNano() {
			continue
		}
		fmt.Printf("INC #%d %.2f %s %s\n", i.ID, i.Score, i.Summary, i.State)
		for _, p := range i.Parts {
			fmt.Printf("     %+.1f %s\n", p.Value, p.Text)
		}
		for _, s := range i.Steps {
			fmt.Printf("     %s %s %v | %s | %s\n", s.Step, s.Label, s.JoinedBy, s.Why, s.Certainty)
		}
	}
	fmt.Println(c.World, c.Missing, c.Quirks)
	for i := range c.Attacks {
		fmt.Println("ATTACK", i+1, c.Attacks[i].Attacker, c.Attacks[i].Style, c.Attacks[i].Start, c.Attacks[i].End, c.Attacks[i].Took, c.Attacks[i].Recorded())
	}
	sort.SliceStable(events, func(x, y int) bool { return forensics.Compare(&events[x], &events[y]) < 0 })
	for i := range events {
		e := &events[i]
		at := e.Time.Std()
		if at.Before(from) || at.After(to) || e.Kind == forensics.MailReceived {
			continue
		}
		tr := ""
		for _, o := range truth[e.Row] {
			tr += fmt.Sprintf(" A%d.%s%v", o.attack+1, o.mark.Step, o.mark.Repair)
		}
		fmt.Printf("%d %s %s %s ip=%v s=%.8s c=%.30s svc=%s key=%s mid=%.12s sub=%.30q op=%s fmt=%s |%s |%s | %s\n", e.Row, at.UTC().Format("01-02 15:04:05"), e.Kind, e.Certainty, e.IP, e.Session, e.Client, e.Service, e.Key, e.MessageID, e.Subject, e.Operation, e.Provider, tr, in[e.Row], strings.Join(fr[e.Row], " "))
	}
}
