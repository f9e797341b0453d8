package detect

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"keytrail/forensics"
)

//go:embed rules/*.rules
var embedded embed.FS

const (
	ruleSuffix  = ".rules"
	genericID   = "generic"   // the brand that stands for every brand
	imitationID = "imitation" // its rule for look-alikes
)

// Notices recognises notices by rules. It is read-only after LoadNotices.
type Notices struct {
	brands  []*Brand          // sorted by ID
	roots   map[string]*Brand // the brands' own domains
	mail    map[string]*Brand // domains that give mailboxes to everybody
	generic *Brand
	looks   lookAlikes
	cases   []brandCase
}

type brandCase struct {
	ruleCase
	brand string
}

// LoadNotices reads the rules in the program and then those of the extra folders, in
// order: every file named *.rules at the top of the folder. A file whose brand is
// known adds to it: a key it gives replaces the brand's, a rule of the same id replaces
// the rule. Rules of extra folders are tried before the built-in ones of their brand.
// A rule of an extra folder needs a case that it matches and one that it
// does not, and every case has to come out as it says; else the error names file and line.
func LoadNotices(extra ...fs.FS) (*Notices, error) {
	n := &Notices{}
	inside, err := fs.Sub(embedded, "rules")
	if err != nil {
		return nil, fmt.Errorf("embedded rules: %w", err)
	}
	byID := map[string]*Brand{}
	var words []string
	outer := 0 // where the cases of extra folders begin
	for i, fsys := range append([]fs.FS{inside}, extra...) {
		names, err := fs.Glob(fsys, "*"+ruleSuffix)
		if err != nil {
			return nil, fmt.Errorf("rule folder: %w", err)
		}
		slices.Sort(names)
		for _, name := range names {
			b, err := readRuleFile(fsys, name)
			if err != nil {
				return nil, err
			}
			p, err := parseRules(path.Base(name), b)
			if err != nil {
				return nil, err
			}
			if err := n.merge(byID, p); err != nil {
				return nil, err
			}
			words = append(words, p.words...)
			for _, c := range p.cases {
				n.cases = append(n.cases, brandCase{c, p.brand.ID})
			}
			if i > 0 {
				if err := both(p); err != nil {
					return nil, err
				}
			}
		}
		if i == 0 {
			outer = len(n.cases)
		}
	}
	if err := n.index(byID, words); err != nil {
		return nil, err
	}
	for _, c := range n.cases[outer:] {
		if err := c.run(n, c.brand); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func readRuleFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("rule file: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxRuleFile+1))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("rule file %s: %w", name, err)
	}
	return b, nil
}

// both refuses a rule without a positive or without a negative case.
func both(p *parsed) error {
	for _, r := range p.brand.rules {
		short := r.ID[strings.IndexByte(r.ID, '/')+1:]
		var is, not bool
		for _, c := range p.cases {
			if slices.Contains(c.rules, short) || slices.Contains(c.rules, r.ID) {
				is, not = is || c.is, not || !c.is
			}
		}
		if !is || !not {
			what := "matching (\"-- is " + short + " --\")"
			if is {
				what = "failing (\"-- not " + short + " --\")"
			}
			return &forensics.Error{What: "rule " + r.ID + " has no " + what + " case", File: r.file, Line: r.line, Byte: -1}
		}
	}
	return nil
}

// merge adds one file's brand to those known.
func (n *Notices) merge(byID map[string]*Brand, p *parsed) error {
	old := byID[p.brand.ID]
	if old == nil {
		byID[p.brand.ID] = p.brand
		seen := map[string]bool{}
		for _, r := range p.brand.rules {
			if seen[r.ID] {
				return &forensics.Error{What: "rule " + r.ID + " stands twice", File: r.file, Line: r.line, Byte: -1}
			}
			seen[r.ID] = true
		}
		return nil
	}
	set := func(key string, change func()) {
		if p.given[key] {
			change()
		}
	}
	set("name", func() { old.Name = p.brand.Name })
	set("service", func() { old.Service = p.brand.Service })
	set("domains", func() { old.Domains = p.brand.Domains })
	set("mail-domains", func() { old.MailDomains = p.brand.MailDomains })
	set("partners", func() { old.Partners = p.brand.Partners })
	set("names", func() { old.Names = p.brand.Names })
	set("generic", func() { old.Generic = p.brand.Generic })
	fresh := p.brand.rules
	for _, r := range old.rules {
		if !slices.ContainsFunc(p.brand.rules, func(x *Rule) bool { return x.ID == r.ID }) {
			fresh = append(fresh, r)
		}
	}
	for _, r := range fresh {
		r.brand = old
	}
	old.rules = fresh
	return nil
}

// index builds the tables that Classify looks into.
func (n *Notices) index(byID map[string]*Brand, words []string) error {
	n.roots, n.mail = map[string]*Brand{}, map[string]*Brand{}
	for _, b := range byID {
		n.brands = append(n.brands, b)
	}
	slices.SortFunc(n.brands, func(a, b *Brand) int { return strings.Compare(a.ID, b.ID) })
	for _, b := range n.brands {
		fail := func(what string) error {
			return &forensics.Error{What: "brand " + b.ID + " " + what, File: b.file, Byte: -1}
		}
		b.typed = map[int]bool{}
		for _, r := range b.rules {
			for _, t := range r.Types {
				b.typed[t] = true
			}
		}
		if b.ID == genericID {
			n.generic = b
			continue
		}
		if b.Name == "" || b.Service == "" || len(b.Domains) == 0 || len(b.Names) == 0 {
			return fail("needs name, service, domains and names")
		}
		for _, d := range b.Domains {
			if other := n.roots[d]; other != nil && other != b {
				return fail("and brand " + other.ID + " both claim the domain " + d)
			}
			n.roots[d] = b
		}
		for _, d := range b.MailDomains {
			n.mail[d] = b
		}
	}
	if n.generic == nil {
		return &forensics.Error{What: "no brand generic", Byte: -1}
	}
	n.looks = newLookAlikes(n.brands, n.generic, words)
	return nil
}

// resolve finds the rule that a case means by a name.
func (n *Notices) resolve(brand, name string) (string, bool) {
	ids := []string{brand + "/" + name, genericID + "/" + name}
	if strings.Contains(name, "/") {
		ids = []string{name}
	}
	for _, id := range ids {
		for _, b := range n.brands {
			for _, r := range b.rules {
				if r.ID == id {
					return id, true
				}
			}
		}
	}
	return "", false
}

// Brands lists the brands, sorted by id; generic, which is none, is left out.
func (n *Notices) Brands() []Brand {
	out := make([]Brand, 0, len(n.brands))
	for _, b := range n.brands {
		if b.ID != genericID {
			out = append(out, *b)
		}
	}
	return out
}

// Rules lists every rule in the order in which they are tried, brand by brand, the
// generic ones last.
func (n *Notices) Rules() []Rule {
	var out []Rule
	for _, b := range n.brands {
		if b.ID != genericID {
			for _, r := range b.rules {
				out = append(out, *r)
			}
		}
	}
	for _, r := range n.generic.rules {
		out = append(out, *r)
	}
	return out
}

// brandOf finds the brand that owns a domain, nil where none does: the longest
// root that the domain ends in. A domain that gives mailboxes to everybody is nobody's.
func (n *Notices) brandOf(domain string) *Brand {
	if n.mail[domain] != nil {
		return nil
	}
	for d := domain; d != ""; {
		if b := n.roots[d]; b != nil {
			return b
		}
		_, rest, ok := strings.Cut(d, ".")
		if !ok {
			return nil
		}
		d = rest
	}
	return nil
}
