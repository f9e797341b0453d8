package generic

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"keytrail/forensics"
)

// Mapping says what the columns of a table are, by their header. Only Time is
// needed; names are compared without regard to case and outer blanks.
type Mapping struct {
	Time    string `json:"time"`
	Layout  string `json:"layout"` // as Go's time package has it, or "unix", "unixms"; empty: the usual ones
	Zone    string `json:"zone"`   // IANA name for times without a zone of their own
	Event   string `json:"event"`
	IP      string `json:"ip"`
	Account string `json:"account"`
	Actor   string `json:"actor"`
	Client  string `json:"client"`
	Country string `json:"country"`
	Session string `json:"session"`
	Subject string `json:"subject"`
	Detail  string `json:"detail"`
	// Kinds gives the kind for each word of the event column, such as
	// {"Signed in": "login-succeeded"}. Words that are not there give "other".
	Kinds map[string]string `json:"kinds"`

	zone  *time.Location
	kinds map[string]forensics.Kind
}

// maxMapping is the longest mapping that is read, in bytes.
const maxMapping = 1 << 20

// ReadMapping reads a mapping in JSON and checks it. Its errors name the key at fault.
func ReadMapping(r io.Reader) (*Mapping, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxMapping+1))
	if err != nil {
		return nil, fmt.Errorf("read mapping: %w", err)
	}
	if len(b) > maxMapping {
		return nil, errors.New("mapping is longer than 1 MiB")
	}
	m := &Mapping{}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	if m.Time == "" {
		return nil, errors.New(`mapping: "time" names no column`)
	}
	if m.Zone != "" {
		if m.zone, err = time.LoadLocation(m.Zone); err != nil || m.Zone == "Local" {
			return nil, fmt.Errorf("mapping: zone %q is not known; write it like America/Chicago", m.Zone)
		}
	}
	m.kinds = make(map[string]forensics.Kind, len(m.Kinds))
	for word, name := range m.Kinds {
		k, ok := forensics.ParseKind(name)
		if !ok {
			return nil, fmt.Errorf("mapping: %q of kinds is no kind: %q", word, name)
		}
		m.kinds[fold(word)] = k
	}
	return m, nil
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// usual are the headers by which a table without a mapping is known.
var usual = map[string][]string{
	"time": {"time", "date", "timestamp", "datetime", "date/time", "date & time", "date and time", "date time", "when", "event time", "event date",
		"login time", "login date", "activity timestamp", "activity time", "time (utc)", "timestamp (utc)", "date (utc)", "datum", "zeit", "zeitpunkt", "uhrzeit"},
	"ip": {"ip", "ip address", "ip-address", "ip_address", "ipaddress", "client ip", "client_ip", "clientip", "source ip", "source_ip", "src_ip", "source.ip",
		"remote ip", "remote_ip", "remote address", "ip addresses", "login ip", "ip-adresse"},
	"event": {"event", "event type", "event_type", "event name", "activity", "activity type", "action", "operation", "type", "description", "access type",
		"aktivität", "ereignis"},
	"account": {"account", "user", "username", "user name", "user_name", "email", "e-mail", "email address", "login", "mailbox", "konto", "benutzer"},
	"client":  {"user agent", "user_agent", "useragent", "user agent string", "client", "browser", "device", "device type", "application"},
	"country": {"country", "country code", "country_code", "land"},
	"session": {"session", "session id", "session_id", "sessionid"},
}
