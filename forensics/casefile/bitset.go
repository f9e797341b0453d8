package casefile

import "math/bits"

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i uint32) bool {
	return int(i>>6) < len(b) && b[i>>6]>>(i&63)&1 != 0
}

func (b bitset) add(i int) { b[i>>6] |= 1 << (i & 63) }

func (b bitset) and(c bitset) {
	for i := range b {
		b[i] &= c[i]
	}
}

func (b bitset) or(c bitset) {
	for i := range b {
		b[i] |= c[i]
	}
}

// invert turns the set of the first n numbers around.
func (b bitset) invert(n int) {
	for i := range b {
		b[i] = ^b[i]
	}
	if rest := n & 63; rest != 0 {
		b[len(b)-1] &= 1<<rest - 1
	}
}

func (b bitset) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

func (b bitset) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

// where gives the set of the numbers below n for which f holds.
func where(n int, f func(i int) bool) bitset {
	b := newBitset(n)
	for i := range n {
		if f(i) {
			b.add(i)
		}
	}
	return b
}
