package absence

import (
	"cmp"
	"fmt"
	"slices"
)

// Whether a mail that an older folder has and a newer one has not is gone, or was left out by an export.

// When a mail that the newer copy lacks is not called missing, because an export can have left it out.
const (
	// neighbours is how many mails before and behind it are looked at: at least half must be there. Where a whole
	// stretch is gone, the export had another period, retention emptied it, or a file is cut off.
	neighbours = 12
	// inRow is how many mails in a row may be gone.
	inRow = 8
	// wholeSender is from how many mails on a sender of which nothing is left is taken for one that the export
	// left out, except for notices of security and money, which nobody filters away.
	wholeSender = 2
	// margin is by how much copies of one mail differ in size (line ends, lines that programs add).
	margin = 1.1
)

// comparison holds an older folder's mails against a newer one, in the order in which they came, to tell a mail that is
// gone from one that an export left out.
type comparison struct {
	mails   []*Mail
	here    []int // how many of the mails before each stand in the newer one
	largest int64 // up to which size mails are surely in the newer one, in bytes as the older one has them; 0 not known
	senders map[Key]senderCount
	gone    map[*Mail]int // where in mails those stand that the newer one has not
	spacing int64         // between two mails, as a rule
	after   int64         // when the newer one's first mail behind the older one's last came; 0: none
}

// senderCount is how many mails of one sender the older copy has of that time, and whether the newer one has any.
type senderCount struct {
	all  int
	left bool
}

func newComparison(f, g *Folder, counts, there func(*Mail) bool, first, last int64) *comparison {
	k := &comparison{senders: map[Key]senderCount{}, gone: map[*Mail]int{}}
	for i := range f.Mails {
		if m := &f.Mails[i]; counts(m) && m.Arrived >= first && m.Arrived <= last {
			k.mails = append(k.mails, m)
		}
	}
	slices.SortStableFunc(k.mails, func(a, b *Mail) int { return cmp.Compare(a.Arrived, b.Arrived) })
	k.here = make([]int, len(k.mails)+1)
	for i, m := range k.mails {
		k.here[i+1] = k.here[i]
		s := k.senders[m.From]
		s.all++
		if there(m) {
			k.here[i+1]++
			s.left = true
			k.largest = max(k.largest, m.Ref.Length)
		} else {
			k.gone[m] = i
		}
		k.senders[m.From] = s
	}
	end := int64(0)
	if n := len(k.mails); n > 0 {
		end = k.mails[n-1].Arrived
		k.spacing = (end - k.mails[0].Arrived) / int64(n)
	}
	for i := range g.Mails {
		m := &g.Mails[i]
		if m.Arrived > end {
			k.after = least(k.after, m.Arrived)
		}
		k.largest = max(k.largest, int64(float64(m.Ref.Length)/margin))
		if s, ok := k.senders[m.From]; ok && !s.left {
			s.left = true
			k.senders[m.From] = s
		}
	}
	return k
}

// says reports whether the absence of mail i means something, and what is to be said with it.
func (k *comparison) says(i int) (detail string, ok bool) {
	m := k.mails[i]
	if k.largest != 0 && m.Ref.Length > k.largest {
		return "", false // larger than anything there: a limit of size explains it
	}
	if !k.alone(i) {
		return "", false
	}
	from, to := max(0, i-neighbours), min(len(k.mails), i+neighbours+1)
	if beside := to - from - 1; 2*(k.here[to]-k.here[from]) < beside {
		return "", false
	}
	if s := k.senders[m.From]; m.From != 0 && !s.left && s.all >= wholeSender {
		if !m.Notice {
			return "", false
		}
		return fmt.Sprintf("; all %d mails of this sender are missing there: an export that leaves him out looks the same", s.all), true
	}
	return "", true
}

// alone reports whether no more than a few mails in a row are gone with mail i. At the older one's end the newer one must go on soon, or
// the row can be the beginning of a longer one.
func (k *comparison) alone(i int) bool {
	first, last := i, i+1
	for first > 0 && i-first <= inRow && k.here[first] == k.here[first-1] {
		first--
	}
	for last < len(k.mails) && last-i <= inRow && k.here[last+1] == k.here[last] {
		last++
	}
	if last-first > inRow {
		return false
	}
	if last < len(k.mails) {
		return first > 0
	}
	return first > 0 && k.after != 0 && k.after-k.mails[first].Arrived <= (inRow+1)*k.spacing
}
