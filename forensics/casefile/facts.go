package casefile

import (
	"crypto/sha256"
	"encoding/binary"

	"keytrail/forensics"
)

// By its fact an event is found that the case has already.

// factTable finds the event that holds a fact: open addressing over 64-bit hashes,
// which are salted, so that nobody can prepare a file that makes it slow. Zero marks an empty slot.
type factTable struct {
	hashes []int64
	rows   []int64
	n      int
}

func newFactTable(n int) *factTable {
	size := 1024
	for size < 2*n {
		size *= 2
	}
	return &factTable{hashes: make([]int64, size), rows: make([]int64, size)}
}

// get gives the row of a fact, 0 where it is new.
func (t *factTable) get(hash int64) int64 { return t.rows[t.slot(hash)] }

// put notes the row of a fact; row 0 forgets it.
func (t *factTable) put(hash, row int64) {
	if 2*t.n >= len(t.hashes) {
		bigger := newFactTable(2 * t.n)
		for i, h := range t.hashes {
			if h != 0 && t.rows[i] != 0 {
				j := bigger.slot(h)
				bigger.hashes[j], bigger.rows[j] = h, t.rows[i]
				bigger.n++
			}
		}
		*t = *bigger
	}
	i := t.slot(hash)
	if t.hashes[i] == 0 {
		t.n++
	}
	t.hashes[i], t.rows[i] = hash, row
}

func (t *factTable) slot(hash int64) int {
	mask := len(t.hashes) - 1
	i := int(uint64(hash)>>1) & mask
	for t.hashes[i] != 0 && t.hashes[i] != hash {
		i = (i + 1) & mask
	}
	return i
}

// factHasher makes numbers of facts.
type factHasher struct{ salt, buffer []byte }

// hash is the first 64 bits of SHA-256 over the case's salt, the kind and the
// fact, never 0.
func (w *factHasher) hash(kind forensics.Kind, fact string) int64 {
	w.buffer = append(w.buffer[:0], w.salt...)
	w.buffer = append(w.buffer, byte(kind))
	w.buffer = append(w.buffer, fact...)
	sum := sha256.Sum256(w.buffer)
	h := int64(binary.BigEndian.Uint64(sum[:]))
	if h == 0 {
		h = 1
	}
	return h
}
