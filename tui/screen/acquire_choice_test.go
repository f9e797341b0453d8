package screen

import (
	"testing"
	"time"
)

func TestParseDay(t *testing.T) {
	for text, want := range map[string]dayMistake{
		"":                 {},
		"  ":               {},
		"2022-11-01":       {},
		" 2024-02-29 ":     {},
		"2022":             {at: 4, text: "write a day as year-month-day: 2022-11-01"},
		"2022/11/01":       {at: 4, text: "write a day as year-month-day: 2022-11-01"},
		"2022-1-1":         {at: 6, text: "write a day as year-month-day: 2022-11-01"},
		"01.11.2022":       {at: 2, text: "write a day as year-month-day: 2022-11-01"},
		"\u00a0２022-11-01": {at: 1, text: "write a day as year-month-day: 2022-11-01"},
		"2022-11-01T03:00": {at: 10, text: "the day ends here: no time of day can be given"},
		"  2022-00-01":     {at: 7, text: "there is no month 00"},
		"2022-13-01":       {at: 5, text: "there is no month 13"},
		"2023-02-29":       {at: 8, text: "February 2023 has 28 days"},
		"2022-11-00":       {at: 8, text: "November 2022 has 30 days"},
		"0022-11-01":       {at: 0, text: "no mail is as old as that: a year from 1970 on"},
	} {
		got, mistake := parseDay(text)
		if mistake == nil {
			mistake = &dayMistake{}
		}
		if *mistake != want {
			t.Errorf("%q: at %d %q, want at %d %q", text, mistake.at, mistake.text, want.at, want.text)
		}
		if want.text != "" && !got.IsZero() {
			t.Errorf("%q: both a mistake and %v", text, got)
		}
	}
	if got, _ := parseDay(" 2024-02-29 "); !got.Equal(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got %v", got)
	}
}
