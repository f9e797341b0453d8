package casefile

import (
	"time"

	"keytrail/forensics"
)

// A transaction costs as much as a hundred events, and a folder of mail has an item for each of
// them. So what items give is put together in memory, in the order in which it came, and written in
// one transaction: when there is enough of it, when it is a tenth of a second old, or when somebody asks for it.
// Numbers of items, events and texts are given out at once, which is safe because only one process
// writes. A run that is killed loses whole groups: the items in them were never begun.
const (
	groupEvents = 2048
	groupItems  = 512
	groupBytes  = 8 << 20
	groupAge    = 100 * time.Millisecond
)

// group is what the database does not have yet.
type group struct {
	limit    int         // how many events it takes
	begun    time.Time   // of the first part; on the real clock
	late     *time.Timer // writes the group where nothing more comes
	size     int         // bytes of texts
	fresh    []record
	seen     []seenRow
	adopted  []adoption
	warnings []forensics.Warning
	items    []groupItem
	byID     map[int64]int // of items
	byName   map[uint64]int
	byDigest map[forensics.Digest]int // of items that FindContent may find
}

// groupItem is an item as it is to be written.
type groupItem struct {
	forensics.Item
	low int64
}

// seenRow is a further place of a known fact.
type seenRow struct{ row, fact, item, offset, length, line int64 }

// adoption gives the further places of a fact their event back.
type adoption struct{ fact, row int64 }

func (g *group) empty() bool {
	return len(g.fresh)+len(g.seen)+len(g.adopted)+len(g.warnings)+len(g.items) == 0
}

func (g *group) full() bool {
	return len(g.fresh) >= g.limit || len(g.seen) >= g.limit || len(g.warnings) >= g.limit || len(g.items) >= groupItems || g.size >= groupBytes
}

// touch notes when the group was begun.
func (g *group) touch() {
	if g.empty() {
		g.begun = time.Now()
		g.late.Reset(groupAge)
	}
}

// clear makes the group empty; its memory is used again.
func (g *group) clear() {
	clear(g.fresh) // let go of the strings
	clear(g.items)
	clear(g.warnings)
	g.size, g.fresh, g.seen, g.adopted, g.warnings, g.items = 0, g.fresh[:0], g.seen[:0], g.adopted[:0], g.warnings[:0], g.items[:0]
	clear(g.byID)
	clear(g.byName)
	clear(g.byDigest)
}

// put notes an item, instead of what was noted of it before.
func (g *group) put(it forensics.Item, low int64, name uint64) {
	g.touch()
	i, ok := g.byID[it.ID]
	if !ok {
		i = len(g.items)
		g.items = append(g.items, groupItem{})
		g.byID[it.ID], g.byName[name] = i, i
	}
	g.items[i] = groupItem{it, low}
	switch it.Status {
	case forensics.StatusReading, forensics.StatusDuplicate, forensics.StatusFailed:
	default:
		if _, ok := g.byDigest[it.Digest]; !ok && !it.Digest.IsZero() {
			g.byDigest[it.Digest] = i
		}
	}
}
