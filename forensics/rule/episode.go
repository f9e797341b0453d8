package rule

import (
	"cmp"
	"slices"
	"strings"

	"keytrail/forensics"
)

// episode is a time in which somebody strange was in the mailbox from one network, or with one key.
type episode struct {
	ip         *ipSight // nil where no address is on record
	standing   Standing
	start, end int64
	logins     counted
	acts       counted // mails read or sent, for where no login is on record
	first      int32   // the first event, of whatever kind
	events     int     // everything done
	client     *client
	legacy     bool
}

const (
	episodeGap  = day // a pause that is longer begins a new episode
	episodeRows = 500 // logins that an episode names at most
	episodeActs = 3   // mails read or sent that it names at most
)

// proof are the events that prove an episode, and what one is called; none where all that it did is a step of its own.
func (p *episode) proof() (c *counted, noun string) {
	if p.logins.total > 0 {
		return &p.logins, "login"
	}
	return &p.acts, "access"
}

// findEpisodes gathers what strangers did.
func (e *evaluation) findEpisodes() {
	open := map[uint64]*episode{}
	p := e.profile
	for n := range e.all[:e.dated] {
		b := &e.all[n]
		if !speaks[b.Kind] || b.Outcome == forensics.Failure || b.IP == 0 && b.Key == 0 && b.Client == 0 && b.Session == 0 {
			continue
		}
		ip := p.ip(b)
		if ip == nil && len(p.verdicts) == 0 && (len(p.clients) == 0 || e.in.Judge == nil) {
			continue
		}
		// Notices other than of logins are mails: where they came from is not where somebody was.
		if b.Certainty != forensics.Observed && b.Kind != forensics.LoginSucceeded || !e.own(b) {
			continue
		}
		standing := p.Known(b)
		if !standing.Strange() {
			continue
		}
		id := uint64(1)<<40 | uint64(b.Key)
		if ip != nil {
			id = uint64(ip.wideID)
		}
		ep := open[id]
		if ep == nil || b.Time-ep.end > episodeGap {
			ep = &episode{ip: ip, start: b.Time, first: int32(n)}
			open[id] = ep
			e.episodes = append(e.episodes, ep)
		}
		ep.end = b.Time
		ep.events++
		ep.standing = max(ep.standing, standing)
		if ep.client == nil {
			ep.client = p.client(b)
		}
		ep.legacy = ep.legacy || e.protocol(b.Protocol) == protocolLegacy
		switch {
		case b.Kind == forensics.LoginSucceeded:
			ep.logins.add(int32(n), ip, episodeRows)
		case b.Kind == forensics.MailRead || b.Kind == forensics.MailSent:
			ep.acts.add(int32(n), ip, episodeActs)
		}
	}
}

// episodeWeight says how much an episode speaks for an attack, and why in words.
func (e *evaluation) episodeWeight(ep *episode) (float64, []string) {
	if ep.standing == NotMine {
		return 0.9, []string{e.profile.Explain(&e.all[ep.first])}
	}
	return e.placeWeight(ep.ip, ep.client)
}

// placeWeight says how much it speaks for an attack that somebody came from an unusual network with a client.
func (e *evaluation) placeWeight(ip *ipSight, c *client) (w float64, why []string) {
	w = 0.25
	if ip == nil {
		return w, nil
	}
	if ip.inWide.usual {
		return 0.3, []string{"from a network that is usual otherwise"}
	}
	if s := ip.inCountry; s != nil && !s.usual && !e.profile.Short {
		w += 0.15
		why = append(why, "a new country")
	}
	if ip.hidden() {
		w += 0.15
		why = append(why, "a "+ip.place.Kind+" network")
	}
	switch ip.inWide.tied {
	case tiedKey:
		w += 0.15
		why = append(why, "first "+tiedKey)
	case tiedReset:
		w += 0.05
	}
	if s := ip.inWide; s.days >= 2 && s.quiet*4 <= s.days && ip.inWide.tied != tiedKey && !e.profile.Short {
		w += 0.1
		why = append(why, "only ever seen around changes")
	}
	if c != nil {
		switch s := e.profile.families[c.family]; {
		case c.verdict == Mine || s != nil && s.usual:
			w *= 0.5
			why = append(why, "with a usual client")
		case s != nil && !e.profile.Short:
			w += 0.1
			why = append(why, "with a new client")
		}
	}
	if ip.place.Kind == "mobile" {
		w /= 2
		why = append(why, "a mobile carrier")
	}
	if e.profile.Short {
		w *= 0.4
		why = append(why, e.profile.ShortWhy)
	}
	return w, why
}

// strangeness scales what a stranger does by how strange he is: around 1 for a new client on a server abroad, much less
// for the owner's own client in a hotel.
func (e *evaluation) strangeness(b *forensics.Brief) float64 {
	if e.profile.Known(b) == NotMine {
		return 1.2
	}
	w, _ := e.placeWeight(e.profile.ip(b), e.profile.client(b))
	return min(max(w/0.45, 0.25), 1.2)
}

// strangerBy is strangeness by the event itself, or by the login that it is put down to.
func (e *evaluation) strangerBy(i, login int32) float64 {
	if login < 0 {
		return e.strangeness(&e.all[i])
	}
	w := e.strangeness(&e.all[login])
	if f := e.profile.family(&e.all[i]); f != nil && f.usual && e.profile.client(&e.all[login]) == nil {
		w *= 0.6 // by a program that the owner uses
	}
	return w
}

// origin is a moment from which on somebody else may have been in the mailbox.
type origin struct {
	at     int64
	event  int32
	step   forensics.StepName
	text   string
	weight float64 // how much it speaks for an attack by itself, 0 to 1
}

// findOrigins lists the keys that the owner did not make and the strangers' logins.
func (e *evaluation) findOrigins() {
	for _, i := range e.keys {
		if v := e.keyOf[i]; !v.standing.Owner() {
			e.origins = append(e.origins, origin{e.all[i].Time, i, forensics.StepKey, e.keyText(i) + " was made", v.weight()})
		}
	}
	for _, ep := range e.episodes {
		weight, _ := e.episodeWeight(ep)
		proof, _ := ep.proof()
		for _, i := range proof.rows {
			e.origins = append(e.origins, origin{e.all[i].Time, i, forensics.StepLogin, "", weight})
		}
	}
	sortOrigins(e.origins)
}

// originBefore finds the latest origin not later than t and within the window; a key goes before the logins that followed
// it. Its text is filled in.
func (e *evaluation) originBefore(t, window int64) (origin, bool) {
	lo, hi := 0, len(e.origins)
	for lo < hi {
		if m := (lo + hi) / 2; e.origins[m].at <= t {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == 0 || e.origins[lo-1].at < t-window {
		return origin{}, false
	}
	best := e.origins[lo-1]
	for k := lo - 1; k >= 0 && k > lo-64 && e.origins[k].at >= t-window; k-- {
		if e.origins[k].step == forensics.StepKey {
			best = e.origins[k]
			best.weight = max(best.weight, e.origins[lo-1].weight)
			break
		}
	}
	if best.text == "" {
		best.text = "a login from " + e.place(best.event)
	}
	return best, true
}

// keyText names a key in words.
func (e *evaluation) keyText(i int32) string {
	if k := e.all[i].Key; k != 0 {
		return "the key " + quoted(e.spelled(k))
	}
	return "a key"
}

// join writes parts as a list.
func join(parts []string) string { return strings.Join(parts, ", ") }

// reason writes parts behind a sentence.
func reason(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return " (" + join(parts) + ")"
}

// serviceName is the proper name of an event's service.
func (e *evaluation) serviceName(i int32) string { return e.named(e.all[i].Service) }

// named is the proper name of a service.
func (e *evaluation) named(service forensics.Symbol) string {
	return cmp.Or(forensics.ServiceName(e.text(service)), "a service")
}

func sortOrigins(list []origin) {
	slices.SortFunc(list, func(a, b origin) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.event, b.event)) })
}
