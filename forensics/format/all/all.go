// Package all is the one list of the formats that keytrail reads.
package all

import (
	"slices"

	"keytrail/forensics/format"
	"keytrail/forensics/format/google"
	"keytrail/forensics/format/mailbox"
	"keytrail/forensics/format/mailserver"
	"keytrail/forensics/format/microsoft"
)

// Formats lists every format. The order breaks ties of detection: structured logs, whose
// keys nothing else has, come before line-based logs, and those before mail, whose header
// block is the loosest of all shapes.
func Formats() []format.Format {
	return slices.Concat(
		microsoft.Formats(),
		google.Formats(),
		mailserver.Formats(),
		mailbox.Formats(),
	)
}
