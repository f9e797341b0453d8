package absence

import "cmp"

// By what a mail is found again in another folder or copy.

func (m *Mail) keys() [3]Key { return [3]Key{m.ID, m.Object, m.Content} }

// bestKey is what names a mail best for counting.
func (m *Mail) bestKey() Key { return cmp.Or(m.ID, m.Content, m.Object) }

func keysOf(f *Folder) map[Key]bool {
	keys := make(map[Key]bool, 2*len(f.Mails))
	for i := range f.Mails {
		for _, k := range f.Mails[i].keys() {
			if k != 0 {
				keys[k] = true
			}
		}
	}
	return keys
}

func has(keys map[Key]bool, m *Mail) bool {
	for _, k := range m.keys() {
		if k != 0 && keys[k] {
			return true
		}
	}
	return false
}
