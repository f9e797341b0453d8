package casefile

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"math"

	"keytrail/forensics"
)

// index says quickly what the database cannot have: items and contents that were never seen.
type index struct {
	seed     maphash.Seed
	names    map[uint64]struct{}
	contents map[uint64]struct{}
}

func (x *index) name(evidence int64, name string) uint64 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	var number [8]byte
	binary.NativeEndian.PutUint64(number[:], uint64(evidence))
	_, _ = h.Write(number[:]) // never fails
	_, _ = h.WriteString(name)
	return h.Sum64()
}

func contentKey(d forensics.Digest) uint64 { return binary.NativeEndian.Uint64(d[:]) }

func (x *index) add(it *forensics.Item) {
	x.names[x.name(it.Evidence, it.Name)] = struct{}{}
	if !it.Digest.IsZero() {
		x.contents[contentKey(it.Digest)] = struct{}{}
	}
}

// loadIndex reads the names and digests of all items, and the number of the next one.
func (c *Case) loadIndex(ctx context.Context, b *bulk) error {
	b.index = index{maphash.MakeSeed(), map[uint64]struct{}{}, map[uint64]struct{}{}}
	b.nextItem = 1
	_, err := readAll(ctx, c.write, "read the items", func(scan scanner) (none struct{}, err error) {
		var it forensics.Item
		var digest []byte
		err = scan(&it.ID, &it.Evidence, &it.Name, &digest)
		copy(it.Digest[:], digest)
		b.index.add(&it)
		b.nextItem = max(b.nextItem, it.ID+1)
		return none, err
	}, `SELECT id, evidence, name, digest FROM item`)
	if err != nil {
		return err
	}
	if b.nextItem >= math.MaxUint32 {
		return errors.New("the case holds too many items")
	}
	return nil
}
