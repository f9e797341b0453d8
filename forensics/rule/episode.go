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
	logins     []int32
	acts       []int32 // the first mails read or sent, for where no login is on record
	first      int32   // the first event, of whatever kind
	events     int     // everything done
	client     *client
	legacy     bool
}

const (
	episodeGap  = day // a pause that is longer begins a new episode
	episodeRows = 500 // events that an episode names at most
)

// rows are the events that prove an episode; none where all that it did is a step of its own.
func (p *episode) rows() []int32 {
	if len(p.logins) > 0 {
		return p.logins
	}
	return p.acts
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
			ep.client = e.client(b.Client)
		}
		ep.legacy = ep.legacy || e.protocol(b.Protocol) == protocolLegacy
		switch {
		case b.Kind == forensics.LoginSucceeded && len(ep.logins) < episodeRows:
			ep.logins = append(ep.logins, int32(n))
		case (b.Kind == forensics.MailRead || b.Kind == forensics.MailSent) && len(ep.acts) < 3:
			ep.acts = append(ep.acts, int32(n))
		}
	}
}

// weight says how much an episode speaks for an attack, and why in words.
func (e *evaluation) episodeWeight(ep *episode) (float64, []string) {
	if ep.standing == NotMine {
		return 0.9, []string{e.profile.Explain(&e.all[ep.first])}
	}
	w, ip := 0.25, ep.ip
	var why []string
	if ip == nil {
		return w, nil
	}
	if c := ip.inCountry; c != nil && !c.usual && !e.profile.Short {
		w += 0.15
		why = append(why, "a new country")
	}
	if ip.hidden() {
		w += 0.15
		why = append(why, "a "+ip.place.Kind+" network")
	}
	if ip.inWide.tied != "" {
		w += 0.15
		why = append(why, "first "+ip.inWide.tied)
	}
	if ep.client != nil {
		switch s := e.profile.families[ep.client.family]; {
		case ep.client.verdict == Mine || s != nil && s.usual:
			w -= 0.1
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

// origin is a moment from which on somebody else may have been in the mailbox.
type origin struct {
	at     int64
	event  int32
	step   forensics.StepName
	text   string
	strong bool // the user says so, or two signs agree
}

// findOrigins lists the keys that the owner did not make and the strangers' logins.
func (e *evaluation) findOrigins() {
	for _, i := range e.keys {
		if v := e.keyOf[i]; !v.standing.Owner() {
			e.origins = append(e.origins, origin{e.all[i].Time, i, forensics.StepKey, e.keyText(i) + " was made", v.standing.Strange()})
		}
	}
	for _, ep := range e.episodes {
		for _, i := range ep.rows() {
			e.origins = append(e.origins, origin{e.all[i].Time, i, forensics.StepLogin, "a login from " + e.place(i), ep.standing == NotMine || ep.ip != nil && ep.ip.inWide.tied != ""})
		}
	}
	sortOrigins(e.origins)
}

// originBefore finds the latest origin not later than t and within the window; keys go before logins of the same
// window, as what came first.
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
			return e.origins[k], true
		}
	}
	return best, true
}

// keyText names a key in words.
func (e *evaluation) keyText(i int32) string {
	if k := e.all[i].Key; k != 0 {
		return "the key " + quoted(e.text(k))
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
func (e *evaluation) serviceName(i int32) string { return Proper(e.text(e.all[i].Service)) }

func sortOrigins(list []origin) {
	slices.SortFunc(list, func(a, b origin) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.event, b.event)) })
}
