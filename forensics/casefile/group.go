package casefile

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
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

// index says quickly what the database cannot have: items and contents that were never seen.
type index struct {
	seed     maphash.Seed
	names    map[uint64]struct{}
	contents map[uint64]struct{}
}

func (x *index) name(evidence int64, name string) uint64 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	var number [8]byte
	binary.NativeEndian.PutUint64(number[:], uint64(evidence))
	_, _ = h.Write(number[:]) // never fails
	_, _ = h.WriteString(name)
	return h.Sum64()
}

func contentKey(d forensics.Digest) uint64 { return binary.NativeEndian.Uint64(d[:]) }

func (x *index) add(it *forensics.Item) {
	x.names[x.name(it.Evidence, it.Name)] = struct{}{}
	if !it.Digest.IsZero() {
		x.contents[contentKey(it.Digest)] = struct{}{}
	}
}

// loadIndex reads the names and digests of all items, and the number of the next one.
func (c *Case) loadIndex(ctx context.Context, b *bulk) error {
	rows, err := c.write.QueryContext(ctx, `SELECT id, evidence, name, digest FROM item`)
	if err != nil {
		return fmt.Errorf("read the items: %w", err)
	}
	b.index = index{maphash.MakeSeed(), map[uint64]struct{}{}, map[uint64]struct{}{}}
	b.nextItem = 1
	_, err = scanAll(rows, func(scan func(...any) error) (none struct{}, err error) {
		var it forensics.Item
		var digest []byte
		err = scan(&it.ID, &it.Evidence, &it.Name, &digest)
		copy(it.Digest[:], digest)
		b.index.add(&it)
		b.nextItem = max(b.nextItem, it.ID+1)
		return none, err
	})
	if err != nil {
		return fmt.Errorf("read the items: %w", err)
	}
	if b.nextItem >= math.MaxUint32 {
		return fmt.Errorf("the case holds too many items")
	}
	return nil
}

// flush writes the group; the caller holds writeMu. After an error everything in it is lost, and nothing can
// be written until the evidence is begun again, which reads what is missing.
func (c *Case) flush() error {
	b := c.bulk
	if b == nil || b.group.empty() && len(c.texts.fresh) == 0 {
		return c.failed
	}
	g := &b.group
	generation, err := b.transact(func() error { return b.write(g, c.texts.fresh) })
	if err != nil {
		c.failed = fmt.Errorf("write the case: %w", c.explain(err))
		c.reset()
		return c.failed
	}
	c.generation.Add(1)
	for i := range g.items {
		b.index.add(&g.items[i].Item)
	}
	c.grow(g, generation)
	g.clear()
	return nil
}

// flushLate writes a group to which nothing more came for a while, so that those who look on see it. Where somebody is
// writing just then it tries again later: that can be something long.
func (c *Case) flushLate() {
	c.lateMu.Lock()
	defer c.lateMu.Unlock()
	if !c.writeMu.TryLock() {
		time.AfterFunc(groupAge, c.flushLate)
		return
	}
	defer c.writeMu.Unlock()
	_ = c.flush() // an error shows itself to the writer
}

// flushed writes the group for a reader, unless somebody is writing just now: then the reader sees
// the case as it was a moment ago. For flushLate it waits, so that a writer who asks always sees what it wrote.
// An error shows itself to the writer.
func (c *Case) flushed() {
	if c.write == nil {
		return
	}
	if !c.writeMu.TryLock() {
		c.lateMu.Lock()
		defer c.lateMu.Unlock()
		return
	}
	defer c.writeMu.Unlock()
	_ = c.flush()
}

// write puts a group and its texts into the database.
func (b *bulk) write(g *group, texts []freshText) error {
	for _, t := range texts {
		if err := b.store(t.id, t.text); err != nil {
			return fmt.Errorf("store a text: %w", err)
		}
	}
	for i := range g.items {
		if err := b.putItem(&g.items[i]); err != nil {
			return err
		}
	}
	if err := b.insert(g.fresh); err != nil {
		return err
	}
	for _, s := range g.seen {
		if err := b.again(s); err != nil {
			return err
		}
	}
	for _, a := range g.adopted {
		if err := b.adoptOrphans(a); err != nil {
			return err
		}
	}
	for i := range g.warnings {
		if err := b.putWarning(&g.warnings[i]); err != nil {
			return err
		}
	}
	return nil
}

// putItem stores an item, or what is new of one.
func (b *bulk) putItem(it *groupItem) error {
	s := b.item
	if err := s.begin(len(it.Name) + len(it.Digest) + len(it.Format) + len(it.Reason) + len(it.Clock)); err != nil {
		return err
	}
	s.bindInt(1, it.ID)
	s.bindInt(2, it.Evidence)
	s.bindString(3, it.Name)
	s.bindInt(4, it.Size)
	if !it.Digest.IsZero() {
		s.bindBlob(5, it.Digest[:])
	}
	if !it.Modified.IsZero() {
		s.bindInt(6, forensics.Nanos(it.Modified))
	}
	s.bindString(7, it.Format)
	s.bindInt(8, int64(it.Status))
	s.bindString(9, it.Reason)
	s.bindString(10, it.Clock)
	for i, v := range [...]int64{it.Records, it.Read, it.Events, it.Duplicates, it.Skipped, it.Broken, it.Warnings, it.First, it.Last, it.low} {
		s.bindInt(11+i, v)
	}
	_, _, err := s.run()
	return err
}

func (b *bulk) putWarning(w *forensics.Warning) error {
	s := b.warning
	if err := s.begin(len(w.Text)); err != nil {
		return err
	}
	for i, v := range [...]int64{w.Ref.Evidence, w.Ref.Item, w.Ref.Offset, w.Ref.Length, w.Ref.Line} {
		s.bindInt(1+i, v)
	}
	s.bindString(6, w.Text)
	_, _, err := s.run()
	return err
}
