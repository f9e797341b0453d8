package rule

import "keytrail/forensics"

// Profile is the baseline of one account.
type Profile struct {
	Account string
	// First and Last are the moments between which events say where they came from, in nanoseconds since 1970.
	First, Last int64
	// Days counts the distinct days on which they do.
	Days int
	// Short is set where that is too little for a baseline: then nothing is called unusual.
	Short bool
}

// Known says how an event stands to the owner, by where it came from.
func (p *Profile) Known(b *forensics.Brief) Standing { return Unknown }

// Explain says in words why Known says so.
func (p *Profile) Explain(b *forensics.Brief) string { return "" }
