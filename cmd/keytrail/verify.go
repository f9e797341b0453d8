package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/evidence"
	"keytrail/tui/kit"
)

func (p *Program) verifyCommand() *cobra.Command {
	var deep, custody bool
	cmd := &cobra.Command{
		Use:   "verify CASE",
		Short: "Hash every evidence again and check the custody log",
		Long: "Hashes every evidence of a case again and checks the chain of the custody log. A difference is named, and the exit code is 4.\n" +
			"The evidence must be where it was when it was read.",
		Example:           "  keytrail verify rivera\n  keytrail verify rivera --deep\n  keytrail verify rivera --custody",
		Args:              argsBetween(1, 1, "a case"),
		ValidArgsFunction: completeArgs(completeCase),
		RunE:              func(cmd *cobra.Command, args []string) error { return p.verify(cmd.Context(), args[0], deep, custody) },
	}
	cmd.Flags().BoolVar(&deep, "deep", false, "read every record again too and compare it with its digest")
	cmd.Flags().BoolVar(&custody, "custody", false, "print every entry of the custody log too, with its hash")
	return cmd
}

// verify tells every difference on stderr and sets the exit code.
func (p *Program) verify(ctx context.Context, name string, deep, custody bool) (err error) {
	c, err := p.openCase(name)
	if err != nil {
		return err
	}
	defer closing(c, &err)
	differs := func(format string, args ...any) {
		p.code = exitDiffers
		p.say("DIFFERS: "+format, args...)
	}
	if err := c.CheckCustody(); err != nil {
		differs("custody log: %s", clean(err.Error()))
	} else {
		entries, err := c.Custody()
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "custody log: %s, chain whole", entriesText(len(entries)))
		if n := len(entries); n > 0 {
			fmt.Fprintf(p.Out, "; the newest has the hash %s", entries[n-1].Hash)
		}
		fmt.Fprintln(p.Out)
		if custody {
			for _, e := range entries {
				fmt.Fprintf(p.Out, "  %d  %s  %s  %s  %s: %s\n      sha256 %s\n", e.Seq, e.At.UTC().Format(time.RFC3339), clean(e.Who), clean(e.Tool), clean(e.What), clean(e.Detail), e.Hash)
			}
		}
	}
	list, err := c.Evidence()
	if err != nil {
		return err
	}
	for _, ev := range list {
		if !ev.Done {
			differs("%d %s was never read to its end: run `keytrail add` again", ev.ID, clean(ev.Path))
			continue
		}
		digest, err := hashAgain(ctx, ev)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			differs("%d %s: %s", ev.ID, clean(ev.Path), clean(err.Error()))
		case digest != ev.Digest:
			differs("%d %s: sha256 is %s now, was %s", ev.ID, clean(ev.Path), digest, ev.Digest)
		default:
			fmt.Fprintf(p.Out, "%d %s: sha256 %s, same bytes\n", ev.ID, clean(ev.Path), digest)
		}
	}
	if deep {
		return p.verifyRecords(ctx, c, list, differs)
	}
	return nil
}

func entriesText(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return kit.Count(int64(n)) + " entries"
}

// hashAgain reads a whole evidence without looking into it.
func hashAgain(ctx context.Context, ev forensics.Evidence) (forensics.Digest, error) {
	src, err := evidence.Open(ev.Path, evidence.DefaultLimits())
	if err != nil {
		return forensics.Digest{}, err
	}
	defer src.Close()
	err = src.Walk(ctx, func(m *evidence.Member) error {
		if _, _, err := m.Finish(); err != nil {
			return ctx.Err() // a member that cannot be unpacked was warned of when it was added; the outer digest decides
		}
		return nil
	}, func(string, string) {})
	return src.Digest(), err
}

// verifyRecords reads the record behind every event again, evidence by evidence and in the order of the bytes, so
// that each archive is unpacked once.
func (p *Program) verifyRecords(ctx context.Context, c *casefile.Case, list []forensics.Evidence, differs func(string, ...any)) error {
	var same, different, gone int64
	for _, ev := range list {
		refs, err := recordsOf(ctx, c, ev.ID)
		if err != nil {
			return err
		}
		if _, err := os.Lstat(ev.Path); errors.Is(err, fs.ErrNotExist) { // not there is not different
			if gone += int64(len(refs)); len(refs) > 0 {
				differs("%s: %s cannot be compared: the evidence is not there any more", clean(ev.Name), kit.Plural(int64(len(refs)), "record"))
			}
			continue
		}
		reader := evidence.NewReader(ev.Path, evidence.DefaultLimits())
		for _, r := range refs {
			if err := ctx.Err(); err != nil {
				return errors.Join(err, reader.Close())
			}
			raw, err := reader.ReadAt(r.item, r.ref.Offset, r.ref.Length)
			if err == nil && sha256.Sum256(raw) == r.digest {
				same++
				continue
			}
			if different++; different <= 100 {
				reason := "other bytes"
				if err != nil {
					reason = err.Error()
				}
				differs("%s, item %q, byte %s: %s", clean(ev.Name), clean(r.item), kit.Count(r.ref.Offset), clean(reason))
			}
		}
		if err := reader.Close(); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.Out, "records: %s same, %s different", kit.Count(same), kit.Count(different))
	if gone > 0 {
		fmt.Fprintf(p.Out, ", %s not there to compare", kit.Count(gone))
	}
	fmt.Fprintln(p.Out)
	return nil
}

// recordRef is what it takes to check one record.
type recordRef struct {
	item   string
	ref    forensics.Ref
	digest forensics.Digest
}

// recordsOf lists the records of one evidence that gave events, in the order of their bytes.
func recordsOf(ctx context.Context, c *casefile.Case, id int64) ([]recordRef, error) {
	expr, err := parseFilter(fmt.Sprintf("evidence:%d", id), time.UTC)
	if err != nil {
		return nil, err
	}
	view, err := c.Query(ctx, expr)
	if err != nil {
		return nil, err
	}
	refs := make([]recordRef, 0, view.Len())
	if err := forensics.Each(ctx, view, func(e *forensics.Event) error {
		if e.Certainty == forensics.Inferred && e.Digest.IsZero() {
			return nil // it points to a record from which no event was read
		}
		refs = append(refs, recordRef{e.ItemName, e.Ref, e.Digest})
		return nil
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(refs, func(a, b recordRef) int {
		return cmp.Or(cmp.Compare(a.ref.Item, b.ref.Item), cmp.Compare(a.ref.Offset, b.ref.Offset))
	})
	return slices.CompactFunc(refs, func(a, b recordRef) bool {
		a.ref.Line, b.ref.Line = 0, 0 // the rows of a workbook's sheet have one place
		return a == b
	}), nil
}
