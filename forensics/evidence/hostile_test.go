package evidence

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// damage gives a copy of data with one change.
func damage(data []byte, change func(b []byte) []byte) []byte {
	return change(bytes.Clone(data))
}

// entryOf finds the n-th directory entry of a zip.
func entryOf(b []byte, n int) []byte {
	at := 0
	for ; n >= 0; n-- {
		at += bytes.Index(b[at:], []byte(sigEntry)) + 1
	}
	return b[at-1:]
}

func TestHostile(t *testing.T) {
	two := makeZip(t, part{"a.mbox", text(mail)}, part{"b.mbox", text(strings.Repeat("b", 100))})
	tarTwo := makeTar(t, part{"a", text("aaaa")}, part{"b", bytes.Repeat(text("b"), 2000)})
	noise := make([]byte, 64<<10)
	for i := range noise {
		noise[i] = byte(uint32(i)*2654435761>>13 ^ uint32(i*i)*40503>>9)
	}
	lines := []byte{}
	for i := range 3000 {
		lines = fmt.Appendf(lines, "%d %d line\n", i*7919, i)
	}
	var links bytes.Buffer
	tw := tar.NewWriter(&links)
	check(t, tw.WriteHeader(&tar.Header{Name: "loop", Linkname: "loop", Typeflag: tar.TypeSymlink}))
	check(t, tw.WriteHeader(&tar.Header{Name: "dev", Typeflag: tar.TypeBlock}))
	check(t, tw.WriteHeader(&tar.Header{Name: "dir/", Typeflag: tar.TypeDir}))
	check(t, tw.Close())

	tests := []struct {
		name  string
		bytes []byte
		lim   Limits
		names []string          // nil: not compared
		data  map[string]string // prefix of what must be kept
		warn  [][]string        // words of one warning each
	}{
		{name: "zip_dotdot", bytes: makeZip(t, part{"../../etc/passwd", text("x")}, part{"/abs", text("y")}, part{`C:\Users\m.pst`, text("z")}),
			names: []string{"etc/passwd", "abs", "Users/m.pst"},
			warn:  [][]string{{"etc/passwd: ", `".."`, "../../etc/passwd"}, {"abs: absolute name"}, {"Users/m.pst: absolute name"}}},
		{name: "tar_dotdot", bytes: makeTar(t, part{"../x", text("x")}, part{"/y", text("y")}), warn: [][]string{{"x: ", `".."`}, {"y: absolute name"}}},
		{name: "zip_twice", bytes: makeZip(t, part{"a", text("1")}, part{"a", text("2")}, part{"a (2)", text("3")}),
			names: []string{"a", "a (2)", "a (2) (2)"}, data: map[string]string{"a": "1", "a (2)": "2", "a (2) (2)": "3"}, warn: [][]string{{"a (2): ", "several members"}}},
		{name: "name_of_nested", bytes: makeZip(t, part{"in.zip", makeZip(t, part{"a", text("1")})}, part{"in.zip/a", text("2")}),
			names: []string{"in.zip/a", "in.zip/a (2)"}},
		{name: "long_name", bytes: makeZip(t, part{strings.Repeat("é", 3000), text("1")}), names: []string{strings.Repeat("é", 512)}, warn: [][]string{{"overlong name"}}},
		{name: "links_in_tar", bytes: links.Bytes(), warn: [][]string{{"loop: ", "not followed"}, {"dev: ", "special member"}}},

		{name: "encrypted", bytes: damage(two, func(b []byte) []byte { entryOf(b, 0)[8] |= 1; return b }), names: []string{"b.mbox"}, warn: [][]string{{"a.mbox: ", "encrypted"}}},
		{name: "method", bytes: damage(two, func(b []byte) []byte { entryOf(b, 0)[10] = 14; return b }), names: []string{"b.mbox"}, warn: [][]string{{"a.mbox: ", "method 14"}}},
		{name: "lying_size_small", bytes: damage(two, func(b []byte) []byte { binary.LittleEndian.PutUint32(entryOf(b, 0)[24:], 3); return b }),
			names: []string{"a.mbox", "b.mbox"}, data: map[string]string{"a.mbox": mail}, warn: [][]string{{"a.mbox: ", "states 3 bytes"}}},
		{name: "lying_size_large", bytes: damage(two, func(b []byte) []byte {
			binary.LittleEndian.PutUint32(entryOf(b, 0)[24:], 0xfffffff0)
			return b
		}), data: map[string]string{"a.mbox": mail}, warn: [][]string{{"a.mbox: ", "states 4294967280 bytes"}}},
		{name: "wrong_sum", bytes: damage(two, func(b []byte) []byte { entryOf(b, 1)[16] ^= 1; return b }), names: []string{"a.mbox", "b.mbox"}, warn: [][]string{{"b.mbox: ", "checksum"}}},
		{name: "offset_outside", bytes: damage(two, func(b []byte) []byte { binary.LittleEndian.PutUint32(entryOf(b, 0)[42:], 0xfffffff0); return b }),
			names: []string{"b.mbox"}, warn: [][]string{{"a.mbox: ", "outside the archive"}}},
		{name: "directory_broken", bytes: damage(two, func(b []byte) []byte { entryOf(b, 1)[0] = 'X'; return b }), names: []string{"a.mbox"}, warn: [][]string{{": the zip archive is damaged"}}},
		{name: "count_lies", bytes: damage(two, func(b []byte) []byte {
			binary.LittleEndian.PutUint16(b[len(b)-12:], 0xfffe)
			return b
		}), names: []string{"a.mbox", "b.mbox"}, warn: [][]string{{"states 65534 members"}}},
		{name: "zip_truncated", bytes: makeZip(t, part{"a.mbox", text(mail)}, part{"b", noise})[:20000],
			names: []string{"a.mbox", "b"}, data: map[string]string{"a.mbox": mail, "b": string(noise[:100])}, warn: [][]string{{"no usable directory"}, {"b: damaged or truncated"}}},
		{name: "zip_head_only", bytes: text("PK\x03\x04 and nothing more"), names: []string{""}, warn: [][]string{{": looks like a zip"}}},
		{name: "zip_empty", bytes: makeZip(t), names: nil, warn: [][]string{{"holds no files"}}},

		{name: "gzip_truncated", bytes: makeGzip(t, "l", lines)[:9000], names: []string{"l"}, data: map[string]string{"l": string(lines[:1000])}, warn: [][]string{{"l: damaged or truncated"}}},
		{name: "gzip_trailing", bytes: append(makeGzip(t, "l", lines), "garbage behind the end"...), names: []string{"l"}, data: map[string]string{"l": string(lines)}, warn: [][]string{{"l: ", "follow the end"}}},
		{name: "gzip_sum", bytes: damage(makeGzip(t, "l", lines), func(b []byte) []byte { b[len(b)-8] ^= 1; return b }), data: map[string]string{"l": string(lines)}, warn: [][]string{{"l: ", "checksum"}}},
		{name: "tar_truncated", bytes: tarTwo[:2000], names: []string{"a", "b"}, data: map[string]string{"a": "aaaa", "b": "bbbb"}, warn: [][]string{{"b: damaged or truncated"}}},
		{name: "tar_broken", bytes: damage(tarTwo, func(b []byte) []byte { b[1024+5] = 'X'; return b }), names: []string{"a"}, warn: [][]string{{": the tar archive is damaged"}}},
		{name: "tgz_truncated", bytes: makeGzip(t, "", makeTar(t, part{"a", text("aaaa")}, part{"b", noise}))[:15000], names: []string{"a", "b"}, data: map[string]string{"a": "aaaa"}, warn: [][]string{{"b: damaged or truncated"}}},
		{name: "xz", bytes: text("\xfd7zXZ\x00\x00\x04"), names: []string{""}, warn: [][]string{{"xz is not unpacked"}}},
		{name: "zstd_header_only", bytes: text("\x28\xb5\x2f\xfd"), names: []string{""}, warn: [][]string{{"zstd", "damaged"}}},
		{name: "bzip2_header_only", bytes: text("BZh91AY&SY\x00\x00\x00\x00"), names: []string{"x"}, warn: [][]string{{"damaged or truncated after 0"}}},

		{name: "depth", bytes: makeZip(t, part{"2.zip", makeZip(t, part{"3.zip", makeZip(t, part{"4.zip", makeZip(t, part{"x", text("x")})})})}),
			names: []string{"2.zip/3.zip/4.zip"}, warn: [][]string{{"2.zip/3.zip/4.zip: bound MaxDepth"}}},
		{name: "depth_one", bytes: makeZip(t, part{"2.gz", makeGzip(t, "", text("x"))}), lim: Limits{MaxDepth: 1}, names: []string{"2.gz"}, warn: [][]string{{"2.gz: bound MaxDepth"}}},
		{name: "members", bytes: makeZip(t, part{"a", nil}, part{"b", nil}, part{"c", nil}), lim: Limits{MaxMembers: 2}, names: []string{"a", "b"}, warn: [][]string{{"bound MaxMembers"}}},
		{name: "member_bytes", bytes: makeZip(t, part{"a", text("12345")}, part{"b", text("123456")}), lim: Limits{MaxMemberBytes: 5}, names: []string{"a", "b"},
			data: map[string]string{"a": "12345", "b": "12345"}, warn: [][]string{{"b: bound MaxMemberBytes"}}},
		{name: "total_bytes", bytes: makeZip(t, part{"a", text("12345")}, part{"b", text("123456")}, part{"c", nil}), lim: Limits{MaxTotalBytes: 8}, names: []string{"a", "b"},
			data: map[string]string{"b": "123"}, warn: [][]string{{"b: bound MaxTotalBytes"}, {": a bound on the whole"}}},
		{name: "bomb_gzip", bytes: makeGzip(t, "b", make([]byte, 4<<20)), names: []string{"b"}, warn: [][]string{{"b: bound MaxRatio"}}},
		{name: "bomb_zip", bytes: makeZip(t, part{"a", text("a")}, part{"b", make([]byte, 4<<20)}), names: []string{"a", "b"}, warn: [][]string{{"b: bound MaxRatio"}}},
		{name: "bomb_overlap", bytes: overlapping(t, 20, 900<<10), warn: [][]string{{"bound MaxRatio", "the file unpacks"}, {": a bound on the whole"}}},
		{name: "bomb_sparse_tar", bytes: sparseTar(t, 1<<40), warn: [][]string{{"bound MaxRatio"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := walk(t, write(t, t.TempDir(), "x", tt.bytes), withGrace(tt.lim))
			if tt.names != nil {
				if diff := cmp.Diff(tt.names, got.names); diff != "" {
					t.Errorf("names (-want +got):\n%s", diff)
				}
			}
			var total int
			for name, data := range got.data {
				total += len(data)
				if !strings.HasPrefix(data, tt.data[name]) {
					t.Errorf("%s: the good bytes were not kept", name)
				}
			}
			if total > testGrace+4<<20 {
				t.Errorf("%d bytes were handed out", total)
			}
			for _, words := range tt.warn {
				if !got.warned(words...) {
					t.Errorf("no warning with %q in %q", words, got.warnings)
				}
			}
			if len(got.warnings) > len(tt.warn)+2 {
				t.Errorf("more warnings than expected: %q", got.warnings)
			}
		})
	}
}

// testGrace is the grace of the ratio in tests: small, so that bombs need not be large.
const testGrace = 1 << 20

func withGrace(lim Limits) Limits {
	lim.grace = testGrace
	return lim
}

// overlapping makes a zip whose n directory entries all point at the same packed
// zeros.
func overlapping(t *testing.T, n, size int) []byte {
	t.Helper()
	one := makeZip(t, part{"0000", make([]byte, size)})
	start := bytes.Index(one, []byte(sigEntry))
	end := bytes.Index(one, []byte(sigEnd))
	out := bytes.Clone(one[:start])
	for i := range n {
		e := bytes.Clone(one[start:end])
		copy(e[entryLen:], fmt.Sprintf("%04d", i))
		out = append(out, e...)
	}
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*(end-start)))
	return append(out, tail...)
}

// sparseTar makes a tar of one member that is a hole of size bytes (GNU format, as in tar(5)).
func sparseTar(t *testing.T, size int64) []byte {
	t.Helper()
	b := makeTar(t, part{"hole", nil})
	h := b[:512]
	h[156] = 'S'
	copy(h[257:], "ustar  \x00")
	clear(h[345:512])
	copy(h[398:], "00000000000\x00") // one piece of nothing, at the end
	put := func(at int, v int64) {   // base 256
		clear(h[at : at+12])
		h[at] = 0x80
		for i := 11; i > 3; i-- {
			h[at+i] = byte(v)
			v >>= 8
		}
	}
	put(386, size)
	put(483, size)
	copy(h[148:], "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

// Ensure that a zip of a thousand broken members costs a bounded number of warnings.
func TestWarningsAreBounded(t *testing.T) {
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for i := range 3 * maxWarnings {
		_, err := zw.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i), Method: 99, CRC32: crc32.ChecksumIEEE(nil)})
		check(t, err)
	}
	check(t, zw.Close())
	got := walk(t, write(t, t.TempDir(), "x.zip", b.Bytes()), Limits{})
	if len(got.warnings) != maxWarnings+1 || !got.warned("2000 further warnings") {
		t.Errorf("got %d warnings, the last %q", len(got.warnings), got.warnings[len(got.warnings)-1])
	}
}

func TestFileChangesWhileRead(t *testing.T) {
	path := write(t, t.TempDir(), "x.log", bytes.Repeat(text("line\n"), 1<<20))
	src, err := Open(path, Limits{})
	check(t, err)
	defer func() { check(t, src.Close()) }()
	var warnings []string
	check(t, src.Walk(context.Background(), func(m *Member) error {
		m.Head()
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		check(t, err)
		_, err = f.WriteString("more\n")
		check(t, err)
		return f.Close()
	}, func(item, text string) { warnings = append(warnings, text) }))
	if len(warnings) != 1 || !strings.Contains(warnings[0], "changed while it was read") {
		t.Errorf("got %q", warnings)
	}
}
