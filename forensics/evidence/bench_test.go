package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// benchSize is a gigabyte with `go test -bench . -benchtime 3x`, in the page cache.
const benchSize = 1 << 30

func benchFile(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "big")
	f, err := os.Create(path)
	check(b, err)
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = byte(i*7 + i>>9)
	}
	for range benchSize / len(block) {
		_, err = f.Write(block)
		check(b, err)
	}
	check(b, f.Close())
	return path
}

// BenchmarkFile compares reading a warm file through a Member, hashed at the same time, with
// hashing the same file in one go.
func BenchmarkFile(b *testing.B) {
	path := benchFile(b)
	walk := func(b *testing.B, visit func(*Member) error) {
		b.SetBytes(benchSize)
		for b.Loop() {
			src, err := Open(path, Limits{})
			check(b, err)
			check(b, src.Walk(context.Background(), visit, nil))
			check(b, src.Close())
		}
	}
	b.Run("sha256_in_one_go", func(b *testing.B) {
		b.SetBytes(benchSize)
		for b.Loop() {
			f, err := os.Open(path)
			check(b, err)
			h := sha256.New()
			_, err = io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, make([]byte, 1<<20))
			check(b, err)
			check(b, f.Close())
		}
	})
	b.Run("read", func(b *testing.B) {
		p := make([]byte, 256<<10)
		walk(b, func(m *Member) error {
			for {
				if _, err := m.Read(p); err != nil {
					return ignoreEOF(err)
				}
			}
		})
	})
	b.Run("next", func(b *testing.B) {
		walk(b, func(m *Member) error {
			for {
				if _, err := m.Next(); err != nil {
					return ignoreEOF(err)
				}
			}
		})
	})
	b.Run("finish", func(b *testing.B) {
		walk(b, func(m *Member) error { _, _, err := m.Finish(); return err })
	})
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// BenchmarkMaildir reads a folder of many small files.
func BenchmarkMaildir(b *testing.B) {
	const n, size = 20000, 4 << 10
	dir := b.TempDir()
	mail := make([]byte, size)
	for i := range n {
		write(b, dir, fmt.Sprintf("cur/%05d.host:2,S", i), mail)
	}
	b.ReportAllocs()
	for b.Loop() {
		src, err := Open(dir, Limits{})
		check(b, err)
		check(b, src.Walk(context.Background(), func(m *Member) error { _, _, err := m.Finish(); return err }, nil))
		check(b, src.Close())
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkGzip unpacks and hashes, the packed bytes too.
func BenchmarkGzip(b *testing.B) {
	var lines []byte
	for i := range 2_000_000 {
		lines = fmt.Appendf(lines, "Nov 14 03:%02d:%02d mx dovecot: imap-login: Login: user=<u%d>, rip=203.0.113.%d\n", i/60%60, i%60, i*7919%1000, i*31%250)
	}
	path := write(b, b.TempDir(), "log.gz", makeGzip(b, "log", lines))
	b.SetBytes(int64(len(lines)))
	for b.Loop() {
		src, err := Open(path, Limits{})
		check(b, err)
		check(b, src.Walk(context.Background(), func(m *Member) error { _, _, err := m.Finish(); return err }, nil))
		check(b, src.Close())
	}
}
