package forensics

import "net/netip"

// The kinds of entities, as they stand before the colon.
const (
	EntityIP      = "ip"
	EntityNetwork = "network" // an address block: 203.0.113.0/24
	EntityASN     = "asn"     // everything that one operator announces
	EntityClient  = "client"
	EntityKey     = "key"
	EntityAccount = "account"
	EntityService = "service"
)

// EntityKinds lists the kinds in the order of a list.
func EntityKinds() []string {
	return []string{EntityIP, EntityNetwork, EntityASN, EntityClient, EntityKey, EntityAccount, EntityService}
}

// Entity is something that acts or is acted on, with what the case says about it.
type Entity struct {
	Kind, Value string // Value as events write it
	First, Last int64  // nanoseconds since 1970; 0 where all its events are undated
	Events      int64
	Groups      [8]uint32 // events by Group
	Accounts    int       // how many accounts it has to do with
	Country     string    // of an address or network, where known
	ASN         uint32
	Org         string
	Place       string // what kind of network: "hosting", "vpn", "tor", "mobile", "private", ...; empty where not known
	Verdict     string // mine, not-mine, or empty for unknown
	Incidents   []int64
	Answered    []int64  // incidents of which it has only what the owner or the provider did about them; not in Incidents
	Seen        []uint32 // events in equal cells of the case's time
}

// Name is the entity as verdicts name it: ip:203.0.113.7.
func (e *Entity) Name() string { return e.Kind + ":" + e.Value }

// Place says where an address is, as far as an offline database knows.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	Region  string // first-level subdivision, where the database has it
	ASN     uint32
	Org     string
	// Kind is what sort of network it is: "hosting", "vpn", "tor", "mobile", "proxy" (a mail or web proxy such as
	// Google's or Apple's), "private", "cgnat", "documentation", "loopback", "link-local", "reserved"; empty: an
	// ordinary one, or not known.
	Kind string
}

// Folder is what an acquisition or another copy says about one mail folder.
type Folder struct {
	Evidence     int64
	EvidenceName string
	Account      string
	Name         string
	UIDValidity  uint32
	UIDNext      uint32 // 0 where not known
	Taken        int64  // when the copy was taken, nanoseconds since 1970; 0 where not known
	Present      int64
	Moved        int64 // gone from here, found in another folder
	Missing      int64
	Base         string // the folder's own rate of gaps, in words: "0.4 a day over 212 quiet days"
	Note         string // why something was not computed: "UIDVALIDITY changed between the copies"
	// Copies are further copies of the folder that bear other names, in words: by what they are known to be it.
	Copies []string
	Runs   []UIDRun
}

// UIDRun is a run of UIDs of one state.
type UIDRun struct {
	First, Last         uint32
	State               string // "present", "moved", "missing"
	NotBefore, NotAfter int64  // when the messages came, nanoseconds since 1970; 0 where not bounded
	Event               int64  // row of the mail-missing event, 0 where there is none
}

// Network gives the block that an address stands in, as lists, questions, findings and incidents name it: its /24, or its /64, which
// is what one line has; a /48 can be hundreds of other people's. It is the zero prefix for what is no address.
func Network(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap().WithZone("")
	bits := 64
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
