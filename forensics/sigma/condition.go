package sigma

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// node is a part of a compiled rule.
type node interface{ match(r *Record) bool }

type (
	anyOf []node
	allOf []node
	not   struct{ node }
)

func (n anyOf) match(r *Record) bool {
	return slices.ContainsFunc(n, func(c node) bool { return c.match(r) })
}

func (n allOf) match(r *Record) bool {
	return !slices.ContainsFunc(n, func(c node) bool { return !c.match(r) })
}

func (n not) match(r *Record) bool { return !n.node.match(r) }

// maxDepth bounds how deep conditions and selections nest.
const maxDepth = 50

// parser reads a condition: or, and, not, parentheses, names, and "1 of NAME*", "all of them".
type parser struct {
	words      []string
	names      []string // of the selections, sorted
	selections map[string]node
	depth      int
}

func parseCondition(text string, names []string, selections map[string]node) (node, error) {
	if strings.Contains(text, "|") {
		return nil, fmt.Errorf("%q counts or correlates events, which is not supported", text)
	}
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	p := &parser{words: strings.Fields(spaced), names: names, selections: selections}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if len(p.words) > 0 {
		return nil, fmt.Errorf("%q is one word too many", p.words[0])
	}
	return n, nil
}

// next is the next word, in lower case where it is one of the language's; empty at the end.
func (p *parser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	switch w := strings.ToLower(p.words[0]); w {
	case "or", "and", "not", "of", "all", "any", "them":
		return w
	}
	return p.words[0]
}

func (p *parser) take() string {
	w := p.next()
	p.words = p.words[1:]
	return w
}

func (p *parser) or() (node, error) {
	list, err := p.joined("or", p.and)
	if len(list) == 1 {
		return list[0], err
	}
	return anyOf(list), err
}

func (p *parser) and() (node, error) {
	list, err := p.joined("and", p.unary)
	if len(list) == 1 {
		return list[0], err
	}
	return allOf(list), err
}

// joined reads what stands between the words.
func (p *parser) joined(word string, one func() (node, error)) ([]node, error) {
	for list := []node(nil); ; p.take() {
		n, err := one()
		if err != nil {
			return nil, err
		}
		if list = append(list, n); p.next() != word {
			return list, nil
		}
	}
}

func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("it nests deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	if len(p.words) == 0 {
		return nil, fmt.Errorf("it ends too soon")
	}
	switch w := p.take(); w {
	case "not":
		n, err := p.unary()
		return not{n}, err
	case "(":
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		if p.next() != ")" {
			return nil, fmt.Errorf("a parenthesis is not closed")
		}
		p.take()
		return n, nil
	case "1", "any", "all":
		if p.next() != "of" {
			break
		}
		p.take()
		return p.group(w == "all")
	default:
		if n, ok := p.selections[w]; ok {
			return n, nil
		}
		return nil, fmt.Errorf("there is no selection %q", w)
	}
	return nil, fmt.Errorf("%q is not understood", strings.Join(p.words, " "))
}

// group reads what stands behind "of": a name with *, or "them", which leaves out names that begin with "_".
func (p *parser) group(all bool) (node, error) {
	if len(p.words) == 0 {
		return nil, fmt.Errorf("it ends too soon")
	}
	pattern := p.take()
	var list []node
	for _, name := range p.names {
		ok := pattern == "them" && !strings.HasPrefix(name, "_")
		if pattern != "them" {
			var err error
			if ok, err = path.Match(pattern, name); err != nil {
				return nil, fmt.Errorf("%q: %w", pattern, err)
			}
		}
		if ok {
			list = append(list, p.selections[name])
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no selection is called %q", pattern)
	}
	if all {
		return allOf(list), nil
	}
	return anyOf(list), nil
}
