package absence

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"keytrail/forensics"
)

// TestTidyOwner: in a mailbox with thousands of gaps only those are told that are near a signal, at the end, or beyond what
// is usual.
func TestTidyOwner(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	f := &Folder{Name: "INBOX", Role: RoleInbox, UIDValidity: 7, Listed: true, Complete: true}
	const days = 700
	uid := uint32(0)
	burst := uint32(0)
	for d := range int64(days) {
		for k := range int64(12) {
			uid++
			if d == 500 && k >= 2 && k < 10 {
				burst = uid
				continue
			}
			if rng.IntN(10) < 2 { // the owner's habit
				continue
			}
			m := mail(uid, d*1440+k*60)
			m.ID = Key(1_000_000 + int64(uid))
			f.Mails = append(f.Mails, m)
		}
	}
	f.UIDNext, f.PresentAt, f.AbsentAt = uid+1, at(days*1440), at(days*1440)
	signal := at(300*1440 + 5*60 + 30)
	r := Infer(&Input{Copies: []*Copy{copyOf(f)}, Signals: []Signal{{Account: "pat@mail.example", Kind: forensics.KeyCreated, Time: signal, Row: 1}}})
	if len(r.Lost) == 0 || len(r.Lost) > 40 {
		t.Fatalf("%d of thousands of gaps are told", len(r.Lost))
	}
	found := false
	for _, l := range r.Lost {
		if slices.Contains(l.UIDs, burst) {
			found = true
			if !strings.Contains(l.Detail, "more than quiet days explain") {
				t.Errorf("detail %q", l.Detail)
			}
		} else if !strings.Contains(l.Detail, "quiet days") {
			t.Errorf("detail %q", l.Detail)
		}
	}
	if !found {
		t.Error("the eight mails that went on one day are not told")
	}
	v := r.Folders[0]
	if v.Missing < 1000 || !strings.Contains(v.Note, "as usual for this folder") || !strings.Contains(v.Base, "over 697 quiet days") {
		t.Errorf("%d missing, note %q, base %q", v.Missing, v.Note, v.Base)
	}
}

func TestNumberedAnew(t *testing.T) {
	old := folder("INBOX", RoleInbox, 40, 50, mail(30, 10), mail(39, 20))
	anew := folder("INBOX", RoleInbox, 3, 100, mail(1, 10), mail(2, 20))
	anew.UIDValidity = 8
	r := Infer(&Input{Copies: []*Copy{copyOf(old), copyOf(anew)}})
	for _, l := range r.Lost {
		if l.NotAfter == at(100) {
			t.Errorf("compared by number: %+v", l)
		}
	}
	if len(r.Folders) != 2 || !strings.Contains(r.Folders[0].Note, "UIDVALIDITY is 7 here and 8 in another copy") {
		t.Errorf("folders: %+v", r.Folders)
	}
}

func TestThreadWithoutRoot(t *testing.T) {
	id := func(minutes int64) uint64 { return uint64(at(minutes)/1e6)<<20 | 77 }
	reply, other := mail(2, 30), mail(3, 40)
	reply.Gmail, reply.Thread = id(30), id(20)
	other.Gmail, other.Thread = id(40), id(40)
	r := Infer(&Input{Copies: []*Copy{copyOf(folder("[Gmail]/All Mail", RoleAll, 4, 100, reply, other))}})
	for _, l := range r.Lost {
		if slices.Contains(l.Reasons, ReasonReference) {
			if minutes(l.ArrivedNotBefore) != 20 || minutes(l.ArrivedNotAfter) != 20 || l.Source != reply.Row {
				t.Errorf("got %+v", l)
			}
			return
		}
	}
	t.Errorf("no thread without a root: %+v", r.Lost)
}

func TestAnsweredAndGone(t *testing.T) {
	inbox := folder("INBOX", RoleInbox, 3, 100, mail(1, 10), mail(2, 60))
	one, two := mail(1, 30), mail(2, 40)
	one.Sent, one.Answers, one.ID = true, 4242, 1
	two.Sent, two.Answers, two.ID = true, inbox.Mails[0].ID, 2
	r := Infer(&Input{Copies: []*Copy{copyOf(inbox, folder("Sent", RoleSent, 3, 100, one, two))}})
	if len(r.Lost) != 1 || r.Lost[0].ID != 4242 || minutes(r.Lost[0].NotBefore) != 30 || minutes(r.Lost[0].ArrivedNotAfter) != 30 {
		t.Errorf("got %+v", r.Lost)
	}
}

func TestMarkedIsBoundedByTheOrderOfChanges(t *testing.T) {
	a, b, c := mail(1, 10), mail(2, 20), mail(3, 30)
	a.ModSeq, a.Deleted, b.ModSeq, c.ModSeq = 25, true, 21, 30
	r := Infer(&Input{Copies: []*Copy{copyOf(folder("INBOX", RoleInbox, 4, 100, a, b, c))}})
	if len(r.Lost) != 1 || r.Lost[0].Reasons[0] != ReasonMarked || minutes(r.Lost[0].NotBefore) != 20 || minutes(r.Lost[0].NotAfter) != 100 {
		t.Errorf("got %+v", r.Lost)
	}
}

// TestCopiesWithoutNumbers compares mailbox files: only inside what the newer one spans, and only where it is a copy of the same folder.
func TestCopiesWithoutNumbers(t *testing.T) {
	mbox := func(taken int64, minutes ...int64) *Copy {
		f := folder("Inbox", RoleInbox, 0, taken)
		f.UIDValidity, f.Listed, f.Complete = 0, false, false
		for _, at := range minutes {
			m := mail(0, at)
			f.Mails = append(f.Mails, m)
		}
		c := copyOf(f)
		c.Described, c.Whole = false, false
		return c
	}
	for _, tt := range []struct {
		name  string
		newer *Copy
		want  []int64 // arrival
	}{
		{"one is gone", mbox(200, 10, 20, 40, 50, 90), []int64{30}},
		{"an export of the last days only", mbox(200, 40, 50, 60, 90), nil},
		{"another folder by chance", mbox(200, 1, 2, 3, 10, 90), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Infer(&Input{Copies: []*Copy{mbox(60, 10, 20, 30, 40, 50), tt.newer}})
			var got []int64
			for _, l := range r.Lost {
				got = append(got, minutes(l.ArrivedNotBefore))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v: %+v", got, tt.want, r.Lost)
			}
		})
	}
}

func TestAddOnlyCopyProvesNoAbsence(t *testing.T) {
	a := copyOf(folder("INBOX", RoleInbox, 4, 50, mail(1, 10), mail(2, 20), mail(3, 30)))
	b := copyOf(folder("INBOX", RoleInbox, 4, 100, mail(1, 10), mail(3, 30)))
	b.AddOnly, b.Described = true, false
	b.Folders[0].Listed = false
	for _, l := range Infer(&Input{Copies: []*Copy{a, b}}).Lost {
		if slices.Contains(l.Reasons, ReasonCompared) {
			t.Errorf("got %+v", l)
		}
	}
}

func TestWordsAreWhole(t *testing.T) {
	for _, w := range words {
		if w.Reason == "" || w.Short == "" || w.Basis == "" || w.Innocent == "" {
			t.Errorf("words are missing: %+v", w)
		}
	}
	if _, ok := WordsOf("flag:seen"); ok {
		t.Error("a flag is no reason")
	}
}

// TestSameInputSameResult: the order of maps must not show.
func TestSameInputSameResult(t *testing.T) {
	build := func() string {
		rng := rand.New(rand.NewPCG(3, 4))
		var in Input
		for c := range int64(3) {
			var folders []*Folder
			for n, name := range []string{"INBOX", "Archive", "Trash", "Lists"} {
				f := folder(name, []Role{RoleInbox, RoleOther, RoleTrash, RoleOther}[n], 0, 1000+c*100)
				for uid := range uint32(40) {
					if rng.IntN(3) > 0 {
						f.Mails = append(f.Mails, mail(uid+1, int64(n)*3+int64(uid)*20))
					}
				}
				f.UIDNext = 42
				folders = append(folders, f)
			}
			in.Copies = append(in.Copies, copyOf(folders...))
		}
		return fmt.Sprintf("%+v", Infer(&in))
	}
	first := build()
	for range 5 {
		if build() != first {
			t.Fatal("another result from the same input")
		}
	}
}

func BenchmarkInfer(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 200_000
	inbox, archive := folder("INBOX", RoleInbox, n+1, n+10), folder("Archive", RoleOther, 0, n+10)
	for uid := range uint32(n) {
		switch m := mail(uid+1, int64(uid)); rng.IntN(10) {
		case 0:
		case 1, 2:
			m.UID = uint32(len(archive.Mails) + 1)
			archive.Mails = append(archive.Mails, m)
		default:
			inbox.Mails = append(inbox.Mails, m)
		}
	}
	archive.UIDNext = uint32(len(archive.Mails) + 1)
	for b.Loop() {
		Infer(&Input{Copies: []*Copy{copyOf(inbox, archive)}})
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
