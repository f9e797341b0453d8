package absence

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"keytrail/forensics"
)

// finish hands out what one account gave.
func (w *work) finish(r *Result) {
	at := make([]int, len(w.lost)) // where each stands in r.Lost
	for i := range w.lost {
		l := &w.lost[i]
		at[i] = -1
		if l.given != 0 {
			continue
		}
		l.order()
		l.Fact = l.fact()
		at[i] = len(r.Lost)
		r.Lost = append(r.Lost, l.Lost)
	}
	rows := make([]int64, 0, len(w.additions))
	for row := range w.additions {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	for _, row := range rows {
		a := w.additions[row]
		slices.SortStableFunc(a.Reasons, compareReasons)
		r.Additions = append(r.Additions, *a)
	}
	for _, s := range w.spaces {
		r.Folders = append(r.Folders, w.view(s, at))
	}
}

// order puts the strongest reason first.
func (l *lost) order() { slices.SortStableFunc(l.Reasons, compareReasons) }

func compareReasons(a, b string) int { return cmp.Compare(strength(a), strength(b)) }

func strength(reason string) int {
	return slices.IndexFunc(words, func(w Words) bool { return w.Reason == reason })
}

// fact names the deletion, so that it is the same one when more evidence tells of it: by the mail's identity, else by its
// place in the folder's numbering, else by the record that it follows from.
func (l *lost) fact() string {
	var id string
	switch {
	case l.Row != 0:
		id = "row " + strconv.FormatInt(l.Row, 10)
	case l.run != nil:
		id = fmt.Sprintf("uid %s %d %d", strings.ToLower(l.space.name), l.space.validity, l.run.first)
	default:
		id = fmt.Sprintf("ref %d %d %d", l.Ref.Item, l.Ref.Offset, l.nth)
	}
	sum := sha256.Sum256([]byte(l.Kind.String() + "\x00" + l.Account + "\x00" + id))
	return "absent:" + hex.EncodeToString(sum[:12])
}

// maxRuns bounds the runs of one folder for the screen.
const maxRuns = 4000

// view is the folder for the screen: what is present, moved, missing along its numbers.
func (w *work) view(s *space, at []int) FolderView {
	in := s.newest()
	v := FolderView{Folder: forensics.Folder{Evidence: in.c.Evidence, EvidenceName: in.c.EvidenceName, Account: s.account, Name: s.name,
		UIDValidity: s.validity, UIDNext: in.f.UIDNext, Taken: in.f.AbsentAt}}
	v.Copies = w.copiesOf(s)
	var notes []string
	switch s.role {
	case RoleDrafts, RoleTrash, RoleJunk:
		notes = append(notes, "mail programs fill and empty this folder themselves: its gaps are not counted as deletions")
	default:
		rate := w.rateOf(s)
		v.Base = rate.words()
	}
	if in.f.UIDNext == 0 {
		notes = append(notes, "where the numbering stood is not on record: mails deleted behind the newest one do not show")
	}
	if other := w.otherValidity(s); other != 0 {
		notes = append(notes, fmt.Sprintf("UIDVALIDITY is %d here and %d in another copy: the server numbered the folder anew, the two are not compared by number", s.validity, other))
	}
	newest := len(s.in) - 1
	k, u := 0, 0
	for k < len(s.known) || u < len(s.runs) {
		if u == len(s.runs) || k < len(s.known) && s.known[k].uid < s.runs[u].first {
			x := &s.known[k]
			k++
			state, row := "present", -1
			if x.from != newest && in.f.Listed && !in.f.has(x.uid) {
				state = "missing"
				if x.mail == nil || w.elsewhereNow(x.mail) {
					state = "moved"
				}
				if x.mail != nil {
					if i, ok := w.byKey[x.mail.ID]; ok && x.mail.ID != 0 {
						row = at[i]
					}
				}
			}
			v.push(forensics.UIDRun{First: x.uid, Last: x.last, State: state, NotBefore: x.lower, NotAfter: cmp.Or(x.upper, x.lower)}, int64(x.last-x.uid)+1, row)
			continue
		}
		r := &s.runs[u]
		u++
		v.run(r, at)
	}
	if unseen := v.Missing - v.told; unseen > 0 && s.role.counts() && v.told > 0 {
		notes = append(notes, fmt.Sprintf("%d further missing mails are as usual for this folder and not on the timeline", unseen))
	} else if unseen > 0 && s.role.counts() {
		notes = append(notes, "its gaps are as usual for this folder and not on the timeline")
	}
	v.Note = strings.Join(notes, "; ")
	v.thin()
	return v
}

// run adds a run of UIDs that no copy has: the moved ones and the missing ones.
func (v *FolderView) run(r *run, at []int) {
	row := -1
	for _, i := range r.lost {
		if at[i] >= 0 {
			row = at[i]
		}
	}
	u := forensics.UIDRun{First: r.first, Last: r.last, State: "missing", NotBefore: r.lower, NotAfter: r.upper}
	n := int64(r.size())
	if r.left() > 0 || r.taken > r.moved {
		v.push(u, n-int64(r.moved), row)
		v.Moved += int64(r.moved)
		return
	}
	u.State = "moved"
	v.push(u, n, row)
}

// push adds a run of n messages, to the last one where that is of the same sort.
func (v *FolderView) push(u forensics.UIDRun, n int64, lost int) {
	switch u.State {
	case "present":
		v.Present += n
	case "moved":
		v.Moved += n
	default:
		v.Missing += n
		if lost >= 0 {
			v.told += n
		}
	}
	if i := len(v.Runs) - 1; i >= 0 && v.Runs[i].State == u.State && v.Lost[i] == lost && v.Runs[i].Last+1 == u.First && (u.State == "present" || lost >= 0) {
		last := &v.Runs[i]
		last.Last = u.Last
		last.NotBefore, last.NotAfter = least(last.NotBefore, u.NotBefore), max(last.NotAfter, u.NotAfter)
		return
	}
	v.Runs = append(v.Runs, u)
	v.Lost = append(v.Lost, lost)
}

// thin joins neighbours until few enough are left: what is missing and told stays longest.
func (v *FolderView) thin() {
	if len(v.Runs) <= maxRuns {
		return
	}
	group := (len(v.Runs) + maxRuns - 1) / maxRuns
	runs, lost := v.Runs[:0], v.Lost[:0]
	for i := 0; i < len(v.Runs); i += group {
		u, l := v.Runs[i], v.Lost[i]
		for k := i + 1; k < min(i+group, len(v.Runs)); k++ {
			x := v.Runs[k]
			u.Last = x.Last
			u.NotBefore, u.NotAfter = least(u.NotBefore, x.NotBefore), max(u.NotAfter, x.NotAfter)
			if weight(x.State, v.Lost[k]) > weight(u.State, l) {
				u.State, l = x.State, v.Lost[k]
			}
		}
		runs, lost = append(runs, u), append(lost, l)
	}
	v.Runs, v.Lost = runs, lost
}

func weight(state string, lost int) int {
	switch {
	case state == "missing" && lost >= 0:
		return 3
	case state == "missing":
		return 2
	case state == "moved":
		return 1
	}
	return 0
}

// otherValidity gives another UIDVALIDITY under which some copy has the folder, 0 where there is none.
func (w *work) otherValidity(s *space) uint32 {
	for _, o := range w.spaces {
		if o != s && o.validity != s.validity && o.validity != 0 && s.validity != 0 && strings.EqualFold(o.name, s.name) {
			return o.validity
		}
	}
	return 0
}
