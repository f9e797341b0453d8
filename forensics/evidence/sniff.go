package evidence

import (
	"bytes"
)

// kind is what a content is, as its first bytes tell.
type kind uint8

const (
	plain    kind = iota
	gzipped       // RFC 1952
	bzipped       // no specification; magic of bzip2 1.0
	zstd8878      // RFC 8878
	xzipped       // https://tukaani.org/xz/xz-file-format.txt; not unpacked
	tarred        // POSIX.1-2017 pax, "ustar Interchange Format"
	zipped        // PKWARE APPNOTE.TXT 6.3.10
)

var kindNames = [...]string{"plain", "gzip", "bzip2", "zstd", "xz", "tar", "zip"}

func (k kind) String() string { return kindNames[k] }

// sniff recognises an archive by its first bytes, never by its name.
func sniff(head []byte) kind {
	switch {
	case len(head) >= 18 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && head[3]&0xe0 == 0:
		return gzipped
	case len(head) >= 14 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9' &&
		(bytes.HasPrefix(head[4:], []byte("1AY&SY")) || bytes.HasPrefix(head[4:], []byte("\x17\x72\x45\x38\x50\x90"))):
		return bzipped
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return zstd8878
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		return xzipped
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")),
		bytes.HasPrefix(head, []byte("PK\x07\x08PK\x03\x04")):
		return zipped
	case isTar(head):
		return tarred
	}
	return plain
}

// isTar checks the first header's sum, which every dialect of tar has. An archive of
// nothing but zeros is not one.
func isTar(head []byte) bool {
	const size, sumAt, sumLen = 512, 148, 8
	if len(head) < size || head[0] == 0 {
		return false
	}
	var want, digits int64
	for _, c := range bytes.Trim(head[sumAt:sumAt+sumLen], " \x00") {
		if c < '0' || c > '7' {
			return false
		}
		want = want*8 + int64(c-'0')
		digits++
	}
	if digits == 0 {
		return false
	}
	var unsigned, signed int64
	for i, c := range head[:size] {
		if i >= sumAt && i < sumAt+sumLen {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c)) // old Sun tars summed signed bytes
	}
	return want == unsigned || want == signed
}
