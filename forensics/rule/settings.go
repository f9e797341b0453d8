package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// The names of the settings. Windows are durations, the rest are numbers.
const (
	BaselineMinimum = "baseline.minimum"
	BaselineDays    = "baseline.days"
	BaselineSpan    = "baseline.span"
	KeyOwnerLogin   = "key.owner-login"
	KeyFailures     = "key.failures"
	KeyFailureCount = "key.failure-count"
	KeySeveral      = "key.several"
	KeySeveralCount = "key.several-count"
	KeyTied         = "key.tied"
	ConsentNew      = "consent.new"
	LoginNew        = "login.new"
	TravelWindow    = "travel.window"
	TravelDistance  = "travel.distance"
	TravelSpeed     = "travel.speed"
	GuessWindow     = "guess.window"
	GuessCount      = "guess.count"
	AddressWindow   = "addresses.window"
	AddressCount    = "addresses.count"
	ReadWindow      = "read.window"
	ReadCount       = "read.count"
	ResetBrands     = "reset.brands"
	ResetBrandCount = "reset.brand-count"
	ResetWindow     = "reset.window"
	SettingsWindow  = "settings.window"
	DeletionSoon    = "deletion.soon"
	DeletionWindow  = "deletion.window"
	GapWindow       = "gap.window"
	GapFactor       = "gap.factor"
	FloodWindow     = "flood.window"
	FloodDomains    = "flood.domains"
	FloodFactor     = "flood.factor"
	LossWindow      = "loss.window"
	LossReport      = "loss.report"
	LossJoined      = "loss.joined"
	LossNotice      = "loss.notice"
	HoleMinimum     = "hole.minimum"
	ChainWindow     = "chain.window"
	RepairWindow    = "repair.window"
)

// Setting is one threshold of the catalogue.
type Setting struct {
	Name    string
	Default string
	Lowest  string // the least that may be set
	Highest string // the most
	Help    string // what it decides, in a few words

	window      bool
	value       int64 // the default: nanoseconds, or a number
	least, most int64
}

// hour and day are units of the windows.
const (
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
	day    = 24 * hour
)

// Names lists every setting, in the order of the catalogue.
func Names() []Setting {
	list := []Setting{
		window(BaselineMinimum, 14*day, day, 365*day, "a history shorter than this is too little to learn the usual from"),
		number(BaselineDays, 5, 2, 365, "distinct days on which an address, network or client must be seen to count as usual"),
		window(BaselineSpan, 14*day, day, 365*day, "time between first and last sight that it must reach to count as usual"),
		window(KeyOwnerLogin, hour, minute, 7*day, "before a key is made, the owner's own login is looked for this far back"),
		window(KeyFailures, day, minute, 30*day, "failures of the owner's client that begin this soon after a key change count"),
		number(KeyFailureCount, 3, 1, 1000, "failures that it takes"),
		window(KeySeveral, day, minute, 30*day, "keys made within this time count together"),
		number(KeySeveralCount, 2, 2, 100, "keys that it takes"),
		window(KeyTied, day, minute, 30*day, "what is first seen this soon after a key change is not learnt as usual"),
		window(ConsentNew, 14*day, day, 365*day, "an application that was not seen for this long is new"),
		window(LoginNew, 30*day, day, 365*day, "a protocol, client, network or country not seen for this long is new"),
		window(TravelWindow, day, minute, 7*day, "logins further apart in time are not compared for travel"),
		number(TravelDistance, 500, 50, 20000, "kilometres that two logins must be apart at least"),
		number(TravelSpeed, 900, 100, 20000, "kilometres an hour that nobody travels"),
		window(GuessWindow, hour, minute, 7*day, "failures and the login after them lie within this time"),
		number(GuessCount, 10, 2, 10000, "failures that it takes"),
		window(AddressWindow, 6*hour, minute, 7*day, "logins from different addresses within this time count together"),
		number(AddressCount, 3, 2, 1000, "addresses, each of another network, that it takes"),
		window(ReadWindow, day, minute, 30*day, "reads are counted over this time"),
		number(ReadCount, 100, 10, 1000000, "messages read in that time that it takes"),
		window(ResetBrands, hour, minute, 7*day, "resets of several services within this time count together"),
		number(ResetBrandCount, 2, 2, 100, "services that it takes"),
		window(ResetWindow, day, minute, 30*day, "a reset this soon after a key or a strange login belongs to it"),
		window(SettingsWindow, day, minute, 30*day, "a changed password, recovery or second factor this soon after a strange login belongs to it"),
		window(DeletionSoon, 15*minute, minute, day, "a notice deleted this soon after it came was hidden"),
		window(DeletionWindow, day, minute, 30*day, "a notice deleted later than this is not reported"),
		window(GapWindow, day, minute, 30*day, "missing mail is looked for this long around a key, a strange login or a reset"),
		number(GapFactor, 3, 1, 1000, "how many times the folder's own rate of gaps it must be"),
		window(FloodWindow, hour, minute, day, "mail from new senders is counted over this time"),
		number(FloodDomains, 30, 5, 100000, "domains never seen before that it takes"),
		number(FloodFactor, 10, 2, 1000, "how many times the median hour with mail it must be"),
		window(LossWindow, day, minute, 30*day, "a transfer this soon after a reset of the same service belongs to it"),
		window(LossReport, 7*day, minute, 90*day, "a transfer this soon after is reported with less weight"),
		window(LossJoined, 84*hour, minute, 90*day, "a transfer this soon after an attack's last act can be a part of it; services hold transfers back for up to three days after a reset"),
		window(LossNotice, day, minute, 7*day, "a transfer's own mail is looked for this long around it"),
		window(HoleMinimum, 7*day, hour, 365*day, "a hole in a log that is shorter than this is not reported"),
		window(ChainWindow, 72*hour, minute, 90*day, "findings further apart than this join no incident without a stronger reason"),
		window(RepairWindow, 14*day, minute, 365*day, "what the owner repairs is looked for this long after an attack"),
	}
	return list
}

func window(name string, value, least, most int64, help string) Setting {
	return Setting{name, durationText(value), durationText(least), durationText(most), help, true, value, least, most}
}

func number(name string, value, least, most int64, help string) Setting {
	text := func(n int64) string { return strconv.FormatInt(n, 10) }
	return Setting{name, text(value), text(least), text(most), help, false, value, least, most}
}

// Settings are the windows and thresholds of one case. It is not changed while an evaluation runs.
type Settings struct {
	list   []Setting
	values map[string]int64
}

// Defaults gives the settings that the program has of itself.
func Defaults() *Settings {
	s := &Settings{list: Names(), values: map[string]int64{}}
	for _, d := range s.list {
		s.values[d.Name] = d.value
	}
	return s
}

// Set changes one setting. A window is written "24h", "90m" or "14d", a number as digits.
// An unknown name or a value out of its range is an error, and changes nothing.
func (s *Settings) Set(name, value string) error {
	i := slices.IndexFunc(s.list, func(d Setting) bool { return d.Name == name })
	if i < 0 {
		return &forensics.Error{What: fmt.Sprintf("no setting %q", name), Byte: -1, Hint: "known are " + strings.Join(names(s.list), ", ")}
	}
	d := s.list[i]
	n, err := parseValue(strings.TrimSpace(value), d.window)
	if err != nil || n < d.least || n > d.most {
		what := "a number"
		if d.window {
			what = "a time such as 90m, 24h or 14d"
		}
		return &forensics.Error{What: fmt.Sprintf("%s cannot be %q", name, value), Byte: -1, Hint: fmt.Sprintf("%s, from %s to %s", what, d.Lowest, d.Highest), Err: err}
	}
	s.values[name] = n
	return nil
}

// Get writes a setting as Set reads it, empty for an unknown name.
func (s *Settings) Get(name string) string {
	i := slices.IndexFunc(s.list, func(d Setting) bool { return d.Name == name })
	if i < 0 {
		return ""
	}
	return s.list[i].text(s.values[name])
}

// Changed lists what is set otherwise than the program does: "reset.window = 30m (24h)".
func (s *Settings) Changed() []string {
	var out []string
	for _, d := range s.list {
		if v := s.values[d.Name]; v != d.value {
			out = append(out, fmt.Sprintf("%s = %s (%s)", d.Name, d.text(v), d.Default))
		}
	}
	return out
}

// Window gives a window in nanoseconds.
func (s *Settings) Window(name string) int64 { return s.values[name] }

// Number gives a threshold.
func (s *Settings) Number(name string) int { return int(s.values[name]) }

func (d *Setting) text(v int64) string {
	if d.window {
		return durationText(v)
	}
	return strconv.FormatInt(v, 10)
}

func names(list []Setting) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = d.Name
	}
	return out
}

// parseValue reads a number, or a window; time.ParseDuration knows no days.
func parseValue(s string, window bool) (int64, error) {
	if !window {
		return strconv.ParseInt(s, 10, 64)
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 32)
		return n * day, err
	}
	d, err := time.ParseDuration(s)
	return int64(d), err
}

// durationText writes whole days from two on as days, else the shortest form that Set reads.
func durationText(n int64) string {
	switch {
	case n >= 2*day && n%day == 0:
		return strconv.FormatInt(n/day, 10) + "d"
	case n >= hour && n%hour == 0:
		return strconv.FormatInt(n/hour, 10) + "h"
	case n%minute == 0:
		return strconv.FormatInt(n/minute, 10) + "m"
	}
	return time.Duration(n).String()
}
