package rule

// counted are events of one network: how many, and the first of them by name.
type counted struct {
	rows   []int32 // as many of them as are named
	total  int
	first  *ipSight // where the first came from, nil where that is not known
	others map[*ipSight]bool
}

// add counts an event that came from an address, which may be nil, and names it unless that many are named already.
func (c *counted) add(i int32, ip *ipSight, most int) {
	if len(c.rows) < most {
		c.rows = append(c.rows, i)
	}
	if c.total++; c.total == 1 {
		c.first = ip
	} else if ip != nil && ip != c.first {
		if c.others == nil {
			c.others = map[*ipSight]bool{}
		}
		c.others[ip] = true
	}
}

// more says, behind the first one's address, how many others there were.
func (c *counted) more() string {
	if c.first == nil || len(c.others) == 0 {
		return ""
	}
	return " and " + count(len(c.others), "more address") + " of that network"
}
