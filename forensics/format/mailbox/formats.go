package mailbox

import (
	"context"

	"keytrail/forensics/format"
)

// parse runs the splitter over an item.
func parse(ctx context.Context, in *format.Input, out format.Sink, o origin, single bool) error {
	if in.Account != "" {
		o.account = in.Account
	}
	s := newSplitter(ctx, in.Reader, in.Head, in.Size, single)
	b := newBuilder(o)
	for s.next() {
		if err := b.emit(&s.out, out); err != nil {
			return err
		}
	}
	return s.err
}
