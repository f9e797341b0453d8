package absence

import (
	"fmt"

	"keytrail/forensics"
)

func formatRun(u forensics.UIDRun) string { return fmt.Sprintf("%d-%d %s", u.First, u.Last, u.State) }
