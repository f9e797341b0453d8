package widget

// Pages keeps the pages of a long list that were read lately. Its owner reads missing
// pages with commands and puts them in as they come.
type Pages[T any] struct {
	Size int // entries of a page

	keep    int
	pages   map[int][]T
	used    map[int]int // page -> when it was last looked at
	pending map[int]bool
	tick    int
}

// NewPages keeps at most keep pages of size entries.
func NewPages[T any](size, keep int) *Pages[T] {
	p := &Pages[T]{Size: size, keep: keep}
	p.Reset()
	return p
}

// Reset forgets everything, also what is under way.
func (p *Pages[T]) Reset() {
	p.pages, p.used, p.pending = map[int][]T{}, map[int]int{}, map[int]bool{}
}

// At gives entry i, nil where its page is not here.
func (p *Pages[T]) At(i int) *T {
	if i < 0 {
		return nil
	}
	page := p.pages[i/p.Size]
	if i %= p.Size; i < len(page) {
		return &page[i]
	}
	return nil
}

// Put stores a page that was read.
func (p *Pages[T]) Put(page int, entries []T) {
	delete(p.pending, page)
	p.touch(page)
	p.pages[page] = entries
	for len(p.pages) > p.keep {
		oldest, when := -1, 0
		for n := range p.pages {
			if t := p.used[n]; oldest < 0 || t < when {
				oldest, when = n, t
			}
		}
		delete(p.pages, oldest)
		delete(p.used, oldest)
	}
}

// Failed takes a page back from those under way.
func (p *Pages[T]) Failed(page int) { delete(p.pending, page) }

// Want lists the pages to read so that the entries [from, to) are here, those
// of [first, last) before the others. At most limit pages are under way at a time;
// what does not fit is wanted again later.
func (p *Pages[T]) Want(first, last, from, to, length, limit int) []int {
	var want []int
	add := func(a, b int) {
		a, b = max(0, a), min(b, length)
		for page := a / p.Size; page*p.Size < b; page++ {
			p.touch(page)
			if p.pages[page] == nil && !p.pending[page] && len(p.pending) < limit {
				p.pending[page] = true
				want = append(want, page)
			}
		}
	}
	add(first, last)
	add(from, to)
	return want
}

func (p *Pages[T]) touch(page int) {
	p.tick++
	p.used[page] = p.tick
}
