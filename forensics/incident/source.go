package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"keytrail/forensics"
)

// Trait is something that incidents of one source share.
type Trait struct {
	Kind  TraitKind
	Value string // as the evidence writes it; for a pattern, with # for the digits
	Note  string // of a network its operator, of a client its name as it spells it
	// Hosted is set for a network that rents machines or hides its users: few accounts' owners come from there.
	Hosted bool
}

// TraitKind says what a trait is.
type TraitKind uint8

// The kinds of traits, the most telling first.
const (
	TraitDestination TraitKind = iota // where the money went
	TraitIP
	TraitNetwork // /24 or /64
	TraitKey     // the pattern of key names
	TraitASN
	TraitClient
)

// traits lists what an incident's source is known by.
func (b *builder) traits(d *draft, events map[int64]*forensics.Event) []Trait {
	seen := map[Trait]bool{}
	var out []Trait
	add := func(t Trait) {
		if t.Value != "" && !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	for _, p := range d.points {
		if e := events[p.b.Row]; e != nil && p.step == forensics.StepMoney {
			add(Trait{Kind: TraitDestination, Value: e.Destination})
		}
		if p.standing.Owner() {
			continue
		}
		if p.b.Key != 0 {
			add(Trait{Kind: TraitKey, Value: pattern(b.text(p.b.Key))})
		}
		if p.b.IP == 0 || b.aboutService(p.b) {
			continue
		}
		add(Trait{Kind: TraitClient, Value: b.text(p.b.Client), Note: b.in.Briefs.Spelled(p.b.Client)})
		at := b.placeOf(p.b)
		if !telling(at.Kind) {
			continue
		}
		add(Trait{Kind: TraitIP, Value: b.text(p.b.IP)})
		if at.net.IsValid() {
			add(Trait{Kind: TraitNetwork, Value: at.net.String()})
		}
		if at.ASN != 0 {
			add(Trait{Kind: TraitASN, Value: strconv.FormatUint(uint64(at.ASN), 10), Note: at.Org, Hosted: hosted(at.Kind)})
		}
	}
	slices.SortFunc(out, func(x, y Trait) int { return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Value, y.Value)) })
	return out
}

// hosted reports whether a network of a kind is one that people rent or hide in, not one that they live in.
func hosted(kind string) bool { return kind == "hosting" || kind == "vpn" || kind == "tor" }

// pattern gives a key's name with its numbers taken out: Outlook-2 and Outlook-11 are Outlook-#. A name without a number
// is its own pattern.
func pattern(name string) string {
	var out strings.Builder
	digits := false
	for _, r := range strings.ToLower(name) {
		if unicode.IsDigit(r) {
			if !digits {
				out.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		out.WriteRune(r)
	}
	return out.String()
}

// entities lists what the attack came from, as verdicts name it.
func (b *builder) entities(d *draft) []string {
	var ips, asns, clients, keys []string
	for _, p := range d.points {
		if p.standing.Owner() {
			continue
		}
		if p.b.IP != 0 {
			ips = append(ips, forensics.EntityIP+":"+b.text(p.b.IP))
			if at := b.placeOf(p.b); at.ASN != 0 && telling(at.Kind) {
				asns = append(asns, fmt.Sprintf("%s:%d", forensics.EntityASN, at.ASN))
			}
			if p.b.Client != 0 {
				clients = append(clients, forensics.EntityClient+":"+b.text(p.b.Client))
			}
		}
		if p.b.Key != 0 {
			keys = append(keys, forensics.EntityKey+":"+b.text(p.b.Key))
		}
	}
	return unique(slices.Concat(ips, asns, keys, clients))
}

// Lever is an entity whose verdict would move an incident's score.
type Lever struct {
	Entity string  // as verdicts name it
	Mine   float64 // the score were it the owner's
	Not    float64 // the score were it not
	Events int     // how many of the incident's events it has
}

// mostLevers is how many sources of an incident are tried, those of most events first. One of a thousand keys moves next to nothing.
const mostLevers = 50

// levers tells what a verdict on each of an incident's sources would do to it: what the owner did is taken out of the
// draft; what the owner did not do weighs more.
func (b *builder) levers(d *draft) []Lever {
	var out []Lever
	at := map[string]int{} // in out
	sources := make([][]string, len(d.points))
	for i, p := range d.points {
		sources[i] = b.sources(p)
		for _, e := range sources[i] {
			if _, ok := at[e]; !ok {
				at[e] = len(out)
				out = append(out, Lever{Entity: e, Not: score(d.weighed.points + pointsSaid)})
			}
			out[at[e]].Events++
		}
	}
	if len(out) > mostLevers {
		slices.SortStableFunc(out, func(x, y Lever) int { return y.Events - x.Events })
		out = out[:mostLevers]
	}
	for i := range out {
		rest := &draft{first: map[forensics.StepName]int64{}, symptoms: d.symptoms, stay: d.stay}
		for k, p := range d.points {
			if !slices.Contains(sources[k], out[i].Entity) {
				rest.points = append(rest.points, p)
			}
		}
		if len(rest.points) > 0 {
			out[i].Mine = score(b.weigh(rest).points)
		}
	}
	return out
}

// sources names what an event came from, as far as nothing is said about it.
func (b *builder) sources(p *point) (out []string) {
	if p.standing.Owner() || p.b.IP == 0 && p.b.Key == 0 {
		return nil
	}
	if p.b.IP != 0 {
		out = append(out, forensics.EntityIP+":"+b.text(p.b.IP))
	}
	if p.b.Key != 0 {
		out = append(out, forensics.EntityKey+":"+b.text(p.b.Key))
	}
	return out
}

// summary says in one sentence how strong an incident is and what holds it together.
func summary(f *forensics.Incident) string {
	names := make([]string, len(f.Steps))
	var reasons []string
	for i, s := range f.Steps {
		names[i] = string(s.Step)
		for _, r := range s.JoinedBy {
			if r != joinTime {
				reasons = append(reasons, strings.TrimPrefix(r, "same "))
			}
		}
	}
	reasons = unique(reasons)
	if len(reasons) > 3 {
		reasons = reasons[:3]
	}
	text := f.Strength + ": "
	switch {
	case len(names) == 1:
		return text + "one step, " + names[0]
	case len(reasons) == 0:
		return fmt.Sprintf("%s%d steps (%s), joined by time alone", text, len(names), strings.Join(names, ", "))
	}
	return fmt.Sprintf("%s%d steps (%s), joined by %s", text, len(names), strings.Join(names, ", "), and(reasons))
}

func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
