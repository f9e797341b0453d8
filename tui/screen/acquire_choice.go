package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// acquireChoice is what of a mailbox is copied. Everything is, unless somebody leaves something out.
type acquireChoice struct {
	of      string // the mailbox
	folders []kit.AcquireFolder
	out     map[string]bool // names of folders that are left out
	cursor  int

	since, before widget.Input
	second        bool // before is typed now
	mistake       *dayMistake
	from, until   time.Time // what was typed, once it is right
}

// take begins with the folders of a mailbox. What was chosen for the same one before stays.
func (c *acquireChoice) take(of string, folders []kit.AcquireFolder) {
	if c.of != of {
		*c = acquireChoice{of: of, out: make(map[string]bool)}
	}
	c.folders = slices.Clone(folders)
	slices.SortStableFunc(c.folders, func(a, b kit.AcquireFolder) int { return rank(&a) - rank(&b) })
	c.cursor = min(c.cursor, len(folders)-1)
}

// rank puts the folders that matter before the many others.
func rank(f *kit.AcquireFolder) int {
	switch {
	case strings.EqualFold(f.Name, "INBOX"):
		return 0
	case useWords[f.Use] != "":
		return 1
	}
	return 2
}

// key takes a key of the list; it reports whether the choice changed.
func (c *acquireChoice) key(msg tea.KeyPressMsg, k kit.Keys) bool {
	const page = 10
	switch {
	case key.Matches(msg, k.Choose):
		name := c.folders[c.cursor].Name
		c.out[name] = !c.out[name]
		return true
	case key.Matches(msg, k.AllOrNone):
		n, _ := c.chosen()
		for _, f := range c.folders {
			c.out[f.Name] = n == len(c.folders)
		}
		return true
	case key.Matches(msg, k.Up):
		c.cursor--
	case key.Matches(msg, k.Down):
		c.cursor++
	case key.Matches(msg, k.PageUp):
		c.cursor -= page
	case key.Matches(msg, k.PageDown):
		c.cursor += page
	case key.Matches(msg, k.First):
		c.cursor = 0
	case key.Matches(msg, k.Last):
		c.cursor = len(c.folders) - 1
	}
	c.cursor = max(0, min(c.cursor, len(c.folders)-1))
	return false
}

// chosen counts the folders that are copied, and their messages in words.
func (c *acquireChoice) chosen() (n int, messages string) {
	var sum int64
	more := ""
	for _, f := range c.folders {
		switch {
		case c.out[f.Name]:
			continue
		case f.Messages < 0:
			more = " or more"
		default:
			sum += f.Messages
		}
		n++
	}
	return n, kit.Plural(sum, "message") + more
}

func (c *acquireChoice) none() bool {
	n, _ := c.chosen()
	return n == 0
}

// names are the chosen folders, nil where all are: so a copy without a choice is the same request
// on every day, and is taken up.
func (c *acquireChoice) names() []string {
	var names []string
	for _, f := range c.folders {
		if !c.out[f.Name] {
			names = append(names, f.Name)
		}
	}
	if len(names) == len(c.folders) {
		return nil
	}
	return names
}

// bounded reports whether something is left out.
func (c *acquireChoice) bounded() bool {
	return c.names() != nil || !c.from.IsZero() || !c.until.IsZero()
}

// input is the day that is typed now.
func (c *acquireChoice) input() *widget.Input {
	if c.second {
		return &c.before
	}
	return &c.since
}

// dayMistake is what is wrong with a day that was typed.
type dayMistake struct {
	second bool // it is the day before which
	at     int  // rune where it begins
	text   string
}

// daysTyped reads the days; Enter on the first of them goes to the second where something was typed.
func (c *acquireChoice) daysTyped(now time.Time) (ready bool) {
	if c.from, c.mistake = parseDay(c.since.Value()); c.mistake == nil && c.from.After(now) {
		c.mistake = &dayMistake{text: "this day is still to come: no mail would be copied"}
	}
	if c.mistake != nil {
		c.second = false
		return false
	}
	if !c.second && !c.from.IsZero() {
		c.second = true
		return false
	}
	if c.until, c.mistake = parseDay(c.before.Value()); c.mistake == nil && !c.until.IsZero() && !c.from.Before(c.until) {
		c.mistake = &dayMistake{text: "this has to be a later day than the first"}
	}
	if c.mistake != nil {
		c.mistake.second, c.second = true, true
		return false
	}
	return true
}

// parseDay reads a day such as 2022-11-01, in UTC; the zero time where nothing was typed.
func parseDay(text string) (time.Time, *dayMistake) {
	const like = "2022-11-01"
	day := strings.TrimSpace(text)
	if day == "" {
		return time.Time{}, nil
	}
	indent := utf8.RuneCountInString(text[:strings.Index(text, day)])
	runes := []rune(day)
	for i, want := range like {
		if i == len(runes) || (want == '-') != (runes[i] == '-') || want != '-' && (runes[i] < '0' || runes[i] > '9') {
			return time.Time{}, &dayMistake{at: indent + i, text: "write a day as year-month-day: " + like}
		}
	}
	if len(runes) > len(like) {
		return time.Time{}, &dayMistake{at: indent + len(like), text: "the day ends here: no time of day can be given"}
	}
	var year, month, of int
	_, _ = fmt.Sscanf(day, "%d-%d-%d", &year, &month, &of) // digits and dashes, as seen above
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	switch {
	case year < 1970:
		return time.Time{}, &dayMistake{at: indent, text: "no mail is as old as that: a year from 1970 on"}
	case month < 1 || month > 12:
		return time.Time{}, &dayMistake{at: indent + 5, text: "there is no month " + day[5:7]}
	case of < 1 || of > last:
		return time.Time{}, &dayMistake{at: indent + 8, text: fmt.Sprintf("%s %d has %d days", time.Month(month), year, last)}
	}
	return time.Date(year, time.Month(month), of, 0, 0, 0, 0, time.UTC), nil
}
