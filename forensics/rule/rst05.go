package rule

import (
	"strings"

	"keytrail/forensics"
)

// rst05 is the rule RST-05.
func rst05() *Rule {
	return &Rule{
		ID: "RST-05", Title: "Imitation of a service", Technique: "",
		Means:    "A mail pretends to be of a service, or its sender failed the receiver's test. It is no evidence of a reset.",
		Innocent: "Phishing comes to every mailbox. It matters only where it was answered.",
		find:     (*evaluation).findRst05,
	}
}

func (e *evaluation) findRst05() {
	const most = 100
	rows, total := map[forensics.Symbol][]int32{}, map[forensics.Symbol]int{}
	var order []forensics.Symbol
	for _, i := range e.phish {
		d := e.all[i].Detail
		if total[d] == 0 {
			order = append(order, d)
		}
		total[d]++
		if len(rows[d]) < most {
			rows[d] = append(rows[d], i)
		}
	}
	for _, d := range order {
		what := count(total[d], "mail")
		if brand, ok := strings.CutPrefix(e.text(d), "imitates "); ok {
			what += either(total[d] == 1, " imitates ", " imitate ") + forensics.ServiceName(brand)
		} else {
			what += either(d != 0, " ("+e.text(d)+")", "") + " whose sender failed the receiver's test"
		}
		e.say(0, rows[d], nil, what, "")
	}
}
