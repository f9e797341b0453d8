package xlsx

import (
	"context"
	"io"

	"keytrail/export"
	"keytrail/forensics"
)

// page is how many events are fetched at a time. One page is being written while the
// next is read and the one before is compressed.
const page = 1000

// each hands every event to use, in order, while a second goroutine fetches the next page.
func each(ctx context.Context, events export.Source, use func(*forensics.Event) error) error {
	type fetched struct {
		list []forensics.Event
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	pages := make(chan fetched, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(pages)
		for from := 0; from < events.Len(); from += page {
			list, err := events.Events(from, min(page, events.Len()-from))
			select {
			case pages <- fetched{list, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() { // the fetching goroutine never outlives the call
		cancel()
		<-done
	}()
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for i := range p.list {
			if err := use(&p.list[i]); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// blockSize is how much of a sheet is handed to the compressor at a time.
const blockSize = 256 << 10

// pipe compresses in a second goroutine: blocks go there full and come back empty.
type pipe struct {
	full  chan []byte
	empty chan []byte
	done  chan error
}

func newPipe(w io.Writer) *pipe {
	p := &pipe{full: make(chan []byte, 2), empty: make(chan []byte, 4), done: make(chan error, 1)}
	for range cap(p.empty) - 1 {
		p.empty <- make([]byte, 0, blockSize+64<<10)
	}
	go func() {
		var err error
		for block := range p.full {
			if err == nil {
				_, err = w.Write(block)
			}
			p.empty <- block[:0]
		}
		p.done <- err
	}()
	return p
}

// swap hands a block over and gives an empty one.
func (p *pipe) swap(block []byte) []byte {
	p.full <- block
	return <-p.empty
}

// close hands over the last block, waits, and reports the first error of writing.
func (p *pipe) close(last []byte) error {
	p.full <- last
	close(p.full)
	return <-p.done
}
