package rule

// tally counts events of one network, and names the first of them.
type tally struct {
	rows   []int32 // as many of them as are named
	total  int
	first  *ipSight // where the first came from, nil where that is not known
	others map[*ipSight]bool
}

// add counts an event that came from an address, which may be nil, and names it unless that many are named already.
func (t *tally) add(i int32, ip *ipSight, most int) {
	if len(t.rows) < most {
		t.rows = append(t.rows, i)
	}
	if t.total++; t.total == 1 {
		t.first = ip
	} else if ip != nil && ip != t.first {
		if t.others == nil {
			t.others = map[*ipSight]bool{}
		}
		t.others[ip] = true
	}
}

// more says, behind the first one's address, how many others there were.
func (t *tally) more() string {
	if t.first == nil || len(t.others) == 0 {
		return ""
	}
	return " and " + count(len(t.others), "more address") + " of that network"
}
