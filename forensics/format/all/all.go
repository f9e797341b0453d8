// Package all is the one list of the formats that keytrail reads.
package all

import (
	"slices"

	"keytrail/forensics/format"
	"keytrail/forensics/format/generic"
	"keytrail/forensics/format/google"
	"keytrail/forensics/format/mailbox"
	"keytrail/forensics/format/mailserver"
	"keytrail/forensics/format/microsoft"
	"keytrail/forensics/format/okta"
	"keytrail/forensics/format/statement"
)

// Formats lists every format. The order breaks ties of detection: structured logs, whose
// keys nothing else has, come before the statements, which are tables known by their whole header; then
// line-based logs, and then mail, whose header block is the loosest of all shapes. Tables that nothing else knows are the last resort.
func Formats() []format.Format { return Mapped(nil) }

// Mapped is Formats with the user's own mapping of a table's columns, nil where there is none.
func Mapped(m *generic.Mapping) []format.Format {
	return slices.Concat(
		microsoft.Formats(),
		google.Formats(),
		okta.Formats(),
		statement.Formats(),
		mailserver.Formats(),
		mailbox.Formats(),
		generic.Formats(m),
	)
}
