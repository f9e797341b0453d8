package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAdviceFor(t *testing.T) {
	for _, tt := range []struct{ name, head, ending, want string }{
		{"pdf", "%PDF-1.7\n", ".pdf", "a PDF"},
		{"pdf_under_another_name", "%PDF-1.4", ".csv", "a PDF"},
		{"outlook_store", "!BDN\x00\x00", ".pst", "an Outlook data file"},
		{"outlook_mail", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".msg", "save it as .eml"},
		{"old_workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".XLS", "save it as .csv"},
		{"other_compound_file", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc", ""},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", ".jpg", "a picture"},
		{"png", "\x89PNG\r\n\x1a\n\x00", "", "a picture"},
		{"page_with_mark_and_space", "\xef\xbb\xbf\r\n <!DOCTYPE HTML><html>", ".html", "a saved web page"},
		{"rar", "Rar!\x1a\x07\x01\x00", ".rar", "unpack it"},
		{"seven_zip", "7z\xbc\xaf\x27\x1c", ".7z", "unpack it"},
		{"other_bytes", "\x80\x81\x82\x83", ".bin", ""},
		{"words", "milk, bread", ".txt", ""},
		{"nothing", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := adviceFor([]byte(tt.head), tt.ending)
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("advice = %q, want one with %q", got, tt.want)
			}
		})
	}
}

// TestSpokenZonesAreZones: what is suggested can be said.
func TestSpokenZonesAreZones(t *testing.T) {
	for word, zone := range spokenZones {
		if _, err := time.LoadLocation(zone); err != nil {
			t.Errorf("%s: %v", word, err)
		}
	}
	for _, name := range []string{"Eastern", "EASTERN TIME", "eastern standard time", " et "} {
		if got := spokenZone(name); got != "America/New_York" {
			t.Errorf("spokenZone(%q) = %q", name, got)
		}
	}
	if got := spokenZone("Mars"); got != "" {
		t.Errorf("Mars is %q", got)
	}
}

func TestOnceEach(t *testing.T) {
	if got := strings.Split(onceEach("a\nb\na\n  ^"), "\n"); !slices.Equal(got, []string{"a", "b", "  ^"}) {
		t.Errorf("%q", got)
	}
}
