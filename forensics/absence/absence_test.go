package absence

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

var start = time.Date(2023, 2, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// at is so many minutes after the start.
func at(minutes int64) int64 { return start + minutes*minute }

// mail is one in its folder, delivered there.
func mail(uid uint32, minutes int64) Mail {
	return Mail{UID: uid, ID: Key(1000 + minutes), Arrived: at(minutes), Internal: true, Row: 5000 + minutes, Ref: forensics.Ref{Item: 1, Offset: minutes}}
}

func folder(name string, role Role, next uint32, taken int64, mails ...Mail) *Folder {
	return &Folder{Name: name, Role: role, UIDValidity: 7, UIDNext: next, PresentAt: at(taken), AbsentAt: at(taken), Mails: mails, Listed: true, Complete: true}
}

func copyOf(folders ...*Folder) *Copy {
	return &Copy{Evidence: 1, EvidenceName: "copy", Account: "pat@mail.example", Folders: folders, Whole: true, Described: true}
}

type told struct {
	Kind             string
	Folder           string
	UIDs             []uint32
	Count            int
	Reasons          []string
	Arrived, Removed [2]int64 // minutes; -1: open
}

func minutes(t int64) int64 {
	if t == 0 {
		return -1
	}
	return (t - start) / minute
}

func tell(r *Result) []told {
	var out []told
	for _, l := range r.Lost {
		removed := [2]int64{minutes(l.NotBefore), minutes(l.NotAfter)}
		if l.Moment != 0 {
			removed = [2]int64{minutes(l.Moment), minutes(l.Moment)}
		}
		out = append(out, told{l.Kind.String(), l.Folder, l.UIDs, l.Count, l.Reasons, [2]int64{minutes(l.ArrivedNotBefore), minutes(l.ArrivedNotAfter)}, removed})
	}
	return out
}

func TestInfer(t *testing.T) {
	saved := func(m Mail, minutes int64) Mail { m.Saved = at(minutes); return m }
	for _, tt := range []struct {
		name  string
		in    Input
		want  []told
		added map[int64][]string
		state []string // of the runs of the first folder
	}{
		{
			name:  "untouched",
			in:    Input{Copies: []*Copy{copyOf(folder("INBOX", RoleInbox, 4, 100, mail(1, 10), mail(2, 20), mail(3, 30)))}},
			state: []string{"1-3 present"},
		},
		{
			name: "one between neighbours, one at the end",
			in:   Input{Copies: []*Copy{copyOf(folder("INBOX", RoleInbox, 6, 100, mail(1, 10), mail(2, 20), mail(4, 30)))}},
			want: []told{
				{"mail-missing", "INBOX", []uint32{3}, 1, []string{"uid-gap"}, [2]int64{20, 30}, [2]int64{20, 100}},
				{"mail-missing", "INBOX", []uint32{5}, 1, []string{"uid-gap"}, [2]int64{30, 100}, [2]int64{30, 100}},
			},
			state: []string{"1-2 present", "3-3 missing", "4-4 present", "5-5 missing"},
		},
		{
			name: "a move is no deletion",
			in: Input{Copies: []*Copy{copyOf(
				folder("INBOX", RoleInbox, 4, 100, mail(1, 10), mail(3, 30)),
				folder("Archive", RoleOther, 2, 100, mail(1, 20)))}},
			state: nil,
		},
		{
			name: "a mail that was delivered elsewhere explains nothing",
			in: Input{Copies: []*Copy{copyOf(
				folder("INBOX", RoleInbox, 4, 100, saved(mail(1, 10), 10), saved(mail(3, 30), 30)),
				folder("Lists", RoleOther, 2, 100, saved(mail(1, 20), 20)))}},
			want: []told{{"mail-missing", "INBOX", []uint32{2}, 1, []string{"uid-gap"}, [2]int64{10, 30}, [2]int64{10, 100}}},
		},
		{
			name: "in the Trash, with the moment",
			in: Input{Copies: []*Copy{copyOf(
				folder("INBOX", RoleInbox, 4, 100, saved(mail(1, 10), 10), saved(mail(3, 30), 30)),
				folder("Trash", RoleTrash, 2, 100, saved(mail(1, 20), 25)))}},
			want: []told{{"mail-deleted", "Trash", []uint32{1}, 1, []string{"uid-gap", "trash"}, [2]int64{20, 20}, [2]int64{25, 25}}},
		},
		{
			name: "drafts burn numbers",
			in:   Input{Copies: []*Copy{copyOf(folder("Drafts", RoleDrafts, 40, 100, mail(30, 10)))}},
		},
		{
			name: "an older copy names it",
			in: Input{Copies: []*Copy{
				copyOf(folder("INBOX", RoleInbox, 4, 50, mail(1, 10), mail(2, 20), mail(3, 30))),
				copyOf(folder("INBOX", RoleInbox, 6, 100, mail(1, 10), mail(3, 30), mail(5, 70))),
			}},
			want: []told{
				{"mail-missing", "INBOX", []uint32{2}, 1, []string{"copies-compared"}, [2]int64{20, 20}, [2]int64{50, 100}},
				{"mail-missing", "INBOX", []uint32{4}, 1, []string{"uid-gap"}, [2]int64{50, 70}, [2]int64{50, 100}},
			},
			state: []string{"1-1 present", "2-2 missing", "3-3 present", "4-4 missing", "5-5 present"},
		},
		{
			name: "a log tells of it: no event of its own",
			in: Input{
				Copies: []*Copy{copyOf(folder("INBOX", RoleInbox, 4, 100, mail(1, 10), mail(3, 30)))},
				Named:  []Named{{Row: 9, Kind: forensics.MailPurged, Account: "pat@mail.example", Folder: "INBOX", UID: 2, ID: 55, Time: at(22)}},
			},
			added: map[int64][]string{9: {"uid-gap", "absent-here"}},
		},
		{
			name: "delivered, absent, and its gap",
			in: Input{
				Copies: []*Copy{copyOf(folder("INBOX", RoleInbox, 4, 100, mail(1, 10), mail(3, 30)))},
				Named:  []Named{{Row: 9, Kind: forensics.MailReceived, Account: "pat@mail.example", ID: 55, Time: at(20)}},
			},
			want: []told{{"mail-missing", "INBOX", []uint32{2}, 1, []string{"uid-gap", "absent-here"}, [2]int64{20, 20}, [2]int64{20, 100}}},
		},
		{
			name: "a changed password without its reset mail",
			in: Input{
				Copies:  []*Copy{copyOf(folder("INBOX", RoleInbox, 4, 100, mail(1, 10), mail(3, 30)))},
				Signals: []Signal{{Row: 5030, Kind: forensics.PasswordChanged, Account: "pat@mail.example", Service: "coinbase", Time: at(30), Notice: true}},
			},
			want: []told{{"mail-missing", "INBOX", []uint32{2}, 1, []string{"uid-gap", "sibling"}, [2]int64{10, 30}, [2]int64{10, 100}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Infer(&tt.in)
			if diff := cmp.Diff(tt.want, tell(r)); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
			added := map[int64][]string{}
			for _, a := range r.Additions {
				added[a.Row] = a.Reasons
			}
			if tt.added == nil {
				tt.added = map[int64][]string{}
			}
			if diff := cmp.Diff(tt.added, added); diff != "" {
				t.Errorf("additions (-want +got):\n%s", diff)
			}
			if tt.state != nil {
				if diff := cmp.Diff(tt.state, states(&r.Folders[0])); diff != "" {
					t.Errorf("runs (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func states(v *FolderView) []string {
	var out []string
	for _, u := range v.Runs {
		out = append(out, formatRun(u))
	}
	return slices.Clip(out)
}
