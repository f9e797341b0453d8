package evidence

import (
	"hash/fnv"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxName is the longest name of a member, in bytes.
const maxName = 1024

// safeName makes a relative slash path of a name that an archive states. changed says
// why it is not the name as stated, empty where it is.
func safeName(stated string) (name, changed string) {
	name = stated
	if strings.Contains(name, `\`) && !strings.Contains(name, "/") {
		name = strings.ReplaceAll(name, `\`, "/") // QUIRK: zips of some Windows tools, against APPNOTE 4.4.17.1
	}
	if strings.HasPrefix(name, "/") || (len(name) >= 2 && name[1] == ':') {
		changed = "absolute name"
	}
	parts := strings.Split(name, "/")
	kept := parts[:0]
	for i, p := range parts {
		switch {
		case p == "" || p == ".":
			continue
		case p == "..":
			changed = `name with ".."`
			continue
		case i == 0 && len(p) == 2 && p[1] == ':':
			continue
		}
		kept = append(kept, p)
	}
	name = strings.Join(kept, "/")
	if strings.Contains(name, `\`) && !strings.Contains(name, "/") { // its slashes are gone: now the other kind counts
		again, why := safeName(name)
		if changed == "" {
			changed = why
		}
		return again, changed
	}
	if name == "" {
		name = "unnamed"
		if changed == "" {
			changed = "empty name"
		}
	}
	if len(name) > maxName {
		cut := maxName
		for cut > maxName-utf8.UTFMax && !utf8.RuneStart(name[cut]) {
			cut--
		}
		name, changed = name[:cut], "overlong name"
	}
	return name, changed
}

// names makes the names of the members of one file of evidence unique. It holds a hash of
// each name, not the name: two names of the same hash cost the second one a needless
// number.
type names struct {
	seen map[uint64]int32
}

func hashName(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return h.Sum64()
}

// unique gives the name, or where it was there already the name with a number behind it.
func (n *names) unique(name string) (string, bool) {
	if n.seen == nil {
		n.seen = map[uint64]int32{}
	}
	k := hashName(name)
	n.seen[k]++
	if n.seen[k] == 1 {
		return name, false
	}
	for {
		other := name + " (" + strconv.Itoa(int(n.seen[k])) + ")"
		if o := hashName(other); n.seen[o] == 0 {
			n.seen[o] = 1
			return other, true
		}
		n.seen[k]++
	}
}

// join puts a member's name below its container's.
func join(container, name string) string {
	if container == "" {
		return name
	}
	return container + "/" + name
}

// unpackedName is the name of what a compressed file holds: the name that it states,
// else its own without the ending.
func unpackedName(container, evidenceName, stated string) string {
	if stated = path.Base(strings.ReplaceAll(stated, `\`, "/")); stated != "." && stated != ".." && stated != "/" {
		name, _ := safeName(stated)
		return name
	}
	own := path.Base(container)
	if container == "" {
		own = evidenceName
	}
	lower := strings.ToLower(own)
	for _, end := range []string{".gz", ".bz2", ".zst", ".zstd"} {
		if strings.HasSuffix(lower, end) && len(own) > len(end) {
			own = own[:len(own)-len(end)]
			break
		}
	}
	name, _ := safeName(own)
	return name
}
