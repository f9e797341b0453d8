package evidence

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// maxSpoolMemory is how much of a nested zip is held in memory before it goes to a file.
const maxSpoolMemory = 32 << 20

// spooled holds a nested zip so that it can be read at any place.
type spooled struct {
	io.ReaderAt
	size int64
	file *os.File
}

// spool takes all of a stream. What was good of a stream that is cut is kept.
func (w *walker) spool(s *stream) (*spooled, error) {
	s.dropHash()
	var buf bytes.Buffer
	sp := &spooled{}
	for {
		b, err := s.block()
		if _, cut := asCut(err); err != nil && (errors.Is(err, io.EOF) || cut) {
			break
		}
		if err == nil && sp.file == nil && buf.Len()+len(b) > w.lim.spool {
			err = sp.toFile(buf.Bytes())
			buf = bytes.Buffer{}
		}
		if err == nil && sp.file != nil {
			_, err = sp.file.Write(b)
		} else if err == nil {
			buf.Write(b)
		}
		if err != nil {
			sp.close()
			return nil, err
		}
		sp.size += int64(len(b))
	}
	if sp.file != nil {
		sp.ReaderAt = sp.file
	} else {
		sp.ReaderAt = bytes.NewReader(buf.Bytes())
	}
	return sp, nil
}

func (sp *spooled) toFile(begun []byte) error {
	f, err := os.CreateTemp("", "keytrail-spool-*")
	if err != nil {
		return err
	}
	sp.file = f
	_ = os.Remove(f.Name()) // on unix the open file lives on without a name; elsewhere close removes it
	_, err = f.Write(begun)
	return err
}

func (sp *spooled) close() {
	if sp.file != nil {
		_ = sp.file.Close()           // a temporary file: nothing can be lost
		_ = os.Remove(sp.file.Name()) // gone already on unix
	}
}
