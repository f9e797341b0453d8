package investigate

import (
	"strings"

	"keytrail/forensics"
)

const (
	// fewOwn is of how many mails of its own the account of a copy is read with certainty. An older copy has hardly any: what the newer one
	// has too was read there, and its Delivered-To with it.
	fewOwn = 20
	// lookAgain is how many of the other mails are then looked at in the evidence, headPart how much of each.
	lookAgain = 40
	headPart  = 16 << 10
)

// whose is the account that most of a copy's mails were for, where they agree well enough; empty where they do not.
func (b *copyBuilder) whose(s *store) string {
	delete(s.accounts, "")
	delete(s.shared, "")
	own := total(s.accounts)
	if own < fewOwn && len(s.shared) > 0 {
		seen := b.deliveredTo(s)
		if total(seen) == 0 { // no copy says more than To, or the evidence is out of reach
			seen = s.shared
		}
		for a, n := range seen {
			s.accounts[a] += n
		}
	}
	return mostNamed(s.accounts)
}

func total(counts map[string]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// mostNamed is the account that at least half name.
func mostNamed(accounts map[string]int) string {
	best := ""
	for a, n := range accounts {
		if best == "" || n > accounts[best] || n == accounts[best] && a < best {
			best = a
		}
	}
	if 2*accounts[best] < total(accounts) {
		return ""
	}
	return best
}

// deliveredTo reads again to whom some of a copy's mails were delivered: mails that were forwarded lie in two mailboxes, and
// the case keeps what the first copy says.
func (b *copyBuilder) deliveredTo(s *store) map[string]int {
	var refs []forensics.Ref
	for _, f := range s.copy.Folders {
		step := max(1, len(f.Mails)*len(s.copy.Folders)/lookAgain)
		for i := 0; i < len(f.Mails) && len(refs) < 2*lookAgain; i += step {
			if f.Mails[i].Ref.Length > 0 && !f.Mails[i].Sent {
				refs = append(refs, f.Mails[i].Ref)
			}
		}
	}
	seen := map[string]int{}
	for _, ref := range refs {
		it := b.items[ref.Item]
		if it == nil {
			continue
		}
		text, err := b.aside.reader(s.evidence).ReadAt(it.Name, ref.Offset, min(ref.Length, headPart))
		if err != nil {
			return nil
		}
		if to := topDelivered(string(text)); to != "" {
			seen[to]++
		}
	}
	return seen
}

// topDelivered is the recipient that the last server wrote above its Received, folded.
func topDelivered(message string) string {
	head, _, _ := strings.Cut(strings.ReplaceAll(message, "\r", ""), "\n\n")
	for line := range strings.SplitSeq(head, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case strings.EqualFold(name, "Received"):
			return ""
		case strings.EqualFold(name, "Delivered-To"):
			return strings.ToLower(strings.Trim(value, " \t<>"))
		}
	}
	return ""
}
