package investigate

import (
	"keytrail/forensics/evidence"
)

// readers read bytes of the evidence again, because a case keeps no raw records. One stays open for each evidence.
type readers struct {
	limits evidence.Limits
	open   map[int64]*evidence.Reader
}

func newReaders() readers {
	return readers{limits: evidence.DefaultLimits(), open: map[int64]*evidence.Reader{}}
}

// of gives the reader of the evidence with this number and path.
func (r *readers) of(id int64, path string) *evidence.Reader {
	reader := r.open[id]
	if reader == nil {
		reader = evidence.NewReader(path, r.limits)
		r.open[id] = reader
	}
	return reader
}

func (r *readers) close() {
	for _, reader := range r.open {
		_ = reader.Close() // opened for reading only: nothing can be lost
	}
}
