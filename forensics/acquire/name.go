package acquire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"keytrail/forensics"
)

const (
	maxPart  = 80 // bytes of one part of a path that comes from the server
	maxParts = 12 // nested folders; deeper ones stand side by side
)

// folderPath gives the directory, relative and with slashes, for a folder's name as the server
// wrote it. Every byte that some system reads as more than a letter becomes %XX, so that no
// name leads out of the acquisition, hides in it, or means a device.
func folderPath(wire, delimiter string) string {
	parts := []string{wire}
	if delimiter != "" {
		parts = strings.Split(wire, delimiter)
	}
	if len(parts) > maxParts {
		parts = append(parts[:maxParts-1:maxParts-1], strings.Join(parts[maxParts-1:], delimiter))
	}
	for i, p := range parts {
		parts[i] = safePart(p)
	}
	return path.Join(parts...)
}

// safePart makes one part of a path.
func safePart(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		bad := c < 0x20 || c >= 0x7f || strings.IndexByte(`/\:*?"<>|%`, c) >= 0 ||
			i == 0 && (c == '.' || c == ' ' || c == '~') || // hidden, Maildir++, or a home
			i == len(s)-1 && (c == '.' || c == ' ') || // Windows drops them
			i == 0 && reserved(s) ||
			i == len(s)-len(forensics.CaseSuffix) && strings.EqualFold(s[i:], forensics.CaseSuffix)
		if bad {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	out := b.String()
	switch {
	case out == "":
		return "%"
	case len(out) > maxPart:
		sum := sha256.Sum256([]byte(s))
		return out[:maxPart-17] + "~" + hex.EncodeToString(sum[:8])
	}
	return out
}

// reserved tells names that mean something else: the devices of Windows, which keep their
// meaning with an ending, the folders of a Maildir, and the Maildir itself.
func reserved(s string) bool {
	lower := strings.ToLower(s)
	base, _, _ := strings.Cut(lower, ".")
	switch base = strings.TrimRight(base, " "); base {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	case "cur", "new", "tmp", "maildir":
		return lower == base
	}
	if len(base) > 3 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) {
		return len(base) == 4 && base[3] >= '0' && base[3] <= '9'
	}
	return false
}
