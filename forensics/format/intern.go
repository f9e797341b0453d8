package format

// Interner makes strings of bytes as Text does, and the same string for the same bytes: audit logs repeat themselves. It keeps
// at most 4096 of them and then begins anew. It is used for one item, from one goroutine.
type Interner struct {
	longest int
	texts   map[string]string // bytes to their text
}

// NewInterner keeps the texts of up to longest bytes.
func NewInterner(longest int) Interner {
	return Interner{longest: longest, texts: map[string]string{}}
}

// Text is the bytes as text.
func (in *Interner) Text(b []byte) string {
	const most = 4096
	if len(b) == 0 {
		return ""
	}
	if len(b) > in.longest {
		return Text(b)
	}
	if s, ok := in.texts[string(b)]; ok {
		return s
	}
	if len(in.texts) >= most {
		clear(in.texts)
	}
	s := Text(b)
	in.texts[string(b)] = s
	return s
}
