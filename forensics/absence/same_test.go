package absence

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"keytrail/forensics"
)

// hoursOf is a mailbox file with a mail every hour of [from, to), without those left out.
func hoursOf(name string, role Role, taken, from, to int64, without ...int64) *Copy {
	f := folder(name, role, 0, taken)
	f.UIDValidity, f.Listed, f.Complete, f.File = 0, false, false, name+".mbox"
	for h := from; h < to; h++ {
		if !slices.Contains(without, h) {
			f.Mails = append(f.Mails, hourly(h))
		}
	}
	f.PresentAt = f.Mails[len(f.Mails)-1].Arrived
	c := copyOf(f)
	c.Described, c.Whole = false, false
	return c
}

// hourly is the mail of one hour: the same wherever it lies.
func hourly(h int64) Mail {
	m := mail(0, h*60)
	m.UID, m.Internal, m.From, m.Ref.Length = 0, false, Key(10+h%7), 1000+h*37%400
	return m
}

func every(from, to, step int64) (out []int64) {
	for h := from; h < to; h += step {
		out = append(out, h)
	}
	return out
}

func TestFilesUnderOtherNames(t *testing.T) {
	const end = 200
	acquired := func(without ...int64) *Copy {
		c := hoursOf("INBOX", RoleInbox, 60*end, 0, end, without...)
		c.Described, c.Whole = true, true
		f := c.Folders[0]
		f.Listed, f.Complete, f.UIDNext, f.UIDValidity = true, true, end+1, 7
		for i := range f.Mails {
			f.Mails[i].UID, f.Mails[i].Internal = uint32((f.Mails[i].Arrived-start)/hour)+1, true
		}
		return c
	}
	with := func(c *Copy, folders ...*Folder) *Copy { c.Folders = append(c.Folders, folders...); return c }
	file := func(name, dir string, from, to int64, without ...int64) *Folder {
		f := hoursOf(name, RoleOther, 60*end, from, to, without...).Folders[0]
		f.Dir = dir
		return f
	}
	apart := func(c *Copy) *Copy { c.Folders[0].Apart = true; return c }
	synced := func(c *Copy) *Copy { c.Folders[0].Synced = true; return c }
	for _, tt := range []struct {
		name  string
		older *Copy
		newer []*Copy
		want  []int64 // hours
		since int64   // hour from which on it can have gone, where it is not the mail's own
		in    string
	}{
		{name: "two names", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("dump", RoleOther, 60*end, 0, end, 60, 61)}, want: []int64{60, 61}, in: "dump"},
		{name: "INBOX under another name", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, 60)}, want: []int64{60}, in: "INBOX"},
		{name: "the older one follows the server", older: synced(hoursOf("old-laptop", RoleOther, 6000, 0, 100)), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, 60)}, want: []int64{60}, since: 99, in: "INBOX"},
		{name: "a copy of the whole mailbox", older: hoursOf("receipts", RoleOther, 6000, 0, 100, every(0, 100, 2)...), newer: []*Copy{acquired(61)}, want: []int64{61}, in: "receipts"},
		{name: "all mail", older: hoursOf("Posteingang", RoleInbox, 6000, 0, 100, every(0, 100, 2)...), newer: []*Copy{hoursOf("All Mail", RoleAll, 60*end, 0, end, 61)}, want: []int64{61}, in: "Posteingang"},
		{name: "moved into another file", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, 60, 70), hoursOf("Archive", RoleOther, 60*end, 60, 61)}, want: []int64{70}, in: "INBOX"},
		{name: "a newest one has it again", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, 60), hoursOf("dump", RoleOther, 70*end, 0, end+10)}},
		{name: "a part of INBOX", older: hoursOf("receipts", RoleOther, 6000, 0, 100, every(0, 100, 2)...), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, 61)}},
		{name: "an archive with copies of all", older: apart(hoursOf("Archive", RoleOther, 6000, 0, 100)), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, 60)}},
		{name: "too few in common", older: hoursOf("old-laptop", RoleOther, 6000, 0, 9), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, 4)}},
		{name: "nothing newer", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("INBOX", RoleInbox, 6000, 0, 100, 60)}},
		{name: "a hole of many", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, every(55, 66, 1)...)}},
		{name: "from a day on", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 20, end, 30, 80)}, want: []int64{80}, in: "INBOX"},
		{name: "a sender is left out", older: hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer: []*Copy{hoursOf("INBOX", RoleInbox, 60*end, 0, end, every(3, end, 7)...)}},
		{name: "one evidence, two directories", older: with(hoursOf("INBOX", RoleInbox, 60*end, 0, end, 60), file("INBOX", "old-laptop", 0, 100)), want: []int64{60}, in: "INBOX"},
		{name: "one directory, and the newer one does not go on", older: with(hoursOf("INBOX", RoleInbox, 60*end, 0, 102, 60), file("backup", "", 0, 100))},
		{name: "one directory, and the newer one goes on", older: with(hoursOf("INBOX", RoleInbox, 60*end, 0, end, 60), file("backup", "", 0, 100)), want: []int64{60}, in: "INBOX"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Infer(&Input{Copies: append([]*Copy{tt.older}, tt.newer...)})
			var got []int64
			for _, l := range r.Lost {
				if !slices.Contains(l.Reasons, ReasonCompared) {
					continue
				}
				h := minutes(l.ArrivedNotBefore) / 60
				got = append(got, h)
				since := h
				if tt.since != 0 {
					since = tt.since
				}
				if l.Folder != tt.in || minutes(l.NotBefore) != since*60 || !strings.Contains(l.Detail, "stand in") {
					t.Errorf("got %+v", l)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestPartTellsOnlyWhatALogTells: a part of a folder adds its reason to a log's deletion and makes none of its own.
func TestPartTellsOnlyWhatALogTells(t *testing.T) {
	older := hoursOf("old-laptop", RoleOther, 6000, 0, 100, every(0, 100, 2)...)
	newer := hoursOf("INBOX", RoleInbox, 12000, 0, 200, 61, 71)
	purged := hourly(61)
	r := Infer(&Input{Copies: []*Copy{older, newer}, Named: []Named{{Row: 77, Kind: forensics.MailPurged, Account: older.Account, Folder: "INBOX", ID: purged.ID, Time: purged.Arrived + hour}}})
	if len(r.Lost) != 0 || len(r.Additions) != 1 || r.Additions[0].Row != 77 || !slices.Contains(r.Additions[0].Reasons, ReasonCompared) || r.Additions[0].Refs[0] != purged.Ref {
		t.Errorf("got %+v, added %+v", r.Lost, r.Additions)
	}
}

func TestFolderNamesItsCopies(t *testing.T) {
	newer := hoursOf("INBOX", RoleInbox, 12000, 0, 200, 61)
	newer.Folders[0].UIDValidity = 7
	for i := range newer.Folders[0].Mails {
		newer.Folders[0].Mails[i].UID = uint32(i + 1)
	}
	r := Infer(&Input{Copies: []*Copy{hoursOf("old-laptop", RoleOther, 6000, 0, 100), newer}})
	if len(r.Folders) != 1 || !slices.Equal(r.Folders[0].Copies, []string{"old-laptop.mbox, to 2023-02-05: 99 of 100 mails of old-laptop.mbox stand in INBOX.mbox"}) {
		t.Errorf("got %+v", r.Folders)
	}
}

// BenchmarkFiles compares two files of one folder that bear other names.
func BenchmarkFiles(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 200_000
	older, newer := hoursOf("old-laptop", RoleOther, 60*n, 0, 1), hoursOf("INBOX", RoleInbox, 120*n, 0, 1)
	for h := int64(1); h < n; h++ {
		m := hourly(h)
		if h < n/2 {
			older.Folders[0].Mails = append(older.Folders[0].Mails, m)
		}
		if rng.IntN(1000) > 0 {
			newer.Folders[0].Mails = append(newer.Folders[0].Mails, m)
		}
	}
	older.Folders[0].PresentAt = at(60 * n / 2)
	lost := 0
	for b.Loop() {
		lost = len(Infer(&Input{Copies: []*Copy{older, newer}}).Lost)
	}
	b.ReportMetric(n*1.5*float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(float64(lost), "lost")
}
