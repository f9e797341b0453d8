package screen

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// NewGoToSheet asks for a time to go to. near is the time of the chosen event: a
// bare time of day is on its day, a distance counts from it.
func NewGoToSheet(ctx *kit.Context, near, first, last int64) kit.Sheet {
	p := newPrompt(ctx, "go to time", "time", "")
	span := ""
	if first != 0 || last != 0 {
		const day = "2006-01-02"
		span = time.Unix(0, first).In(ctx.Zone).Format(day) + " to " + time.Unix(0, last).In(ctx.Zone).Format(day)
	}
	p.hint = "2023-02-07 03:14   03:14   +2h   -3d   (events " + span + ")"
	at := time.Unix(0, near).In(ctx.Zone)
	p.check = func(text string) (string, bool) {
		t, err := parseMoment(text, at)
		if err != nil {
			return err.Error(), true
		}
		return t.Format("Mon 2006-01-02 15:04:05 ") + kit.OffsetOf(t), false
	}
	p.done = func(text string) tea.Msg {
		t, err := parseMoment(text, at)
		if err != nil {
			return nil
		}
		return kit.TimeChosen{Nano: t.UnixNano()}
	}
	return p
}

var distance = regexp.MustCompile(`^([+-])\s*(\d{1,6})(s|m|min|h|d|w|y)$`)

var errMoment = errors.New("not a time: write 2023-02-07, 2023-02-07 03:14, 03:14 or +2h")

// parseMoment reads what a person types for a time, in the zone of near.
func parseMoment(text string, near time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if m := distance.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1] + m[2])
		switch m[3] {
		case "s":
			return near.Add(time.Duration(n) * time.Second), nil
		case "m", "min":
			return near.Add(time.Duration(n) * time.Minute), nil
		case "h":
			return near.Add(time.Duration(n) * time.Hour), nil
		case "d":
			return near.AddDate(0, 0, n), nil
		case "w":
			return near.AddDate(0, 0, 7*n), nil
		}
		return near.AddDate(n, 0, 0), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.In(near.Location()), nil
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			y, m, d := near.Date()
			return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, near.Location()), nil
		}
	}
	for _, layout := range []string{
		"2006", "2006-01", "2006-01-02", "2006-01-02 15", "2006-01-02 15:04", "2006-01-02 15:04:05",
		"2006-01-02T15", "2006-01-02T15:04", "2006-01-02T15:04:05",
	} {
		if t, err := time.ParseInLocation(layout, text, near.Location()); err == nil && t.Year() > 1677 && t.Year() < 2262 {
			return t, nil
		}
	}
	return time.Time{}, errMoment
}
