package investigate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// How the questions about a source are put.

// habit asks about something that is used much.
func (u *use) habit() string {
	with := "the mailbox "
	if c := u.client(); c != "" {
		with = c + " "
	}
	return fmt.Sprintf("You used %sfrom %s%s %d times on %d days, mostly %s. Yours?", with, u.value(), u.where(), u.events, len(u.days), u.mostly())
}

// strange asks about something that an incident came from.
func (u *use) strange() string {
	when := "on " + day(u.first)
	if day(u.last) != day(u.first) {
		when = fmt.Sprintf("between %s and %s", day(u.first), day(u.last))
	}
	if u.key != "" {
		return fmt.Sprintf("A key named %q stands in %s %s. Did you make it?", u.key, times(u.events, "event"), when)
	}
	with := ""
	if c := u.client(); c != "" {
		with = " with " + c
	}
	return fmt.Sprintf("The account was used from %s%s%s, %s %s. Was it you?", u.value(), u.where(), with, times(u.events, "time"), when)
}

func (u *use) detail(account string) string {
	return fmt.Sprintf("%s: %s on %s, first %s, last %s (UTC)", account, times(u.events, "event"), times(len(u.days), "day"), moment(u.first), moment(u.last))
}

func (u *use) value() string {
	_, v, _ := strings.Cut(u.entity, ":")
	return v
}

// where is the place of a network in brackets.
func (u *use) where() string {
	var parts []string
	if u.place.Country != "" {
		parts = append(parts, u.place.Country)
	}
	if u.place.ASN != 0 {
		parts = append(parts, strings.TrimSpace("AS"+strconv.FormatUint(uint64(u.place.ASN), 10)+" "+u.place.Org))
	}
	if u.place.Kind != "" {
		parts = append(parts, u.place.Kind)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// client is the one that was used most.
func (u *use) client() string {
	best := ""
	for c, n := range u.clients {
		if best == "" || n > u.clients[best] || n == u.clients[best] && c < best {
			best = c
		}
	}
	if len(best) > 60 {
		best = strings.ToValidUTF8(best[:60], "") + "…"
	}
	return best
}

// mostly is the shortest span of hours that holds four fifths of the events, in UTC.
func (u *use) mostly() string {
	total := 0
	for _, n := range u.hours {
		total += n
	}
	for length := 1; length < 24; length++ {
		for from := range 24 {
			n := 0
			for h := from; h < from+length; h++ {
				n += u.hours[h%24]
			}
			if n*5 >= total*4 {
				return fmt.Sprintf("%d-%d h UTC", from, (from+length)%24)
			}
		}
	}
	return "at all hours"
}

func day(nano int64) string    { return time.Unix(0, nano).UTC().Format(time.DateOnly) }
func moment(nano int64) string { return time.Unix(0, nano).UTC().Format("2006-01-02 15:04") }

func times(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
