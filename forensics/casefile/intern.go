package casefile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
)

// maxInterned bounds the texts whose numbers the writer remembers.
const maxInterned = 1 << 19

// interner gives texts their numbers.
type interner struct {
	known    map[string]uint32
	complete bool // known has every text of the case
	next     uint32
	fresh    []freshText // not yet in the database and the columns
	last     [numTexts]freshText
}

type freshText struct {
	id   uint32
	text string
}

// loadTexts makes an interner that knows the first texts of the case.
func (c *Case) loadTexts(ctx context.Context) (*interner, error) {
	in := &interner{known: map[string]uint32{}}
	var count, top int64
	if err := c.write.QueryRowContext(ctx, `SELECT count(*), coalesce(max(id), 0) FROM text`).Scan(&count, &top); err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	in.next, in.complete = uint32(top)+1, count <= maxInterned
	rows, err := c.write.QueryContext(ctx, `SELECT id, text FROM text ORDER BY id LIMIT ?`, maxInterned)
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id uint32
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, fmt.Errorf("read the texts: %w", err)
		}
		in.known[text] = id
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	return in, nil
}

// inColumn gives the number of a text in a text column. Neighbours often have the
// same.
func (in *interner) inColumn(b *bulk, column int, text string) (uint32, error) {
	if text == "" {
		return 0, nil
	}
	last := &in.last[column]
	if text == last.text {
		return last.id, nil
	}
	id, err := in.number(b, text)
	if err == nil {
		*last = freshText{id, text}
	}
	return id, err
}

// number gives the number of a text, a new one where the case does not have it;
// 0 for the empty text.
func (in *interner) number(b *bulk, text string) (uint32, error) {
	if text == "" {
		return 0, nil
	}
	if id, ok := in.known[text]; ok {
		return id, nil
	}
	if !in.complete {
		id, found, err := b.lookup(text)
		if err != nil {
			return 0, fmt.Errorf("find a text: %w", err)
		}
		if found {
			in.remember(strings.Clone(text), id)
			return id, nil
		}
	}
	id := in.next
	if id == math.MaxUint32 {
		return 0, errors.New("the case holds too many different texts")
	}
	text = strings.Clone(text)
	in.next++
	in.fresh = append(in.fresh, freshText{id, text})
	in.remember(text, id)
	return id, nil
}

// ip gives the number of an address.
func (in *interner) ip(b *bulk, ip netip.Addr) (uint32, error) {
	var buffer [64]byte
	text := ip.AppendTo(buffer[:0])
	if id, ok := in.known[string(text)]; ok {
		return id, nil
	}
	return in.number(b, string(text))
}

// remember keeps a number; a full map loses an arbitrary half first.
func (in *interner) remember(text string, id uint32) {
	if len(in.known) >= maxInterned {
		in.complete = false
		drop := len(in.known) / 2
		for t := range in.known {
			if drop--; drop < 0 {
				break
			}
			delete(in.known, t)
		}
		for _, t := range in.fresh { // nobody else knows these yet
			in.known[t.text] = t.id
		}
	}
	in.known[text] = id
}

func (in *interner) takeFresh() []freshText {
	fresh := in.fresh
	in.fresh = nil
	return fresh
}
