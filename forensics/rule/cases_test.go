package rule

import (
	"strings"
	"testing"
)

// ruleCase is one case of a rule: events on top of a quiet life, and what the rule says of them.
type ruleCase struct {
	name   string
	events string
	bare   bool // without the quiet life
	options
	want       int     // findings of the rule
	least      float64 // weight of the first
	most       float64 // 0: not looked at
	says       string  // a part of the first's Why
	owner      bool
	notChecked string // a part of the reason
}

func runCases(t *testing.T, rule string, cases []ruleCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(rule+"/"+tt.name, func(t *testing.T) {
			table := tt.events
			if !tt.bare {
				table = quietLife + table
			}
			a, _ := evaluateLines(t, table, tt.options)
			got := found(a, rule)
			if len(got) != tt.want {
				t.Fatalf("got %d findings of %s, want %d\n%s", len(got), rule, tt.want, dump(a))
			}
			if tt.want > 0 {
				f := got[0]
				if f.Weight < tt.least-1e-9 || tt.most > 0 && f.Weight > tt.most+1e-9 {
					t.Errorf("weight %.2f, want %.2f to %.2f: %s", f.Weight, tt.least, tt.most, f.Why)
				}
				if !strings.Contains(f.Why, tt.says) {
					t.Errorf("says %q, want %q in it", f.Why, tt.says)
				}
				if f.Owner != tt.owner {
					t.Errorf("owner %t, want %t", f.Owner, tt.owner)
				}
			}
			why := ""
			for _, n := range a.NotChecked {
				if n.Rule == rule {
					why = n.Why
				}
			}
			if tt.notChecked == "" != (why == "") || !strings.Contains(why, tt.notChecked) {
				t.Errorf("not checked %q, want %q", why, tt.notChecked)
			}
		})
	}
}

// mine and not mine, as the cases say it.
func verdict(entity, v string) options { return options{verdicts: map[string]string{entity: v}} }

func setting(name, value string) options { return options{settings: map[string]string{name: value}} }
