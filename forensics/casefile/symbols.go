package casefile

import "hash/maphash"

// One number for all spellings of a text that filters take for the same.

// symbols give texts that are folded to the same one number: that of the first of them.
type symbols struct {
	first []uint32 // nil where every text is folded to one of its own
}

func newSymbols(t *texts) symbols {
	n := len(t.end)
	size := 1024
	for size < 2*n {
		size *= 2
	}
	table := make([]uint32, size) // open addressing; 0 is an empty slot
	seed := maphash.MakeSeed()
	var s symbols
	for id := 1; id < n; id++ {
		text := t.get(id)
		at := int(maphash.Bytes(seed, text)) & (size - 1)
		for table[at] != 0 && string(t.get(int(table[at]))) != string(text) {
			at = (at + 1) & (size - 1)
		}
		if table[at] == 0 {
			table[at] = uint32(id)
			continue
		}
		if s.first == nil {
			s.first = make([]uint32, n)
			for i := range s.first {
				s.first[i] = uint32(i)
			}
		}
		s.first[id] = table[at]
	}
	return s
}

// of gives the symbol of a text.
func (s symbols) of(id uint32) uint32 {
	if s.first == nil {
		return id
	}
	return s.first[id]
}

// merge adds what was counted of the texts of one symbol.
func (s symbols) merge(count []uint32) {
	for id, first := range s.first {
		if first != uint32(id) {
			count[first] += count[id]
			count[id] = 0
		}
	}
}
