package forensics

// Mail is what a notice rule may look at in one message. It is valid only while the
// record that holds it is being handled.
type Mail struct {
	From     string // address of the first From mailbox, lower case
	FromName string // its display name, decoded
	ReplyTo  string
	To       []string // addresses of To, Cc, Delivered-To, X-Original-To, lower case
	Subject  string   // decoded
	// Header gives all values of a header, undecoded but unfolded, in order of appearance.
	Header func(name string) []string
	// Auth are the verdicts that receivers recorded, topmost header first.
	Auth []AuthVerdict
	// Text decodes the readable text of the body, bounded to a few hundred
	// kilobytes, on demand: plain text where there is some, else HTML with its tags taken out.
	Text func() string
}

// AuthVerdict is one method's result in an Authentication-Results or
// ARC-Authentication-Results header (RFC 8601, RFC 8617).
type AuthVerdict struct {
	Server string // the authserv-id: who says so
	Method string // dkim, spf, dmarc
	Result string // pass, fail, none, ...
	Domain string // header.d, the domain of smtp.mailfrom, or header.from; lower case
	ARC    bool   // taken from an ARC set
	// Below counts the Received headers that stand above this header: what a
	// receiver added itself stands above or directly under its own Received headers.
	Below int
}
