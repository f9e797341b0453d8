package filter

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// resolve turns the written value of t into what its key compares with.
func (p *parser) resolve(t *Term, key Key, at int) error {
	t.Pattern = newPattern(t.parts)
	switch key.Type {
	case TypeKind:
		t.Kinds = kindsOf(key.Name, t.Pattern)
		if t.Kinds == 0 {
			return p.unknownValue(t, key, at)
		}
	case TypeChoice:
		for i, c := range key.Choices {
			if t.Pattern.Match(c) {
				t.Choices |= 1 << i
			}
		}
		if t.Choices == 0 {
			return p.unknownValue(t, key, at)
		}
	case TypeNumber:
		digits := t.Value
		if key.Name == "asn" && len(digits) > 2 && strings.EqualFold(digits[:2], "as") {
			digits = digits[2:]
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 0 {
			return p.fail(at, fmt.Sprintf("%s: needs a number, such as %s", key.Name, key.Example), "")
		}
		t.Number = n
	case TypeIP:
		return p.resolveIP(t, at)
	case TypeTime:
		return p.resolveTime(t, key, at)
	}
	return nil
}

func (p *parser) unknownValue(t *Term, key Key, at int) error {
	suggestion := Nearest(t.Value, key.Choices)
	if suggestion != "" {
		suggestion = key.Name + ":" + suggestion
	}
	text := fmt.Sprintf("%s: has no value %q", key.Name, t.Value)
	if len(key.Choices) <= 8 {
		text += "; it has " + strings.Join(key.Choices, ", ")
	}
	return p.fail(at, text, suggestion)
}

func (p *parser) resolveIP(t *Term, at int) error {
	if !t.Pattern.IsLiteral() {
		if strings.Trim(t.Value, "0123456789abcdefABCDEF.:*") != "" {
			return p.fail(at, fmt.Sprintf("%q cannot be part of an IP address", t.Value), "")
		}
		return nil
	}
	if a, err := netip.ParseAddr(t.Value); err == nil {
		a = a.Unmap().WithZone("")
		t.Prefix = netip.PrefixFrom(a, a.BitLen())
		return nil
	}
	if n, err := netip.ParsePrefix(t.Value); err == nil {
		a, bits := n.Addr(), n.Bits()
		if a.Is4In6() && bits >= 96 {
			a, bits = a.Unmap(), bits-96
		}
		t.Prefix = netip.PrefixFrom(a, bits).Masked()
		return nil
	}
	suggestion := ""
	if s := strings.TrimSuffix(t.Value, "."); s != "" && strings.Count(s, ".") < 3 && strings.Trim(s, "0123456789.") == "" {
		suggestion = "ip:" + s + ".*"
	}
	return p.fail(at, fmt.Sprintf("%q is no IP address or network", t.Value), suggestion)
}

func (p *parser) resolveTime(t *Term, key Key, at int) error {
	from, to, zoned, ok := parseMoment(t.Value, p.loc)
	if !ok {
		return p.fail(at, fmt.Sprintf("%q is no time; write 2022, 2022-11, 2022-11-14 or 2022-11-14T03:00", t.Value), "")
	}
	t.zoned = zoned
	switch key.Name {
	case "after":
		t.From, t.To = from, maxNano
	case "before":
		t.From, t.To = minNano, from
	default:
		t.From, t.To = from, to
	}
	return nil
}

// Equal reports whether two filters mean the same, term by term; the columns do
// not count.
func Equal(a, b Expr) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case *And:
		y, ok := b.(*And)
		return ok && slices.EqualFunc(x.List, y.List, Equal)
	case *Or:
		y, ok := b.(*Or)
		return ok && slices.EqualFunc(x.List, y.List, Equal)
	case *Not:
		y, ok := b.(*Not)
		return ok && Equal(x.Expr, y.Expr)
	case *Term:
		y, ok := b.(*Term)
		return ok && x.Key == y.Key && slices.Equal(x.parts, y.parts) && x.From == y.From && x.To == y.To
	}
	return false
}
