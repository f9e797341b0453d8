package casefile

import (
	"hash/crc32"
	"slices"
	"unsafe"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// columns hold of every event what orders and filters need, in the order of the
// rows' numbers. They only grow: a copy of the struct is a snapshot, because
// whoever appends writes behind the snapshot's end.
type columns struct {
	time     []int64
	row      []int64
	offset   []int64
	fact     []int64
	item     []uint32
	asn      []uint32
	session  []uint32 // hashName of the session
	message  []uint32 // hashName of the Message-ID
	texts    [numFiltered][]uint32
	kind     []uint8
	nth      []uint8 // which of the events of its record; 255 for that and more
	status   []uint8 // certainty, outcome, sender, unreliable: see statusOf
	words    []byte  // the folded subjects, one after the other
	wordsEnd []int64 // where each event's subject ends in words
}

// The bits of the column status.
const (
	shiftCertainty   = 0 // 2 bits
	shiftOutcome     = 2 // 2 bits
	shiftSenderState = 4 // 2 bits
	statusUnreliable = 1 << 6
)

// manyth stands for a place in its record that the column nth cannot hold.
const manyth = 255

// hashName makes a number of a text that is compared as a whole: those that have
// the number are looked at in the database. 0 is for no text.
func hashName(s string) uint32 {
	if s == "" {
		return 0
	}
	h := crc32.ChecksumIEEE([]byte(filter.Fold(s)))
	return max(h, 1)
}

func statusOf(certainty, outcome uint8, flags uint16) uint8 {
	s := certainty&3<<shiftCertainty | outcome&3<<shiftOutcome | uint8(flags>>shiftSender&3)<<shiftSenderState
	if flags&flagUnreliable != 0 {
		s |= statusUnreliable
	}
	return s
}

func (c *columns) len() int { return len(c.time) }

// append adds one event.
func (c *columns) append(r *record) {
	c.time = append(c.time, r.time)
	c.row = append(c.row, r.id)
	c.offset = append(c.offset, r.offset)
	c.fact = append(c.fact, r.fact)
	c.item = append(c.item, uint32(r.item))
	c.asn = append(c.asn, r.asn)
	c.session = append(c.session, hashName(r.session))
	c.message = append(c.message, hashName(r.messageID))
	c.nth = append(c.nth, uint8(min(r.n, manyth)))
	for i := range c.texts {
		c.texts[i] = append(c.texts[i], r.texts[i])
	}
	c.kind = append(c.kind, r.kind)
	c.status = append(c.status, statusOf(r.certainty, r.outcome, r.flags))
	c.words = append(c.words, filter.Fold(r.subject)...)
	c.wordsEnd = append(c.wordsEnd, int64(len(c.words)))
}

// reserve makes room for n more events with words bytes of subjects.
func (c *columns) reserve(n, words int) {
	c.time = slices.Grow(c.time, n)
	c.row = slices.Grow(c.row, n)
	c.offset = slices.Grow(c.offset, n)
	c.fact = slices.Grow(c.fact, n)
	c.item = slices.Grow(c.item, n)
	c.asn = slices.Grow(c.asn, n)
	c.session = slices.Grow(c.session, n)
	c.message = slices.Grow(c.message, n)
	c.nth = slices.Grow(c.nth, n)
	for t := range c.texts {
		c.texts[t] = slices.Grow(c.texts[t], n)
	}
	c.kind = slices.Grow(c.kind, n)
	c.status = slices.Grow(c.status, n)
	c.words = slices.Grow(c.words, words)
	c.wordsEnd = slices.Grow(c.wordsEnd, n)
}

// extend adds the events start to end, without end, of other columns.
func (c *columns) extend(from *columns, start, end int) {
	c.time = append(c.time, from.time[start:end]...)
	c.row = append(c.row, from.row[start:end]...)
	c.offset = append(c.offset, from.offset[start:end]...)
	c.fact = append(c.fact, from.fact[start:end]...)
	c.item = append(c.item, from.item[start:end]...)
	c.asn = append(c.asn, from.asn[start:end]...)
	c.session = append(c.session, from.session[start:end]...)
	c.message = append(c.message, from.message[start:end]...)
	c.nth = append(c.nth, from.nth[start:end]...)
	for t := range c.texts {
		c.texts[t] = append(c.texts[t], from.texts[t][start:end]...)
	}
	c.kind = append(c.kind, from.kind[start:end]...)
	c.status = append(c.status, from.status[start:end]...)
	words := int64(0) // where the first of their subjects begins
	if start > 0 {
		words = from.wordsEnd[start-1]
	}
	base := int64(len(c.words)) - words
	if start < end {
		c.words = append(c.words, from.words[words:from.wordsEnd[end-1]]...)
	}
	for _, at := range from.wordsEnd[start:end] {
		c.wordsEnd = append(c.wordsEnd, base+at)
	}
}

// truncated gives the first n events. What is appended to the result does not
// write into the memory of snapshots.
func (c *columns) truncated(n int) columns {
	t := columns{
		time: slices.Clip(c.time[:n]), row: slices.Clip(c.row[:n]), offset: slices.Clip(c.offset[:n]), fact: slices.Clip(c.fact[:n]),
		item: slices.Clip(c.item[:n]), asn: slices.Clip(c.asn[:n]), session: slices.Clip(c.session[:n]), message: slices.Clip(c.message[:n]),
		nth: slices.Clip(c.nth[:n]), kind: slices.Clip(c.kind[:n]), status: slices.Clip(c.status[:n]),
		wordsEnd: slices.Clip(c.wordsEnd[:n]),
	}
	for i := range c.texts {
		t.texts[i] = slices.Clip(c.texts[i][:n])
	}
	end := int64(0)
	if n > 0 {
		end = c.wordsEnd[n-1]
	}
	t.words = slices.Clip(c.words[:end])
	return t
}

// find gives the index of a row, or where it would stand.
func (c *columns) find(row int64) (int, bool) { return slices.BinarySearch(c.row, row) }

// compare orders two events as forensics.Compare does.
func (c *columns) compare(evidence []int64, a, b uint32) int {
	x, y := c.status[a]&statusUnreliable, c.status[b]&statusUnreliable
	if x != y {
		return int(x) - int(y)
	}
	if c.time[a] != c.time[b] {
		if c.time[a] < c.time[b] {
			return -1
		}
		return 1
	}
	return c.compareRest(evidence, a, b)
}

func (c *columns) compareRest(evidence []int64, a, b uint32) int {
	for _, pair := range [...][2]int64{
		{evidenceOf(evidence, c.item[a]), evidenceOf(evidence, c.item[b])},
		{int64(c.item[a]), int64(c.item[b])},
		{c.offset[a], c.offset[b]},
		{c.row[a], c.row[b]},
	} {
		if pair[0] != pair[1] {
			if pair[0] < pair[1] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func evidenceOf(evidence []int64, item uint32) int64 {
	if int(item) < len(evidence) {
		return evidence[item]
	}
	return 0
}

// texts are the folded texts of the table text. Like columns they only grow.
type texts struct {
	blob []byte
	end  []int64 // end[id] is where text id ends; end[0] is 0, for no text
}

func newTexts() texts { return texts{end: []int64{0}} }

// set puts in a text; the numbers come in ascending order, gaps are empty.
func (t *texts) set(id uint32, text string) {
	for int(id) > len(t.end) {
		t.end = append(t.end, int64(len(t.blob)))
	}
	if int(id) < len(t.end) {
		return
	}
	t.blob = append(t.blob, filter.Fold(text)...)
	t.end = append(t.end, int64(len(t.blob)))
}

func (t *texts) get(id int) []byte {
	if id <= 0 || id >= len(t.end) {
		return nil
	}
	return t.blob[t.end[id-1]:t.end[id]]
}

// view shows a text without copying it: what was once put into blob never changes.
func (t *texts) view(id uint32) string {
	b := t.get(int(id))
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

// groups maps a kind to its group.
var groups = func() (g [256]uint8) {
	for k := range g {
		g[k] = uint8(forensics.Kind(k).Group())
	}
	return g
}()
