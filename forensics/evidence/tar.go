package evidence

import (
	"archive/tar"
	"errors"
	"io"
)

// tar visits the members of a tar archive in its order.
func (w *walker) tar(name string, s *stream, depth int) error {
	tr := tar.NewReader(s)
	files := 0
	for {
		hdr, err := tr.Next()
		switch {
		case errors.Is(err, io.EOF):
			if files == 0 {
				w.warn(name, "the tar archive holds no files")
			}
			return nil
		case errors.Is(err, tar.ErrInsecurePath): // the name is made safe below
		case err != nil:
			if ctxErr := w.ctx.Err(); ctxErr != nil {
				return ctxErr
			}
			if s.failure() == nil { // else close tells it
				w.warn(name, "the tar archive is damaged or truncated at byte %d; what stood before is kept: %v", s.consumed(), err)
			}
			return nil
		}
		safe, _ := safeName(hdr.Name)
		switch hdr.Typeflag {
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		case tar.TypeSymlink, tar.TypeLink:
			w.warn(join(name, safe), "a link in the archive (to %s) is not followed", quote(hdr.Linkname))
			continue
		default:
			w.warn(join(name, safe), "a special member of the archive (tar type %q) is not read", string(hdr.Typeflag))
			continue
		}
		files++
		if !w.count(name) {
			return nil
		}
		full := w.member(name, hdr.Name)
		if !w.wanted(full) {
			continue
		}
		start := s.consumed()
		in := w.open(&bounded{w: w, r: tr, in: func() int64 { return s.consumed() - start }})
		err = w.content(full, in, meta{size: hdr.Size, mod: hdr.ModTime}, depth, nil)
		w.close(full, in)
		if err != nil {
			return err
		}
	}
}
