package forensics

import (
	"cmp"
	"slices"
	"strings"
)

// RuleHits is what one Sigma rule found about one account.
type RuleHits struct {
	Rule, Title, Level    string
	Technique, InnocentIf string
	Account               string
	First, Last           int64 // nanoseconds since 1970
	Hits                  int   // records that the rule matches
	EventIDs              []string
	Incidents             []int64 // those that tell one of the records, by number
}

// levels are Sigma's, what matters most first.
var levels = []string{"critical", "high", "medium", "low", "informational"}

// RuleHits gathers the findings of Sigma rules, those of the highest level first. Up to `ids` event IDs are kept of each.
func (a *Analysis) RuleHits(ids int) []RuleHits {
	type key struct{ rule, account string }
	at := map[key]int{}
	var out []RuleHits
	var told map[int64][]int64
	for i := range a.Findings {
		f := &a.Findings[i]
		if f.Title == "" {
			continue
		}
		if told == nil {
			told = a.tellers()
		}
		k := key{f.Rule, f.Account}
		n, known := at[k]
		if !known {
			n = len(out)
			at[k] = n
			out = append(out, RuleHits{Rule: f.Rule, Title: f.Title, Level: f.Level, Technique: f.Technique, InnocentIf: f.InnocentIf, Account: f.Account})
		}
		h := &out[n]
		h.Hits++
		if f.Start != 0 && (h.First == 0 || f.Start < h.First) {
			h.First = f.Start
		}
		h.Last = max(h.Last, f.End)
		h.EventIDs = append(h.EventIDs, f.EventIDs[:min(len(f.EventIDs), max(0, ids-len(h.EventIDs)))]...)
		for _, row := range f.Rows {
			h.Incidents = append(h.Incidents, told[row]...)
		}
		slices.Sort(h.Incidents)
		h.Incidents = slices.Compact(h.Incidents)
	}
	rank := func(level string) int {
		if i := slices.Index(levels, level); i >= 0 {
			return i
		}
		return len(levels)
	}
	slices.SortStableFunc(out, func(x, y RuleHits) int {
		return cmp.Or(cmp.Compare(rank(x.Level), rank(y.Level)), strings.Compare(x.Title, y.Title), strings.Compare(x.Rule, y.Rule), strings.Compare(x.Account, y.Account))
	})
	return out
}

// tellers says which incidents tell an event.
func (a *Analysis) tellers() map[int64][]int64 {
	out := map[int64][]int64{}
	for i := range a.Incidents {
		in := &a.Incidents[i]
		for _, steps := range [2][]Step{in.Steps, in.Repair} {
			for k := range steps {
				for _, row := range steps[k].Rows {
					if list := out[row]; len(list) == 0 || list[len(list)-1] != in.ID {
						out[row] = append(list, in.ID)
					}
				}
			}
		}
	}
	return out
}
