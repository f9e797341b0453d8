package format

import (
	"context"

	"keytrail/forensics"
)

// Entries is what the scanners have in common that know a broken record: CSV and JSONRecords.
type Entries interface {
	Next() bool
	Ref() forensics.Ref
	Broken() string
	Err() error
}

var (
	_ Entries = (*CSV)(nil)
	_ Entries = (*JSONRecords)(nil)
)

// Each reads entries to their end. It tells the sink of those that are broken and has take tell it of the others. n is the
// entry's number from 0; broken ones count. It returns the first error of take, of reading, or of the context, at which
// it looks every 64 entries and at the end.
func Each(ctx context.Context, entries Entries, out Sink, take func(n int, ref forensics.Ref) error) error {
	const cancelEvery = 64
	for n := 0; entries.Next(); n++ {
		if n%cancelEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		ref := entries.Ref()
		if why := entries.Broken(); why != "" {
			out.Broken(ref, why)
			continue
		}
		if err := take(n, ref); err != nil {
			return err
		}
	}
	if err := entries.Err(); err != nil {
		return err
	}
	return ctx.Err()
}

// HandOut gives the sink a record with the events that were read from it: one without any is skipped. doubt, where there is
// one, is a warning beside a record that is read.
func HandOut(out Sink, ref forensics.Ref, raw []byte, events []forensics.Event, doubt string) error {
	if len(events) == 0 {
		out.Skip(ref)
		return nil
	}
	if doubt != "" {
		out.Warn(ref, doubt)
	}
	return out.Record(&Record{Ref: ref, Raw: raw, Events: events})
}
