package sigma

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// selection compiles a selection: fields that must all match, a list of which one must, or words to be looked for
// everywhere.
func selection(n *yaml.Node, depth int) (node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it nests deeper than %d", maxDepth)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return nil, errors.New("aliases are not supported")
	case yaml.MappingNode:
		var all allOf
		for i := 0; i+1 < len(n.Content); i += 2 {
			f, err := field(n.Content[i].Value, n.Content[i+1])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", n.Content[i].Value, err)
			}
			all = append(all, f)
		}
		if len(all) == 0 {
			return nil, errors.New("it is empty")
		}
		return all, nil
	case yaml.SequenceNode:
		var either anyOf
		for _, c := range n.Content {
			part, err := selection(c, depth+1)
			if err != nil {
				return nil, err
			}
			either = append(either, part)
		}
		if len(either) == 0 {
			return nil, errors.New("it is empty")
		}
		return either, nil
	case yaml.ScalarNode:
		p := compile("*" + n.Value + "*")
		return keyword{p}, nil
	}
	return nil, errors.New("it is neither fields nor words")
}

// keyword looks for a word in every value.
type keyword struct{ pattern }

func (k keyword) match(r *Record) bool { return r.any(k.pattern.match) }

// test is a condition on one field.
type test struct {
	name   string // as keys of a Record are spelled
	all    bool   // all tests must hold, not one
	negate bool
	tests  []func(values []string) bool
}

func (t *test) match(r *Record) bool {
	values := r.get(t.name)
	holds := func(f func([]string) bool) bool { return f(values) }
	var ok bool
	if t.all {
		ok = !slices.ContainsFunc(t.tests, func(f func([]string) bool) bool { return !f(values) })
	} else {
		ok = slices.ContainsFunc(t.tests, holds)
	}
	return ok != t.negate
}

// field compiles "name|modifier|modifier: value or list".
func field(key string, value *yaml.Node) (node, error) {
	parts := strings.Split(key, "|")
	t := &test{name: spell(parts[0])}
	if t.name == "" {
		return nil, errors.New("a modifier without a field is not supported")
	}
	how := ""
	cased := false
	flags := ""
	for _, m := range parts[1:] {
		switch m = strings.ToLower(m); m {
		case "all":
			t.all = true
		case "neq":
			t.negate = true
		case "cased":
			cased = true
		case "contains", "startswith", "endswith", "re", "cidr", "exists", "lt", "lte", "gt", "gte", "fieldref":
			if how != "" {
				return nil, fmt.Errorf("%s and %s together are not supported", how, m)
			}
			how = m
		case "i", "m", "s":
			flags += m
		case "ignorecase":
			flags += "i"
		case "multiline":
			flags += "m"
		case "dotall":
			flags += "s"
		default:
			return nil, fmt.Errorf("the modifier %q is not supported", m)
		}
	}
	values := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		values = value.Content
	}
	for _, v := range values {
		if v.Kind != yaml.ScalarNode {
			return nil, errors.New("a value that is not a word, a number or a list of them is not supported")
		}
		f, err := compare(how, flags, v, cased)
		if err != nil {
			return nil, err
		}
		t.tests = append(t.tests, f)
	}
	if len(t.tests) == 0 {
		return nil, errors.New("the list of values is empty")
	}
	if how == "fieldref" {
		other := spell(value.Value)
		return referred{t.name, other, t.negate}, nil
	}
	return t, nil
}

// referred compares two fields of a record.
type referred struct {
	name, other string
	negate      bool
}

func (f referred) match(r *Record) bool {
	others := r.get(f.other)
	equal := slices.ContainsFunc(r.get(f.name), func(v string) bool {
		return slices.ContainsFunc(others, func(o string) bool { return strings.EqualFold(v, o) })
	})
	return equal != f.negate
}

// compare compiles one value.
func compare(how, flags string, v *yaml.Node, cased bool) (func([]string) bool, error) {
	one := func(f func(string) bool) func([]string) bool {
		return func(values []string) bool { return slices.ContainsFunc(values, f) }
	}
	glob := func(text string) func([]string) bool {
		p := compile(text)
		p.cased = cased
		return one(p.match)
	}
	switch how {
	case "":
		if v.Tag == "!!null" || v.Value == "" { // absent or empty
			return func(values []string) bool {
				return !slices.ContainsFunc(values, func(s string) bool { return s != "" })
			}, nil
		}
		return glob(v.Value), nil
	case "contains":
		return glob("*" + v.Value + "*"), nil
	case "startswith":
		return glob(v.Value + "*"), nil
	case "endswith":
		return glob("*" + v.Value), nil
	case "fieldref":
		return glob(""), nil
	case "exists":
		want, err := strconv.ParseBool(v.Value)
		if err != nil {
			return nil, errors.New("exists is true or false")
		}
		return func(values []string) bool { return (len(values) > 0) == want }, nil
	case "re":
		text := v.Value
		if flags != "" {
			text = "(?" + flags + ")" + text
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("the regular expression cannot be run in linear time: %w", err)
		}
		return one(re.MatchString), nil
	case "cidr":
		prefix, err := netip.ParsePrefix(v.Value)
		if err != nil {
			return nil, fmt.Errorf("%q is no network", v.Value)
		}
		return one(func(s string) bool {
			ip, err := netip.ParseAddr(s)
			return err == nil && prefix.Contains(ip.Unmap())
		}), nil
	}
	limit, err := strconv.ParseFloat(v.Value, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is no number", v.Value)
	}
	return one(func(s string) bool {
		n, err := strconv.ParseFloat(s, 64)
		return err == nil && (how == "lt" && n < limit || how == "lte" && n <= limit || how == "gt" && n > limit || how == "gte" && n >= limit)
	}), nil
}
