package absence

// A folder as it is laid beside older and newer ones.

// box is a folder of a copy, with the time that its mails span.
type box struct {
	c           *Copy
	f           *Folder
	pos         int // of the copy in the order of the account
	first, last int64
	largest     int64
	group       *box // of copies of one folder: one of them stands for all, nil is itself
	newer       int  // copies that it was compared with
}

// root is the copy that stands for all copies of one folder.
func (b *box) root() *box {
	for b.group != nil {
		b = b.group
	}
	return b
}

func newBox(c *Copy, f *Folder, pos int) box {
	b := box{c: c, f: f, pos: pos}
	for i := range f.Mails {
		m := &f.Mails[i]
		b.largest = max(b.largest, m.Ref.Length)
		if m.Arrived != 0 && (f.AbsentAt == 0 || m.Arrived <= f.AbsentAt) {
			b.first, b.last = least(b.first, m.Arrived), max(b.last, m.Arrived)
		}
	}
	return b
}

// taken is the moment that orders copies: of one that nothing describes, its newest mail.
func (b *box) taken() int64 {
	if b.c.Described {
		return max(b.last, b.f.PresentAt)
	}
	return b.last
}

// own reports whether the owner wrote a mail: files of several folders do not say so of each.
func (b *box) own(m *Mail) bool { return m.Sent || m.From != 0 && m.From == b.c.AccountKey }

// counts reports whether a mail is one to compare: of the folder's own sort and of this account.
func (b *box) counts(m *Mail) bool {
	return m.bestKey() != 0 && m.Arrived != 0 && (!b.own(m) || b.f.Role == RoleSent) && (m.For == 0 || b.c.AccountKey == 0 || m.For == b.c.AccountKey)
}
