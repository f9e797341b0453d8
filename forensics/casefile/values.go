package casefile

import (
	"context"
	"slices"
	"strings"

	"keytrail/forensics/filter"
)

// Values lists up to n known values of a filter's key that start with prefix, the
// most frequent first. For keys without a list of values it is empty, and so it is after an error: they are a help to who types.
func (c *Case) Values(key string, prefix string, n int) []string {
	column, ok := keyColumns[key]
	if key == "ip" {
		column, ok = textIP, true
	}
	if key == "tag" {
		return c.tags(prefix, n)
	}
	if !ok || n <= 0 {
		return nil
	}
	ctx := context.Background()
	c.mu.Lock()
	s, err := c.current(ctx)
	c.mu.Unlock()
	if err != nil {
		return nil
	}
	counts := make([]uint32, len(s.texts.end))
	for _, id := range s.columns.texts[column] {
		counts[id]++
	}
	prefix = filter.Fold(prefix)
	var ids []uint32
	for id := 1; id < len(counts); id++ {
		if counts[id] > 0 && strings.HasPrefix(string(s.texts.get(id)), prefix) {
			ids = append(ids, uint32(id))
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int {
		if counts[a] != counts[b] {
			return int(counts[b]) - int(counts[a])
		}
		return int(a) - int(b)
	})
	ids = ids[:min(n, len(ids))]
	return c.textsOf(ctx, ids)
}

// textsOf gives the texts of numbers, in their order.
func (c *Case) textsOf(ctx context.Context, ids []uint32) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		var text string
		if err := c.read.QueryRowContext(ctx, `SELECT text FROM text WHERE id = ?`, id).Scan(&text); err == nil {
			out = append(out, text)
		}
	}
	return out
}

// tags lists up to n tags that start with prefix, the most frequent first.
func (c *Case) tags(prefix string, n int) []string {
	all, err := readAll(context.Background(), c.read, "list the tags", scanText, `SELECT tag FROM tag GROUP BY tag ORDER BY count(*) DESC, tag`)
	if err != nil {
		return nil
	}
	var out []string
	for _, t := range all {
		if strings.HasPrefix(filter.Fold(t), filter.Fold(prefix)) && len(out) < n {
			out = append(out, t)
		}
	}
	return out
}

func scanText(scan scanner) (s string, err error) { return s, scan(&s) }
