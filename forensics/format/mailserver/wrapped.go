package mailserver

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// wrapped is a log line inside a JSON object of its carrier:
//
//	{"log":"Nov 14 03:12:07 mail dovecot: ...\n","stream":"stdout","time":"2022-11-14T03:12:07.5Z"}
//	{"__REALTIME_TIMESTAMP":"1668395527000000","SYSLOG_IDENTIFIER":"dovecot","MESSAGE":"...",...}
//
// Source: Docker's json-file driver (https://docs.docker.com/engine/logging/drivers/json-file/)
// and journalctl -o json (https://systemd.io/JOURNAL_EXPORT_FORMATS/), 2026-11. journald
// gives a message that is not UTF-8 as an array of numbers.
type wrapped struct {
	Log        string          `json:"log"`
	Time       string          `json:"time"`
	Message    json.RawMessage `json:"MESSAGE"`
	Realtime   string          `json:"__REALTIME_TIMESTAMP"`
	Identifier string          `json:"SYSLOG_IDENTIFIER"`
}

// isWrapped is a cheap look before the JSON is read.
func isWrapped(b []byte) bool {
	return len(b) > 2 && b[0] == '{' && (bytes.Contains(b, []byte(`"log":`)) || bytes.Contains(b, []byte(`"__REALTIME_TIMESTAMP"`)))
}

// unwrap reads such an object.
func unwrap(b []byte) (l line, dated bool) {
	var w wrapped
	if json.Unmarshal(b, &w) != nil {
		return l, false
	}
	if w.Realtime != "" {
		micros, err := strconv.ParseInt(w.Realtime, 10, 64)
		if err != nil {
			return l, false
		}
		l.time = forensics.UTC(time.UnixMicro(micros).UTC(), forensics.PrecisionMicro, w.Realtime, "")
		l.program = []byte(w.Identifier)
		l.msg = journalText(w.Message)
		return l, true
	}
	outer, rest, ok := parseStamp([]byte(w.Time))
	if !ok || len(rest) > 0 {
		return l, false
	}
	text := []byte(strings.TrimRight(w.Log, "\r\n"))
	if len(text) > 0 && text[0] == '{' {
		return line{time: outer}, true // never unwrapped twice
	}
	l, dated = split(text)
	if !dated {
		l.time = outer
		l.named(text)
		return l, true
	}
	if l.second.IsZero() {
		l.second = outer
		if l.time.Zone == forensics.ZoneMissing {
			l.time, l.second = l.second, l.time
		}
	}
	return l, true
}

func journalText(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text)
	}
	var numbers []uint16
	if json.Unmarshal(raw, &numbers) != nil {
		return nil
	}
	out := make([]byte, len(numbers))
	for i, n := range numbers {
		out[i] = byte(n)
	}
	return out
}
