package casefile

import (
	"fmt"
	"time"

	"keytrail/forensics"
)

// How a group comes into the database: when it is full, old, or wanted by a reader.

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
