package investigate

import (
	"path"
	"slices"
	"strings"

	"keytrail/forensics/rule"
)

// mailboxes puts the items of one mail format in one evidence together: those of one person are one source, so that nobody's mail speaks for
// somebody else. Whoever one mailbox names is one person, and one who is named in two is the same; a mailbox that names nobody is of
// the one person whose mail lies in the nearest folder. What that does not tell speaks for all of them. Items have the names that they have in
// the evidence; a source has the evidence's, and where it is of several people that of its own folder too, of which one person can have two.
func mailboxes(items []rule.Source, evidence string) []rule.Source {
	people := newPeople(items)
	if people.count() < 2 {
		whole := items[0]
		whole.Name = evidence
		for i := range items[1:] {
			merge(&whole, &items[1+i])
		}
		return []rule.Source{whole}
	}
	folders := people.folders(items)
	var out []rule.Source
	of := map[int][]int{} // where in out each person's are
	for i := range items {
		s := items[i]
		s.Name = box(&s)
		person, known := people.of(s.Accounts)
		if !known {
			person = nearest(folders, s.Name)
		}
		at := slices.IndexFunc(of[person], func(n int) bool { return person == everybody || shared(out[n].Name, s.Name) != "." })
		if at < 0 {
			of[person] = append(of[person], len(out))
			out = append(out, s)
			continue
		}
		into := &out[of[person][at]]
		merge(into, &s)
		into.Name = shared(into.Name, s.Name)
	}
	for i := range out {
		out[i].Name = sourceName(evidence, out[i].Name)
	}
	for _, i := range of[everybody] {
		out[i].Name, out[i].Accounts = evidence, people.names()
	}
	return out
}

// everybody stands for a person who is not known.
const everybody = -1

// people are those whom mailboxes name: each address leads to another one of the same person, the last one to itself.
type people struct {
	same   map[string]int
	parent []int
}

func newPeople(items []rule.Source) *people {
	p := &people{same: map[string]int{}}
	boxes := map[string]int{}
	for i := range items {
		for _, a := range items[i].Accounts {
			if _, ok := p.same[a]; !ok {
				p.same[a] = len(p.parent)
				p.parent = append(p.parent, len(p.parent))
			}
			first, ok := boxes[box(&items[i])]
			if !ok {
				first = p.same[a]
				boxes[box(&items[i])] = first
			}
			p.parent[p.find(p.same[a])] = p.find(first)
		}
	}
	return p
}

func (p *people) find(n int) int {
	for p.parent[n] != n {
		p.parent[n] = p.parent[p.parent[n]]
		n = p.parent[n]
	}
	return n
}

func (p *people) count() (n int) {
	for i := range p.parent {
		if p.parent[i] == i {
			n++
		}
	}
	return n
}

// of gives the person whom a mailbox names.
func (p *people) of(accounts []string) (person int, known bool) {
	if len(accounts) == 0 {
		return 0, false
	}
	return p.find(p.same[accounts[0]]), true
}

func (p *people) names() []string {
	list := make([]string, 0, len(p.same))
	for a := range p.same {
		list = append(list, a)
	}
	slices.Sort(list)
	return list
}

// folders tells whose mail lies in every folder, everybody's where it is of several people.
func (p *people) folders(items []rule.Source) map[string]int {
	out := map[string]int{}
	for i := range items {
		person, known := p.of(items[i].Accounts)
		if !known {
			continue
		}
		for f := path.Dir(box(&items[i])); ; f = path.Dir(f) {
			if before, ok := out[f]; ok && before != person {
				person = everybody
			}
			out[f] = person
			if f == "." || f == "/" {
				break
			}
		}
	}
	return out
}

// nearest is whose mail lies in the nearest folder around a mailbox.
func nearest(folders map[string]int, name string) int {
	for f := path.Dir(name); ; f = path.Dir(f) {
		if person, ok := folders[f]; ok {
			return person
		}
		if f == "." || f == "/" {
			return everybody
		}
	}
}

// box is the mailbox that an item is, or the folder of those that hold one mail in each file.
func box(s *rule.Source) string {
	name := strings.ReplaceAll(s.Name, " » ", "/")
	if s.Format == "mailbox/mbox" {
		return name
	}
	return path.Dir(name)
}

// shared is the folder that two mailboxes have in common.
func shared(a, b string) string {
	for a != b {
		if len(a) >= len(b) {
			a = path.Dir(a)
		} else {
			b = path.Dir(b)
		}
		if a == "/" || b == "/" {
			return "."
		}
	}
	return a
}
