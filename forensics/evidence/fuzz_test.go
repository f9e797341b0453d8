package evidence

import (
	"bytes"
	"context"
	"io"
	"testing"
)

// FuzzWalk reads arbitrary bytes as a file: no panic, bounded output, every name
// safe and found again.
func FuzzWalk(f *testing.F) {
	inner := makeZip(f, part{"b.mbox", text(mail)}, part{"../c", text("c")})
	for _, seed := range [][]byte{
		nil, text(mail), inner, makeZip(f, part{"in.zip", inner}, part{"d.gz", makeGzip(f, "d", text("d"))}),
		makeGzip(f, "x", text("x")), makeGzip(f, "", makeTar(f, part{"a", text("a")}, part{"b", inner})),
		makeTar(f, part{"a", text("a")}), inner[:len(inner)-30], text("BZh91AY&SY\x00\x00\x00\x00"),
		text("\x28\xb5\x2f\xfd\x04\x00\x09\x00\x00abc"), text("PK\x07\x08PK\x03\x04"), text("PK\x05\x06"),
	} {
		f.Add(seed)
	}
	lim := Limits{MaxMembers: 50, MaxDepth: 3, MaxRatio: 10, MaxMemberBytes: 1 << 20, MaxTotalBytes: 4 << 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := write(t, t.TempDir(), "x", data)
		src, err := Open(path, lim)
		check(t, err)
		defer func() { check(t, src.Close()) }()
		var total int64
		seen := map[string]bool{}
		warnings := 0
		check(t, src.Walk(context.Background(), func(m *Member) error {
			if seen[m.Name] {
				t.Errorf("%q visited twice", m.Name)
			}
			seen[m.Name] = true
			if safe, _ := safeName(m.Name); m.Name != "" && safe != m.Name && len(m.Name) <= maxName {
				t.Errorf("%q is not safe", m.Name)
			}
			got, readErr := io.ReadAll(m)
			_, size, err := m.Finish()
			if size != int64(len(got)) || (readErr == nil) != (err == nil) {
				t.Errorf("%q: %d bytes (%v), Finish says %d (%v)", m.Name, len(got), readErr, size, err)
			}
			if m.Name != "" {
				total += size
			}
			if again, err := ReadAt(path, m.Name, 0, size, lim); err != nil || !bytes.Equal(again, got) {
				t.Errorf("%q: not read again: %v", m.Name, err)
			}
			return nil
		}, func(string, string) { warnings++ }))
		if total > lim.MaxTotalBytes || warnings > maxWarnings+1 || len(seen) > lim.MaxMembers+1 {
			t.Errorf("%d bytes, %d members, %d warnings", total, len(seen), warnings)
		}
	})
}
