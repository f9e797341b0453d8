package screen

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// NewZoneSheet asks for the zone that times are shown in, by its IANA name.
func NewZoneSheet(ctx *kit.Context) kit.Sheet {
	p := newPrompt(ctx, "time zone", "zone", "")
	p.hint = "a name such as America/Chicago, UTC or local; nothing in the case changes"
	now := ctx.Now()
	p.look = func(text string) looked {
		found := looked{candidates: matchZones(text)}
		zone, err := loadZone(text)
		switch {
		case err == nil:
			found.info = "now " + now.In(zone).Format("2006-01-02 15:04 ") + kit.OffsetOf(now.In(zone))
			if len(found.candidates) == 1 && found.candidates[0] == text {
				found.candidates = nil
			}
		case text != "" && len(found.candidates) == 0:
			found.info, found.bad = "no zone of this name is known", true
		}
		return found
	}
	p.done = func(text string) tea.Msg {
		if text == "" {
			return nil
		}
		return zoneTyped{text}
	}
	return p
}

// zoneTyped is a name that is still to be looked up; ZoneCmd does it.
type zoneTyped struct{ name string }

// ZoneCmd answers a zone's name that was typed; nil for any other message.
func ZoneCmd(msg tea.Msg) tea.Cmd {
	typed, ok := msg.(zoneTyped)
	if !ok {
		return nil
	}
	return func() tea.Msg {
		zone, err := loadZone(typed.name)
		if err != nil {
			return kit.Noticed{Text: "no zone is called " + typed.name, Bad: true}
		}
		return kit.ZoneChosen{Zone: zone}
	}
}

func loadZone(name string) (*time.Location, error) {
	switch name = strings.TrimSpace(name); strings.ToLower(name) {
	case "utc", "z":
		return time.UTC, nil
	case "local":
		return time.Local, nil
	}
	for _, z := range zones {
		if strings.EqualFold(z, name) {
			name = z
		}
	}
	return time.LoadLocation(name)
}

// matchZones finds the zones whose name, or whose city, begins with the text, then
// those that contain it.
func matchZones(text string) []string {
	text = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), " ", "_"))
	if text == "" {
		return nil
	}
	var starts, contains []string
	for _, z := range zones {
		name := strings.ToLower(z)
		city := name[strings.LastIndexByte(name, '/')+1:]
		switch {
		case strings.HasPrefix(name, text), strings.HasPrefix(city, text):
			starts = append(starts, z)
		case strings.Contains(name, text):
			contains = append(contains, z)
		}
	}
	return append(starts, contains...)
}

// zones are offered for completion. Any other name of the IANA time zone database
// (https://www.iana.org/time-zones) can be typed as well.
var zones = strings.Fields(`
UTC
Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Harare
Africa/Johannesburg Africa/Khartoum Africa/Lagos Africa/Maputo Africa/Nairobi Africa/Tripoli Africa/Tunis
America/Anchorage America/Argentina/Buenos_Aires America/Asuncion America/Bogota America/Caracas America/Chicago
America/Costa_Rica America/Denver America/Detroit America/Edmonton America/Guatemala America/Guayaquil
America/Halifax America/Havana America/Jamaica America/La_Paz America/Lima America/Los_Angeles America/Managua
America/Manaus America/Mexico_City America/Montevideo America/Montreal America/New_York America/Panama
America/Phoenix America/Puerto_Rico America/Regina America/Santiago America/Santo_Domingo America/Sao_Paulo
America/St_Johns America/Tijuana America/Toronto America/Vancouver America/Winnipeg
Asia/Almaty Asia/Amman Asia/Baghdad Asia/Baku Asia/Bangkok Asia/Beirut Asia/Colombo Asia/Damascus Asia/Dhaka
Asia/Dubai Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Kabul Asia/Karachi Asia/Kathmandu
Asia/Kolkata Asia/Kuala_Lumpur Asia/Kuwait Asia/Manila Asia/Novosibirsk Asia/Qatar Asia/Riyadh Asia/Seoul
Asia/Shanghai Asia/Singapore Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tokyo Asia/Ulaanbaatar
Asia/Vladivostok Asia/Yangon Asia/Yekaterinburg Asia/Yerevan
Atlantic/Azores Atlantic/Bermuda Atlantic/Canary Atlantic/Cape_Verde Atlantic/Reykjavik
Australia/Adelaide Australia/Brisbane Australia/Darwin Australia/Hobart Australia/Melbourne Australia/Perth
Australia/Sydney
Europe/Amsterdam Europe/Andorra Europe/Athens Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels
Europe/Bucharest Europe/Budapest Europe/Chisinau Europe/Copenhagen Europe/Dublin Europe/Helsinki Europe/Istanbul
Europe/Kyiv Europe/Lisbon Europe/Ljubljana Europe/London Europe/Luxembourg Europe/Madrid Europe/Malta
Europe/Minsk Europe/Monaco Europe/Moscow Europe/Oslo Europe/Paris Europe/Prague Europe/Riga Europe/Rome
Europe/Samara Europe/Sarajevo Europe/Skopje Europe/Sofia Europe/Stockholm Europe/Tallinn Europe/Tirane
Europe/Vaduz Europe/Vienna Europe/Vilnius Europe/Warsaw Europe/Zagreb Europe/Zurich
Indian/Maldives Indian/Mauritius Pacific/Auckland Pacific/Fiji Pacific/Guam Pacific/Honolulu Pacific/Port_Moresby
`)
