package acquire

import "errors"

// Failure is what kind of thing went wrong, for programs that say it in words of their own and
// know what to ask again.
type Failure uint8

// The kinds.
const (
	FailureOther       Failure = iota
	FailurePassword            // the password was refused
	FailureAppPassword         // it has to be an app password
	FailureNoPasswords         // the provider takes tokens only
	FailureIMAPOff             // IMAP is switched off for this mailbox
	FailureBlocked             // the account or its password is blocked or has run out
	FailureCertificate         // the server is not who it says, or nobody vouches for it
	FailureEncryption          // it offers none
	FailureServer              // there is no such server, or it does not answer
	FailureLine                // the line broke, or the server asks to wait; the copy can be taken up
	FailureTomorrow            // the provider gives no more today
	FailureDisk                // the copy cannot be written
	FailureRules               // the server does not keep to IMAP
)

// failed is an error of a known kind.
type failed struct {
	error
	kind Failure
}

func (f *failed) Unwrap() error { return f.error }

func sayAs(kind Failure, what, hint string, err error) error {
	return &failed{say(what, hint, err), kind}
}

// FailureOf tells the kind of an error of Open or Copy.
func FailureOf(err error) Failure {
	var f *failed
	if errors.As(err, &f) {
		return f.kind
	}
	return FailureOther
}
