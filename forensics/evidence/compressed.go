package evidence

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow is the memory that a zstd stream may ask for: what `zstd --long=27` makes.
const maxZstdWindow = 128 << 20

// compressed unpacks a stream that holds one content, which may be a tar: then the
// two count as one archive.
func (w *walker) compressed(name string, k kind, s *stream, m meta, depth int) error {
	stated, mod, err := peekHeader(k, s)
	if err != nil {
		w.warn(name, "looks like %s but its header is damaged, read as it is: %v", k, err)
		return w.leaf(name, s, m)
	}
	if !w.count(name) {
		return nil
	}
	unpack, release, err := decompressor(k, s)
	if err != nil {
		w.warn(name, "%s cannot be unpacked: %v", k, err)
		return nil
	}
	defer release()
	if mod.IsZero() {
		mod = m.mod
	}
	if depth > 1 {
		s.dropHash()
	}
	inner := w.open(&bounded{w: w, r: unpack, in: s.consumed})
	head, _ := inner.head()
	if sniff(head) == tarred {
		inner.dropHash()
		defer w.close(name, inner)
		return w.tar(name, inner, depth)
	}
	full := w.member(name, unpackedName(name, w.src.info.Name, stated))
	defer w.close(full, inner)
	if !w.wanted(full) {
		return nil
	}
	return w.content(full, inner, meta{size: -1, mod: mod}, depth, nil)
}

// peekHeader reads a compressed stream's header from the head, so that nothing is used up where
// it turns out to be damaged.
func peekHeader(k kind, s *stream) (name string, mod time.Time, err error) {
	head, _ := s.head()
	switch k {
	case gzipped:
		zr, err := gzip.NewReader(bytes.NewReader(head))
		if err != nil {
			return "", time.Time{}, err
		}
		return gzipName(zr.Name), zr.ModTime, nil
	case zstd8878:
		var h zstd.Header
		if err := h.Decode(head); err != nil {
			return "", time.Time{}, err
		}
	}
	return "", time.Time{}, nil
}

// gzipName leaves the name as the library decoded it (RFC 1952 2.3.1 has ISO 8859-1, many tools
// write UTF-8: then the bytes are taken back).
func gzipName(name string) string {
	raw := make([]byte, 0, len(name))
	for _, r := range name {
		if r > 0xff {
			return name
		}
		raw = append(raw, byte(r))
	}
	if s := string(raw); utf8.ValidString(s) {
		return s
	}
	return name
}

func decompressor(k kind, s io.Reader) (r io.Reader, release func(), err error) {
	switch k {
	case gzipped:
		zr, err := gzip.NewReader(bufio.NewReaderSize(s, packedBuffer))
		if err != nil {
			return nil, nil, err
		}
		return &gzipTail{zr}, func() {}, nil
	case bzipped:
		return bzip2.NewReader(s), func() {}, nil
	case zstd8878:
		zr, err := zstd.NewReader(s, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderMaxMemory(1<<62))
		if err != nil {
			return nil, nil, err
		}
		return zr, zr.Close, nil
	}
	return nil, nil, errors.ErrUnsupported
}

// gzipTail says what is wrong where a gzip stream goes on with bytes that are none.
type gzipTail struct{ zr *gzip.Reader }

func (g *gzipTail) Read(p []byte) (int, error) {
	n, err := g.zr.Read(p)
	if errors.Is(err, gzip.ErrHeader) {
		err = errors.New("bytes that are not gzip follow the end of the gzip data")
	}
	return n, err
}
