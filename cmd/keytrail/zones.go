package main

import (
	"fmt"
	"strings"
)

// spokenZones are what people call zones, and what the IANA database calls the zone that they mean. An abbreviation
// such as CST names one half of a year, and more than one country has one: it is suggested, never taken.
var spokenZones = map[string]string{
	"et": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "eastern": "America/New_York",
	"ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago", "central": "America/Chicago",
	"mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver", "mountain": "America/Denver",
	"pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pacific": "America/Los_Angeles",
	"akst": "America/Anchorage", "akdt": "America/Anchorage", "hst": "Pacific/Honolulu",
	"bst": "Europe/London", "ist": "Asia/Kolkata", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
	"jst": "Asia/Tokyo", "aest": "Australia/Sydney", "aedt": "Australia/Sydney",
}

// spokenZone gives the zone that somebody means: "Eastern time" is America/New_York. Empty where it is not known.
func spokenZone(name string) string {
	word := strings.ToLower(strings.TrimSpace(name))
	for _, tail := range [...]string{" standard time", " daylight time", " time"} {
		word = strings.TrimSuffix(word, tail)
	}
	return spokenZones[word]
}

// noSummerTime warns of the names that the database knows and that have no summer time, whatever the clocks there do.
func noSummerTime(name string) string {
	switch name {
	case "EST", "MST", "HST":
		return fmt.Sprintf("--tz %s is a zone without summer time, all year; if the clock changed in summer, say --tz %s", name, spokenZone(name))
	}
	return ""
}
