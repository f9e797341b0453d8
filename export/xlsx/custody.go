package xlsx

import (
	"context"
	"fmt"
	"time"

	"keytrail/forensics"
)

// custodyColumns are those of the evidence; the custody log stands below in columns of its own
// that fit their widths.
var custodyColumns = []column{
	{"Ev. no.", 5}, {"Evidence / item", 42}, {"Format", 22}, {"Status", 13}, {"Size (bytes)", 14}, {"Records", 10}, {"Read", 10}, {"Skipped", 9}, {"Broken", 8},
	{"Not accounted for", 13}, {"Events", 10}, {"Repeated elsewhere", 11}, {"Warnings", 10}, {"SHA-256", 60}, {"Added (UTC)", 19}, {"Read with", 16}, {"Reason", 40}, {"Path", 50},
}

// hashColumn is the place of SHA-256 among them, from 0.
const hashColumn = 13

// custody makes the sheet of evidence and of the custody log.
func (b *book) custody() *sheet {
	s := &sheet{name: "Evidence and custody", columns: custodyColumns, printed: hashColumn + 1, wraps: true}
	s.body = func(_ context.Context, r *rows) error {
		if err := b.evidenceRows(r); err != nil {
			return err
		}
		return b.custodyRows(r)
	}
	return s
}

// maxItems is how many items have a row of their own, so that a Maildir of a million files has room.
const maxItems = 100_000

// evidenceRows writes each piece of evidence, its items under it, and the sums.
func (b *book) evidenceRows(r *rows) error {
	st := b.st
	if err := b.titleRow(r, "Evidence", "Each file or folder as it was received, and what was found in it. Records = read + skipped + broken."); err != nil {
		return err
	}
	if err := r.tall(27); err != nil {
		return err
	}
	for i, c := range custodyColumns {
		if i == 0 || i >= 4 && i <= 12 {
			r.text(st.headR, c.title)
			continue
		}
		r.text(st.head, c.title)
	}
	items := map[int64][]*forensics.Item{}
	for i := range b.c.Items {
		it := &b.c.Items[i]
		items[it.Evidence] = append(items[it.Evidence], it)
	}
	first, listed := r.n+1, 0
	var sum forensics.Counts
	for i := range b.c.Evidence {
		ev := &b.c.Evidence[i]
		own := items[ev.ID]
		if len(own) == 1 && own[0].Name == "" { // one plain file
			sum = sum.Add(own[0].Counts)
			if err := b.itemRow(r, ev, own[0], ev.Name); err != nil {
				return err
			}
			continue
		}
		if err := b.itemRow(r, ev, nil, ev.Name); err != nil {
			return err
		}
		for i, it := range own {
			sum = sum.Add(it.Counts)
			if listed++; listed > maxItems {
				rest := &forensics.Item{Name: fmt.Sprintf("%d further items; keytrail evidence CASE lists them", len(own)-i)}
				for _, it := range own[i:] {
					rest.Counts, rest.Size = rest.Counts.Add(it.Counts), rest.Size+it.Size
				}
				for _, it := range own[i+1:] {
					sum = sum.Add(it.Counts)
				}
				if err := b.itemRow(r, ev, rest, "    / "+rest.Name); err != nil {
					return err
				}
				break
			}
			if err := b.itemRow(r, ev, it, "    / "+orElse(it.Name, ev.Name)); err != nil {
				return err
			}
		}
	}
	last := r.n
	if err := r.next(); err != nil {
		return err
	}
	r.skip(4)
	r.text(st.sum, "sum")
	if last < first {
		return nil
	}
	for _, v := range []int64{sum.Records, sum.Read, sum.Skipped, sum.Broken} {
		col := r.names[r.col]
		r.formula(st.sum, fmt.Sprintf("SUM(%s%d:%s%d)", col, first, col, last), v)
	}
	b.addsUp(r, sum)
	for _, v := range []int64{sum.Events, sum.Duplicates, sum.Warnings} {
		col := r.names[r.col]
		r.formula(st.sum, fmt.Sprintf("SUM(%s%d:%s%d)", col, first, col, last), v)
	}
	return nil
}

// itemRow writes an item; it is nil for a folder or an archive, which has only a hash and a size of its own.
func (b *book) itemRow(r *rows, ev *forensics.Evidence, it *forensics.Item, name string) error {
	if err := r.next(); err != nil {
		return err
	}
	st := b.st
	r.number(st.number, ev.ID)
	if it == nil {
		r.wrap(st.bold, name)
		r.text(st.text, "folder or archive")
		r.text(st.text, doneText(ev.Done))
		r.number(st.number, ev.Size)
		r.skip(8)
		r.digest(st.small, &ev.Digest)
		b.receivedCells(r, ev, "")
		return nil
	}
	r.wrap(st.wrap, name)
	r.text(st.text, it.Format)
	r.text(st.text, it.Status.String())
	r.number(st.number, it.Size)
	for _, v := range []int64{it.Records, it.Read, it.Skipped, it.Broken} {
		r.number(st.number, v)
	}
	b.addsUp(r, it.Counts)
	for _, v := range []int64{it.Events, it.Duplicates, it.Warnings} {
		r.number(st.number, v)
	}
	digest := it.Digest
	if it.Name == "" && !ev.Digest.IsZero() {
		digest = ev.Digest
	}
	r.digest(st.small, &digest)
	b.receivedCells(r, ev, it.Reason)
	return nil
}

func (b *book) receivedCells(r *rows, ev *forensics.Evidence, reason string) {
	if ev.Added.IsZero() {
		r.skip(1)
	} else {
		r.moment(forensics.Nanos(ev.Added))
	}
	r.text(b.st.text, ev.Tool)
	r.text(b.st.text, reason)
	r.text(b.st.small, ev.Path)
}

// addsUp writes the check as a formula: 0 where every record is accounted for.
func (b *book) addsUp(r *rows, c forensics.Counts) {
	n := string(r.row)
	r.formula(b.st.number, "F"+n+"-G"+n+"-H"+n+"-I"+n, c.Records-c.Read-c.Skipped-c.Broken)
}

func doneText(done bool) string {
	if done {
		return "read"
	}
	return "not finished"
}

// custodyRows writes the custody log.
func (b *book) custodyRows(r *rows) error {
	st := b.st
	if err := r.next(); err != nil {
		return err
	}
	if err := b.titleRow(r, "Custody log", "Who did what and when. Each entry holds the hash of the one before it, so that none can be changed or taken out unseen. "+
		"Reports that were written since the last other entry are not listed: they do not change the case, and this report is one of them."); err != nil {
		return err
	}
	if err := r.next(); err != nil {
		return err
	}
	// The log's columns stand where their widths fit: a text without wrapping flows into the empty
	// cells at its right, and the hashes stand below those of the evidence.
	columns := []struct {
		at    int
		title string
		cell  func(e *forensics.Custody)
	}{
		{0, "No.", func(e *forensics.Custody) { r.number(st.number, e.Seq) }},
		{1, "Detail", func(e *forensics.Custody) { r.wrap(st.wrap, e.Detail) }},
		{2, "When (UTC)", func(e *forensics.Custody) { r.moment(forensics.Nanos(e.At)) }},
		{3, "What", func(e *forensics.Custody) { r.text(st.text, e.What) }},
		{5, "Who", func(e *forensics.Custody) { r.text(st.text, e.Who) }},
		{8, "Tool", func(e *forensics.Custody) { r.text(st.text, e.Tool) }},
		{hashColumn, "Hash of the entry", func(e *forensics.Custody) { r.digest(st.small, &e.Hash) }},
	}
	for _, c := range columns {
		for r.col < c.at {
			r.blank(st.head)
		}
		r.text(st.head, c.title)
	}
	for i := range b.c.Custody {
		if err := r.next(); err != nil {
			return err
		}
		for _, c := range columns {
			r.col = c.at
			c.cell(&b.c.Custody[i])
		}
	}
	return nil
}

// titleRow writes a heading and a line under it.
func (b *book) titleRow(r *rows, title, note string) error {
	if err := r.tall(17); err != nil {
		return err
	}
	partCells(r, title, r.sheet.printed)
	if err := r.next(); err != nil {
		return err
	}
	r.text(b.st.small, note)
	return nil
}

// maxWarnings is how many warnings the workbook lists; the case has them all.
const maxWarnings = 10_000

func (b *book) warningCount() int64 {
	var n int64
	for i := range b.c.Items {
		n += b.c.Items[i].Warnings
	}
	return n
}

// warnings lists what could not be read.
func (b *book) warnings() *sheet {
	s := &sheet{name: "Warnings", table: true, wraps: true, rows: int(min(b.warningCount(), maxWarnings)), columns: []column{
		{"Ev. no.", 7}, {"Evidence", 36}, {"Place of the record", 34}, {"What", 110},
	}}
	s.body = func(ctx context.Context, r *rows) error {
		list, err := b.c.Warnings(0, maxWarnings)
		if err != nil {
			return err
		}
		for i := range list {
			w := &list[i]
			if err := r.next(); err != nil {
				return err
			}
			r.number(b.st.number, w.Ref.Evidence)
			r.text(b.st.text, evidenceText(w.EvidenceName, w.ItemName))
			r.text(b.st.small, refText(w.Ref))
			r.wrap(b.st.wrap, w.Text)
		}
		return ctx.Err()
	}
	return s
}

// stamp writes a moment for a text.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
