package geo

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/networks.txt
var networksFile string

// networks are the listed operators by AS number.
var networks = sync.OnceValue(func() map[uint32]string {
	out := map[uint32]string{}
	for line := range strings.Lines(networksFile) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] == "#" {
			continue
		}
		if n, err := strconv.ParseUint(f[1], 10, 32); err == nil {
			out[uint32(n)] = f[0]
		}
	}
	return out
})

// telling are words in an operator's name that say what it sells. Weaker than the list, which is asked first.
var telling = []struct{ word, kind string }{
	{"hosting", "hosting"}, {"vps", "hosting"}, {"datacenter", "hosting"}, {"datacentre", "hosting"}, {"servers", "hosting"}, {"colocation", "hosting"},
	{"vpn", "vpn"},
	{"mobile", "mobile"}, {"cellular", "mobile"}, {"mobil", "mobile"},
}

// kindOf says what sort of network an operator runs, empty for an ordinary one or where it is not known.
func kindOf(asn uint32, org string) string {
	if kind, ok := networks()[asn]; ok {
		return kind
	}
	if org == "" {
		return ""
	}
	words := strings.FieldsFunc(strings.ToLower(org), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	for _, t := range telling {
		for _, w := range words {
			if w == t.word {
				return t.kind
			}
		}
	}
	return ""
}
