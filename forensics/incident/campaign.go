package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// What a shared trait is worth; incidents belong together from campaignLeast on. One address or one destination is enough;
// an operator, a client or a name alone is not, because many have it who have nothing to do with each other.
const (
	campaignLeast = 4
	worthExact    = 4 // destination, address
	worthNetwork  = 3
	worthHosted   = 2 // an operator of rented machines, a pattern of key names
	worthClient   = 1
	worthAccount  = 1 // the same account again
)

// A trait that so many accounts use day after day, and such a share of all, tells nothing.
const (
	commonLeast = 3
	commonShare = 0.02
)

// Campaigns joins incidents that share a source, and writes the campaign's letter into them. The incidents have their numbers. usual tells, of a
// trait, in how many of the case's accounts it is what the owner uses, and of how many; nil: nothing is known.
func Campaigns(list []*Found, usual func(Trait) (accounts, of int)) []forensics.Campaign {
	u := newUnion(len(list))
	for _, pair := range candidates(list) {
		if u.find(pair[0]) != u.find(pair[1]) && worth(list[pair[0]], list[pair[1]], usual) >= campaignLeast {
			u.join(pair[0], pair[1])
		}
	}
	groups := map[int][]*Found{}
	var roots []int
	for i, f := range list {
		root := u.find(i)
		if groups[root] == nil {
			roots = append(roots, root)
		}
		groups[root] = append(groups[root], f)
	}
	var out []forensics.Campaign
	for _, root := range roots {
		group := groups[root]
		if len(group) < 2 {
			continue
		}
		slices.SortStableFunc(group, func(x, y *Found) int { return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.ID, y.ID)) })
		c := campaign(letters(len(out)), group, usual)
		for _, f := range group {
			f.Campaign = c.ID
		}
		out = append(out, c)
	}
	return out
}

// candidates are the pairs that share a trait: each incident with the ones before it that have it last, so that their number
// grows with the traits and not with the square of the incidents.
func candidates(list []*Found) (pairs [][2]int) {
	last := map[Trait][]int{}
	for i, f := range list {
		for _, t := range f.Traits {
			key := t
			key.Note, key.Hosted = "", false
			before := last[key]
			for _, j := range before[max(0, len(before)-lookBack):] {
				pairs = append(pairs, [2]int{j, i})
			}
			last[key] = append(before, i)
		}
	}
	return pairs
}

// lookBack is with how many earlier incidents of a trait one is compared.
const lookBack = 8

// worth adds up what two incidents share.
func worth(x, y *Found, usual func(Trait) (int, int)) (sum int) {
	for _, t := range shared(x, y) {
		if tooCommon(t, usual) {
			continue
		}
		switch t.Kind {
		case TraitDestination, TraitIP:
			sum += worthExact
		case TraitNetwork:
			sum += worthNetwork
		case TraitKey:
			if strings.Contains(t.Value, "#") || len(t.Value) >= 6 {
				sum += worthHosted
			}
		case TraitASN:
			if t.Hosted {
				sum += worthHosted
			} else {
				sum += worthClient
			}
		case TraitClient:
			sum += worthClient
		}
	}
	if sum > 0 && x.Account == y.Account {
		sum += worthAccount
	}
	return sum
}

func tooCommon(t Trait, usual func(Trait) (int, int)) bool {
	if usual == nil || t.Kind == TraitDestination {
		return false
	}
	n, of := usual(t)
	return n >= commonLeast && float64(n) >= commonShare*float64(of)
}

// shared lists the traits of both.
func shared(x, y *Found) (out []Trait) {
	for _, t := range x.Traits {
		if slices.ContainsFunc(y.Traits, func(o Trait) bool { return o.Kind == t.Kind && o.Value == t.Value }) {
			out = append(out, t)
		}
	}
	return out
}

// campaign describes a group, which is in the order of time.
func campaign(id string, group []*Found, usual func(Trait) (int, int)) forensics.Campaign {
	c := forensics.Campaign{ID: id, First: group[0].Start, Last: group[len(group)-1].Start}
	count := map[string]int{}
	var texts []string
	accounts := map[string]bool{}
	var lost []forensics.Loss
	for _, f := range group {
		c.Incidents = append(c.Incidents, f.ID)
		accounts[f.Account] = true
		lost = append(lost, f.Loss...)
		for _, t := range f.Traits {
			if tooCommon(t, usual) {
				continue
			}
			text := t.text()
			if count[text] == 0 {
				texts = append(texts, text)
			}
			count[text]++
		}
	}
	for _, t := range texts {
		if count[t] > 1 {
			if count[t] < len(group) {
				t = fmt.Sprintf("%s (%d of %d)", t, count[t], len(group))
			}
			c.Shared = append(c.Shared, t)
		}
	}
	c.Text = rhythm(group, len(accounts))
	c.Loss = total(lost)
	return c
}

// text names a trait as people read it.
func (t Trait) text() string {
	switch t.Kind {
	case TraitDestination:
		return "destination " + t.Value
	case TraitIP:
		return "address " + t.Value
	case TraitNetwork:
		return "network " + t.Value
	case TraitKey:
		return fmt.Sprintf("key names like %q", t.Value)
	case TraitASN:
		return strings.TrimSpace("operator AS" + t.Value + " " + t.Note)
	}
	if known := forensics.DescribeClient(t.Note); known != t.Note {
		return "client " + known
	}
	return fmt.Sprintf("client %q", cmp.Or(t.Note, t.Value))
}

// rhythm says how often and how regularly: "10 times since November 2022, every 11 days or so".
func rhythm(group []*Found, accounts int) string {
	text := fmt.Sprintf("%d times since %s", len(group), time.Unix(0, group[0].Start).UTC().Format("January 2006"))
	var gaps []int64
	for i := 1; i < len(group); i++ {
		gaps = append(gaps, group[i].Start-group[i-1].Start)
	}
	slices.Sort(gaps)
	least, most, middle := gaps[0], gaps[len(gaps)-1], gaps[len(gaps)/2]
	switch {
	case len(gaps) == 1:
		text += ", " + days(middle) + " apart"
	case most <= 3*max(least, 1):
		text += ", every " + days(middle) + " or so"
	default:
		text += fmt.Sprintf(", %s to %s apart", days(least), days(most))
	}
	if accounts > 1 {
		text += fmt.Sprintf(", in %d accounts", accounts)
	}
	return text
}

func days(nano int64) string {
	hours := nano / int64(time.Hour)
	switch {
	case hours < 1:
		return plural(int(nano/int64(time.Minute)), "minute")
	case hours < 48:
		return plural(int(hours), "hour")
	}
	return plural(int((hours+12)/24), "day")
}

// total sums losses by service and asset.
func total(list []forensics.Loss) []forensics.Loss {
	type key struct{ service, asset string }
	sums := map[key]*forensics.Loss{}
	var keys []key
	for _, l := range list {
		k := key{l.Service, l.Asset}
		s := sums[k]
		if s == nil {
			c := l
			c.Rows = slices.Clone(l.Rows)
			sums[k] = &c
			keys = append(keys, k)
			continue
		}
		s.Amount = addText(s.Amount, l.Amount)
		if s.ValueUSD == "" || l.ValueUSD == "" {
			s.ValueUSD = ""
		} else {
			s.ValueUSD = addText(s.ValueUSD, l.ValueUSD)
		}
		s.Rows = append(s.Rows, l.Rows...)
	}
	slices.SortFunc(keys, func(x, y key) int { return cmp.Or(cmp.Compare(x.service, y.service), cmp.Compare(x.asset, y.asset)) })
	var out []forensics.Loss
	for _, k := range keys {
		out = append(out, *sums[k])
	}
	return out
}

// addText adds two decimals that this package has written.
func addText(x, y string) string {
	a, errA := forensics.ParseDecimal(x)
	b, errB := forensics.ParseDecimal(y)
	if errA != nil || errB != nil {
		return ""
	}
	return a.Add(b).String()
}

// letters numbers campaigns A, B, ... Z, AA, ...
func letters(n int) string {
	s := ""
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}
