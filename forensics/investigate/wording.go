package investigate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// How the questions about a source are put.

// words are what a question names, as the evidence spells it.
type words struct{ client, key string }

// spell reads how the evidence spells the names of a question: texts of a snapshot are folded.
func (a *Analyst) spell(u *use) (w words, err error) {
	row := u.example.Row
	if !u.key {
		if row = u.client(); row == 0 {
			return w, nil
		}
	}
	events, err := a.seen.briefs.Events([]int64{row})
	if err != nil {
		return w, err
	}
	e := &events[0]
	w.key = e.Key
	w.client = forensics.DescribeClient(strings.TrimSpace(e.Client))
	if len(w.client) > 60 {
		w.client = strings.ToValidUTF8(w.client[:60], "") + "…"
	}
	return w, nil
}

// ask asks about a source.
func (u *use) ask(w words) string {
	switch {
	case u.key:
		return u.askKey(w)
	case strings.HasPrefix(u.entity, forensics.EntityNetwork+":"):
		return u.askHabit(w)
	}
	return u.askStrange(w)
}

// askHabit asks about something that is used much.
func (u *use) askHabit(w words) string {
	often := fmt.Sprintf("%s on %s", times(u.events, "time"), times(len(u.days), "day"))
	if n := len(u.accounts); n > 1 {
		with := ""
		if w.client != "" {
			with = ", most often with " + w.client
		}
		return fmt.Sprintf("%s were used from %s%s %s%s, mostly %s. Yours?", times(n, "account"), u.value(), u.where(), often, with, u.mostly())
	}
	return fmt.Sprintf("You used %s from %s%s %s, mostly %s. Yours?", cmp.Or(w.client, "the mailbox"), u.value(), u.where(), often, u.mostly())
}

// askStrange asks about something that an incident came from.
func (u *use) askStrange(w words) string {
	who, with := "The account was", " with "
	if n := len(u.accounts); n > 1 {
		who, with = times(n, "account")+" were", ", most often with "
	}
	if w.client == "" {
		with = ""
	}
	return fmt.Sprintf("%s used from %s%s%s%s, %s %s. Was it you?", who, u.value(), u.where(), with, w.client, times(u.events, "time"), u.when())
}

func (u *use) askKey(w words) string {
	of := ""
	if n := len(u.accounts); n > 1 {
		of = " of " + times(n, "account")
	}
	stands := "A key named %q stands in %s%s %s. Did you make it?"
	return fmt.Sprintf(stands, w.key, times(u.events, "event"), of, u.when())
}

func (u *use) when() string {
	if day(u.last) == day(u.first) {
		return "on " + day(u.first)
	}
	return fmt.Sprintf("between %s and %s", day(u.first), day(u.last))
}

// fewAccounts is how many accounts are named in what a question rests on.
const fewAccounts = 3

// detail is what a question rests on.
func (u *use) detail() string {
	list := slices.Clone(u.accounts)
	slices.SortStableFunc(list, func(x, y accountUse) int { return -cmp.Compare(x.events, y.events) })
	shown := list[:min(len(list), fewAccounts)]
	if len(list) == fewAccounts+1 {
		shown = list
	}
	var text strings.Builder
	for i, a := range shown {
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "%s: %s", a.name, times(a.events, "event"))
	}
	if more := len(list) - len(shown); more > 0 {
		fmt.Fprintf(&text, " and %d accounts more", more)
	}
	if len(list) > 1 {
		text.WriteString(";")
	}
	fmt.Fprintf(&text, " on %s, first %s, last %s (UTC)", times(len(u.days), "day"), moment(u.first), moment(u.last))
	return text.String()
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

// client is an event of the client that was used most, 0 where none says what it is.
func (u *use) client() int64 {
	best := ""
	for name, c := range u.clients {
		if n := u.clients[best].events; c.events > n || c.events == n && name < best {
			best = name
		}
	}
	return u.clients[best].row
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
	return grouped(n) + " " + noun + "s"
}

// grouped writes a number that is not negative with commas between the thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
