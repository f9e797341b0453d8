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
		return field("", n)
	}
	return nil, errors.New("it is neither fields nor words")
}

// check is a condition on the values of a field.
type check func(r *Record, values []value) bool

// test is a condition on one field, or on all values where it names none.
type test struct {
	name   string // as keys of a Record are spelled
	all    bool   // all checks must hold, not one
	negate bool
	checks []check
}

func (t *test) match(r *Record) bool {
	values := r.get(t.name)
	holds := func(c check) bool { return c(r, values) }
	fails := func(c check) bool { return !c(r, values) }
	var ok bool
	if t.all {
		ok = !slices.ContainsFunc(t.checks, fails)
	} else {
		ok = slices.ContainsFunc(t.checks, holds)
	}
	return ok != t.negate
}

// comparison is what the modifiers of a field say.
type comparison struct {
	how     string // contains, startswith, ...; empty: equal
	ref     bool   // the value names another field
	cased   bool
	words   bool   // no field is named
	flags   string // of a regular expression
	encoded []string
}

// field compiles "name|modifier|modifier: value or list".
func field(key string, node *yaml.Node) (node, error) {
	parts := strings.Split(key, "|")
	t := &test{name: spell(strings.TrimSpace(parts[0]))}
	c := comparison{words: t.name == ""}
	for _, m := range parts[1:] {
		switch m = strings.ToLower(m); m {
		case "all":
			t.all = true
		case "neq":
			t.negate = true
		case "cased":
			c.cased = true
		case "fieldref":
			c.ref = true
		case "contains", "startswith", "endswith", "re", "cidr", "exists", "lt", "lte", "gt", "gte":
			if c.how != "" {
				return nil, fmt.Errorf("%s and %s together are not supported", c.how, m)
			}
			c.how = m
		case "i", "m", "s":
			c.flags += m
		case "ignorecase":
			c.flags += "i"
		case "multiline":
			c.flags += "m"
		case "dotall":
			c.flags += "s"
		case "expand": // said with the value, which names what is missing
		default:
			if !slices.Contains(encodings, m) {
				return nil, fmt.Errorf("the modifier %q is not supported", m)
			}
			c.encoded = append(c.encoded, m)
		}
	}
	values := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		values = node.Content
	}
	for _, v := range values {
		if v.Kind != yaml.ScalarNode {
			return nil, errors.New("a value that is not a word, a number or a list of them is not supported")
		}
		if what := placeholder(v.Value, slices.Contains(parts[1:], "expand")); what != "" {
			return nil, errors.New(what)
		}
		f, err := c.compile(v)
		if err != nil {
			return nil, err
		}
		t.checks = append(t.checks, f)
	}
	if len(t.checks) == 0 {
		return nil, errors.New("the list of values is empty")
	}
	return t, nil
}

// placeholders are values of public rules that stand for one's own.
var placeholders = []string{"UPN", "HomeTenantID", "$TargetUserId"}

// placeholder says why a value cannot be looked for as it stands, empty where it can: public rules hold some that the
// reader is to replace by his own, and some that count.
func placeholder(text string, expand bool) string {
	short := text
	if len(short) > 100 {
		short = short[:100] + "..."
	}
	_, limit, _ := strings.Cut(text, "<")
	switch {
	case expand && strings.Count(text, "%") >= 2:
		return fmt.Sprintf("the placeholder %q has no value here; write your own in its place", short)
	case strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") && strings.Contains(text, " ") && !strings.ContainsAny(text, `=/"'`),
		strings.Contains(strings.ToLower(text), "use or for multiple"), slices.Contains(placeholders, text):
		return fmt.Sprintf("%q is to be replaced by your own", short)
	case strings.HasPrefix(text, "<") && strings.HasSuffix(limit, "%") && len(limit) < 5:
		return fmt.Sprintf("%q compares numbers of events, which is not supported", short)
	}
	return ""
}

// compile makes the check for one value.
func (c comparison) compile(v *yaml.Node) (check, error) {
	front, back := c.how == "contains" || c.how == "endswith", c.how == "contains" || c.how == "startswith"
	if c.words && c.how == "" {
		front, back = true, true
	}
	switch {
	case c.ref:
		if c.words || len(c.encoded) > 0 || c.how != "" && !front && !back {
			return nil, errors.New("fieldref with this modifier is not supported")
		}
		other := spell(v.Value)
		return func(r *Record, values []value) bool {
			return slices.ContainsFunc(r.get(other), func(o value) bool { return contains(values, literal(o.raw, c.cased, front, back).match) })
		}, nil
	case c.how == "exists":
		want, err := strconv.ParseBool(v.Value)
		if err != nil || c.words {
			return nil, errors.New("exists is true or false, and about a field")
		}
		return func(_ *Record, values []value) bool { return (len(values) > 0) == want }, nil
	case c.how == "" && !c.words && (v.Tag == "!!null" || v.Value == ""): // absent or empty
		return func(_ *Record, values []value) bool {
			return !contains(values, func(v value) bool { return v.raw != "" })
		}, nil
	}
	matches, err := c.matcher(v, front, back)
	if err != nil {
		return nil, err
	}
	if c.words {
		return func(r *Record, _ []value) bool { return r.any(matches) }, nil
	}
	return func(_ *Record, values []value) bool { return contains(values, matches) }, nil
}

// contains tells whether one of the values matches.
func contains(values []value, f func(value) bool) bool { return slices.ContainsFunc(values, f) }

// matcher makes the comparison of one value with one of a record.
func (c comparison) matcher(v *yaml.Node, front, back bool) (func(value) bool, error) {
	switch c.how {
	case "", "contains", "startswith", "endswith":
		if len(c.encoded) == 0 {
			return compile(v.Value, c.cased, front, back).match, nil
		}
		forms, cased, err := encoded(v.Value, c.encoded)
		if err != nil {
			return nil, err
		}
		var list []pattern
		for _, f := range forms {
			if cased {
				list = append(list, literal(f, true, front, back))
			} else {
				list = append(list, compile(f, c.cased, front, back))
			}
		}
		return func(v value) bool { return slices.ContainsFunc(list, func(p pattern) bool { return p.match(v) }) }, nil
	case "re":
		text := v.Value
		if c.flags != "" {
			text = "(?" + c.flags + ")" + text
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("the regular expression cannot be run in linear time: %w", err)
		}
		return func(v value) bool { return re.MatchString(v.raw) }, nil
	case "cidr":
		prefix, err := netip.ParsePrefix(v.Value)
		if ip, single := netip.ParseAddr(v.Value); single == nil {
			prefix, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no network", v.Value)
		}
		return func(v value) bool {
			ip, err := netip.ParseAddr(strings.Trim(v.raw, "[]"))
			if err != nil { // logs write the port behind it
				var port netip.AddrPort
				port, err = netip.ParseAddrPort(v.raw)
				ip = port.Addr()
			}
			return err == nil && prefix.Contains(ip.Unmap())
		}, nil
	}
	limit, err := strconv.ParseFloat(v.Value, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is no number", v.Value)
	}
	how := c.how
	return func(v value) bool {
		n, err := strconv.ParseFloat(v.raw, 64)
		return err == nil && (how == "lt" && n < limit || how == "lte" && n <= limit || how == "gt" && n > limit || how == "gte" && n >= limit)
	}, nil
}
