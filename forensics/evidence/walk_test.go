package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"keytrail/forensics"
)

const mail = "From alice@example.org Mon Nov 14 03:12:00 2022\nSubject: one\n\nText.\n"

func TestWalk(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 7<<16) // 7 MiB: more than the ring holds
	zs, err := zstd.NewWriter(nil)
	check(t, err)
	tests := []struct {
		name  string
		file  string
		bytes []byte
		want  map[string]string
		order []string
	}{
		{"plain", "a.mbox", text(mail), map[string]string{"": mail}, []string{""}},
		{"empty", "a.mbox", nil, map[string]string{"": ""}, []string{""}},
		{"large", "a.mbox", big, map[string]string{"": string(big)}, []string{""}},
		{"one_block", "a.mbox", big[:blockSize], map[string]string{"": string(big[:blockSize])}, []string{""}},
		{"whole_blocks", "a.mbox", big[:6*blockSize], map[string]string{"": string(big[:6*blockSize])}, []string{""}},
		{"zip", "a.bin", makeZip(t, part{"z/b.mbox", text(mail)}, part{"a.csv", text("a,b\n")}, part{"dir/", nil}),
			map[string]string{"z/b.mbox": mail, "a.csv": "a,b\n"}, []string{"z/b.mbox", "a.csv"}},
		{"zip_large", "a.zip", makeZip(t, part{"b", big}, part{"c", text("c")}), map[string]string{"b": string(big), "c": "c"}, []string{"b", "c"}},
		{"gzip_inner_name", "x.gz", makeGzip(t, "mail.log", text("line\n")), map[string]string{"mail.log": "line\n"}, []string{"mail.log"}},
		{"gzip_outer_name", "mail.log.1.gz", makeGzip(t, "", text("line\n")), map[string]string{"mail.log.1": "line\n"}, []string{"mail.log.1"}},
		{"gzip_bad_inner_name", "m.gz", makeGzip(t, "..", text("line\n")), map[string]string{"m": "line\n"}, []string{"m"}},
		{"gzip_path_inner_name", "m.gz", makeGzip(t, "../../etc/x.log", text("line\n")), map[string]string{"x.log": "line\n"}, []string{"x.log"}},
		{"gzip_members", "m.gz", append(makeGzip(t, "m.log", text("one\n")), makeGzip(t, "other", text("two\n"))...), map[string]string{"m.log": "one\ntwo\n"}, []string{"m.log"}},
		{"gzip_large", "m.gz", makeGzip(t, "m.log", big), map[string]string{"m.log": string(big)}, []string{"m.log"}},
		{"zstd", "m.log.zst", zs.EncodeAll(text("line\n"), nil), map[string]string{"m.log": "line\n"}, []string{"m.log"}},
		{"tar", "a.tar", makeTar(t, part{"./z", text("z")}, part{"a/b", text("b")}), map[string]string{"z": "z", "a/b": "b"}, []string{"z", "a/b"}},
		{"tar_large", "a.tar", makeTar(t, part{"z", big}, part{"a/b", text("b")}), map[string]string{"z": string(big), "a/b": "b"}, []string{"z", "a/b"}},
		{"tar_gz", "a.tgz", makeGzip(t, "a.tar", makeTar(t, part{"z", text("z")}, part{"a/b", text("b")})), map[string]string{"z": "z", "a/b": "b"}, []string{"z", "a/b"}},
		{"tar_gz_large", "a.tgz", makeGzip(t, "a.tar", makeTar(t, part{"z", big}, part{"y", big})), map[string]string{"z": string(big), "y": string(big)}, []string{"z", "y"}},
		{"nested", "a.zip", makeZip(t, part{"in.zip", makeZip(t, part{"b.mbox", text(mail)}, part{"c.tar.gz", makeGzip(t, "", makeTar(t, part{"d", text("d")}))})}, part{"e", text("e")}),
			map[string]string{"in.zip/b.mbox": mail, "in.zip/c.tar.gz/d": "d", "e": "e"}, []string{"in.zip/b.mbox", "in.zip/c.tar.gz/d", "e"}},
		{"gzip_in_zip", "a.zip", makeZip(t, part{"log.gz", makeGzip(t, "", text("line\n"))}), map[string]string{"log.gz/log": "line\n"}, []string{"log.gz/log"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := walk(t, write(t, t.TempDir(), tt.file, tt.bytes), Limits{})
			if diff := cmp.Diff(tt.order, got.names); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
			for name, want := range tt.want {
				if got.data[name] != want {
					t.Errorf("%s: got %d bytes, want %d", name, len(got.data[name]), len(want))
				}
			}
			if len(got.warnings) != 0 {
				t.Errorf("got warnings %q, want none", got.warnings)
			}
			if got.digest != sha256.Sum256(tt.bytes) {
				t.Errorf("the evidence's digest is not that of the file")
			}
		})
	}
}

// Ensure that archives of more members than 16 bits count, and nested ones too large for
// memory, are read.
func TestWalkLargeZips(t *testing.T) {
	t.Run("zip64", func(t *testing.T) {
		const n = 70000
		var b bytes.Buffer
		zw := zip.NewWriter(&b)
		for i := range n {
			_, err := zw.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i)})
			check(t, err)
		}
		check(t, zw.Close())
		src, err := Open(write(t, t.TempDir(), "x", b.Bytes()), Limits{})
		check(t, err)
		defer func() { check(t, src.Close()) }()
		members := 0
		check(t, src.Walk(context.Background(), func(m *Member) error {
			if m.Name != fmt.Sprint(members) {
				t.Errorf("got %s, want %d", m.Name, members)
			}
			members++
			return nil
		}, func(item, text string) { t.Errorf("warning %s: %s", item, text) }))
		if members != n {
			t.Errorf("got %d members, want %d", members, n)
		}
	})
	t.Run("spooled_to_a_file", func(t *testing.T) {
		stored := func(p part) []byte {
			var b bytes.Buffer
			zw := zip.NewWriter(&b)
			f, err := zw.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Store})
			check(t, err)
			_, err = f.Write(p.data)
			check(t, err)
			check(t, zw.Close())
			return b.Bytes()
		}
		t.Setenv("TMPDIR", t.TempDir())
		big := bytes.Repeat([]byte("0123456789abcdef"), 3<<16)
		got := walk(t, write(t, t.TempDir(), "x", stored(part{"in.zip", stored(part{"big", big})})), Limits{spool: 2 << 20})
		if got.data["in.zip/big"] != string(big) || len(got.warnings) != 0 {
			t.Errorf("got %d bytes, warnings %q", len(got.data["in.zip/big"]), got.warnings)
		}
		left, err := os.ReadDir(os.TempDir())
		check(t, err)
		for _, e := range left {
			if strings.HasPrefix(e.Name(), "keytrail-spool-") {
				t.Errorf("%s was left behind", e.Name())
			}
		}
	})
}

// A document is a zip that is one thing to its user: it stays an item.
func TestWalkDocuments(t *testing.T) {
	xlsx := makeZip(t, part{"xl/workbook.xml", text("<workbook/>")}, part{"_rels/.rels", text("<r/>")}, part{"[Content_Types].xml", text("<t/>")})
	var halfDocument = makeZip(t, part{"[Content_Types].xml", text("<t/>")}, part{"b.mbox", text(mail)})
	for _, tt := range []struct {
		name, file string
		data       []byte
		want       []string
	}{
		{"alone", "a.bin", xlsx, []string{""}},
		{"in_zip", "a.zip", makeZip(t, part{"s.xlsx", xlsx}, part{"b", text("b")}), []string{"s.xlsx", "b"}},
		{"opendocument", "a.ods", makeZip(t, part{"mimetype", text("application/vnd.oasis.opendocument.spreadsheet")}), []string{""}},
		{"only_one_of_the_names", "a.zip", halfDocument, []string{"[Content_Types].xml", "b.mbox"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := walk(t, write(t, t.TempDir(), tt.file, tt.data), Limits{})
			if diff := cmp.Diff(tt.want, got.names); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if tt.want[0] == "" && got.data[""] != string(tt.data) {
				t.Error("the document was not handed out as it is")
			}
			if got.digest != sha256.Sum256(tt.data) {
				t.Error("the evidence's digest is not that of the file")
			}
		})
	}
}

// Ensure that the digest does not depend on how much the visitor reads.
func TestDigestWithoutReading(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 7<<16)
	for name, data := range map[string][]byte{
		"plain": big, "small": text(mail), "gzip": makeGzip(t, "", big), "zip": makeZip(t, part{"a", big}, part{"b", big}),
		"tar": makeTar(t, part{"a", big}, part{"b", big}),
	} {
		for how, visit := range map[string]func(*Member) error{
			"nothing": func(*Member) error { return nil },
			"head":    func(m *Member) error { m.Head(); return nil },
			"some":    func(m *Member) error { _, err := m.Read(make([]byte, 100)); return err },
			"blocks": func(m *Member) error {
				for range 3 {
					if _, err := m.Next(); err != nil {
						return nil //nolint:nilerr // the end of a short member
					}
				}
				return nil
			},
			"finish": func(m *Member) error { _, _, err := m.Finish(); return err },
		} {
			t.Run(name+"_"+how, func(t *testing.T) {
				src, err := Open(write(t, t.TempDir(), "x", data), Limits{})
				check(t, err)
				defer func() { check(t, src.Close()) }()
				for range 2 { // a source can be walked again
					check(t, src.Walk(context.Background(), visit, nil))
					if src.Digest() != sha256.Sum256(data) {
						t.Error("the evidence's digest is not that of the file")
					}
				}
			})
		}
	}
}

func TestKnown(t *testing.T) {
	known := forensics.Digest{1, 2, 3}
	for _, tt := range []struct {
		name string
		data []byte
		want forensics.Digest
	}{
		{"plain_file_on_trust", text(mail), known},
		{"archive_is_hashed", makeGzip(t, "", text(mail)), sha256.Sum256(makeGzip(t, "", text(mail)))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src, err := Open(write(t, t.TempDir(), "x", tt.data), Limits{})
			check(t, err)
			defer func() { check(t, src.Close()) }()
			check(t, src.Walk(context.Background(), func(m *Member) error {
				m.Known(known)
				if d, _, err := m.Finish(); d != known || err != nil {
					t.Errorf("Finish gives %v, %v", d, err)
				}
				return nil
			}, nil))
			if got := src.Digest(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestWalkStops(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 7<<16)
	stop := errors.New("stop")
	for name, data := range map[string][]byte{"plain": big, "zip": makeZip(t, part{"a", big}), "tgz": makeGzip(t, "", makeTar(t, part{"a", big})), "nested": makeZip(t, part{"a.zip", makeZip(t, part{"a", big})})} {
		t.Run(name+"_visitor", func(t *testing.T) {
			src, err := Open(write(t, t.TempDir(), "x", data), Limits{})
			check(t, err)
			defer func() { check(t, src.Close()) }()
			err = src.Walk(context.Background(), func(m *Member) error {
				_, _ = m.Read(make([]byte, 3<<20))
				return stop
			}, nil)
			if !errors.Is(err, stop) || !src.Digest().IsZero() {
				t.Errorf("got %v and digest %v, want the visitor's error and none", err, src.Digest())
			}
		})
		t.Run(name+"_cancel", func(t *testing.T) {
			src, err := Open(write(t, t.TempDir(), "x", data), Limits{})
			check(t, err)
			defer func() { check(t, src.Close()) }()
			ctx, cancel := context.WithCancel(context.Background())
			err = src.Walk(ctx, func(m *Member) error {
				cancel()
				_, _, err := m.Finish()
				return err
			}, func(item, text string) { t.Errorf("warning %s: %s", item, text) })
			if !errors.Is(err, context.Canceled) || !src.Digest().IsZero() {
				t.Errorf("got %v and digest %v, want context.Canceled and none", err, src.Digest())
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	_, err := Open(t.TempDir()+"/none", Limits{})
	if err == nil || forensics.Hint(err) == "" || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("missing file: got %v", err)
	}
	dir := t.TempDir() + "/one.keytrail"
	write(t, dir, "case.db", text("x"))
	if _, err = Open(dir, Limits{}); err == nil || forensics.Hint(err) == "" {
		t.Errorf("case folder: got %v", err)
	}
}
