package rule

import (
	"slices"

	"keytrail/forensics"
)

// shows reports whether such a source records a kind at all.
func (s *Source) shows(kind forensics.Kind) bool { return slices.Contains(s.Shows, kind) }

// speaksOf reports whether it is about the account, as far as it is bound to accounts.
func (s *Source) speaksOf(account string) bool {
	return len(s.Accounts) == 0 || slices.Contains(s.Accounts, account)
}
