package rule

// Standing says how an event, or something it came from, stands to the owner of the account.
type Standing uint8

// The standings.
const (
	Unknown Standing = iota // the evidence does not say: no address, a history too short, a mail proxy
	Mine                    // the user says so
	Usual                   // learnt from the quiet time
	Unusual                 // new, rare, or first seen together with a key change or a reset
	NotMine                 // the user says so
)

// Owner reports whether it counts as the owner's.
func (s Standing) Owner() bool { return s == Mine || s == Usual }

// Strange reports whether it counts as somebody else's.
func (s Standing) Strange() bool { return s == Unusual || s == NotMine }

// String gives a word for it.
func (s Standing) String() string {
	switch s {
	case Mine:
		return "mine"
	case Usual:
		return "usual"
	case Unusual:
		return "unusual"
	case NotMine:
		return "not mine"
	}
	return "unknown"
}
