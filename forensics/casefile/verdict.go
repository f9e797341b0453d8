package casefile

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// The verdicts on an entity, as the contract spells them.
const (
	VerdictUnknown = "unknown"
	VerdictMine    = "mine"
	VerdictNotMine = "not-mine"
)

// Verdict is what the user says about an entity.
type Verdict struct {
	Entity  string // such as ip:203.0.113.7, network:203.0.113.0/24, client:Outlook
	Verdict string
}

// ParseEntity brings an entity to its one spelling.
func ParseEntity(s string) (string, error) {
	kind, value, ok := strings.Cut(s, ":")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if value = strings.TrimSpace(value); !ok || value == "" || !slices.Contains(forensics.EntityKinds(), kind) {
		return "", &forensics.Error{What: fmt.Sprintf("%q is no entity", s), Byte: -1,
			Hint: "write ip:203.0.113.7, network:203.0.113.0/24, asn:64496, client:\"Outlook\", key:NAME, account:pat@example.com or service:NAME"}
	}
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	switch kind {
	case forensics.EntityIP:
		ip, err := netip.ParseAddr(value)
		if err != nil {
			return "", &forensics.Error{What: fmt.Sprintf("%q is no IP address", value), Byte: -1, Hint: "a network is written network:203.0.113.0/24"}
		}
		value = ip.Unmap().WithZone("").String()
	case forensics.EntityNetwork:
		n, err := netip.ParsePrefix(value)
		if err != nil {
			return "", &forensics.Error{What: fmt.Sprintf("%q is no network", value), Byte: -1, Hint: "write network:203.0.113.0/24"}
		}
		value = n.Masked().String()
	case forensics.EntityASN:
		n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(value), "AS"), 10, 32)
		if err != nil || n == 0 {
			return "", &forensics.Error{What: fmt.Sprintf("%q is no number of a network operator", value), Byte: -1, Hint: "write asn:64496"}
		}
		value = strconv.FormatUint(n, 10)
	}
	return kind + ":" + value, nil
}

// SetVerdict notes what the user says about entities: VerdictMine, VerdictNotMine,
// or VerdictUnknown to take it back. Undo puts back what was. Both stand in the custody log.
func (c *Case) SetVerdict(entities []string, verdict string) error {
	if verdict != VerdictMine && verdict != VerdictNotMine && verdict != VerdictUnknown {
		return &forensics.Error{What: fmt.Sprintf("%q is no verdict", verdict), Byte: -1, Hint: "it is mine, not-mine or unknown"}
	}
	spelled := make([]string, len(entities))
	for i, e := range entities {
		var err error
		if spelled[i], err = ParseEntity(e); err != nil {
			return err
		}
	}
	return c.mark(func(ctx context.Context, tx *sql.Tx) (string, before, error) {
		var b before
		known, err := verdictsIn(ctx, tx)
		if err != nil {
			return "", b, err
		}
		stands := map[string]Verdict{} // by folded entity, because that is how they are asked for
		for _, v := range known {
			stands[filter.Fold(v.Entity)] = v
		}
		for i, entity := range spelled {
			old := VerdictUnknown
			if v, ok := stands[filter.Fold(entity)]; ok {
				entity, old = v.Entity, v.Verdict
			}
			stands[filter.Fold(entity)] = Verdict{entity, verdict}
			spelled[i] = entity
			if old == verdict {
				continue
			}
			b.Verdicts = append(b.Verdicts, Verdict{entity, old})
			if err := c.putVerdict(ctx, tx, Verdict{entity, verdict}); err != nil {
				return "", b, err
			}
		}
		if b.empty() {
			return "", b, nil
		}
		what := fmt.Sprintf("%s: %s", verdict, strings.Join(spelled, ", "))
		return what, b, c.log(ctx, tx, "verdict", what)
	})
}

func (c *Case) putVerdict(ctx context.Context, tx *sql.Tx, v Verdict) error {
	if v.Verdict == VerdictUnknown {
		_, err := tx.ExecContext(ctx, `DELETE FROM verdict WHERE entity = ?`, v.Entity)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO verdict (entity, verdict, at, who) VALUES (?, ?, ?, ?)`,
		v.Entity, v.Verdict, c.now(), c.options.Who)
	return err
}

// Verdicts lists all verdicts by entity.
func (c *Case) Verdicts() ([]Verdict, error) {
	return verdictsIn(context.Background(), c.read)
}

func verdictsIn(ctx context.Context, q querier) ([]Verdict, error) {
	return readAll(ctx, q, "read the verdicts", func(scan scanner) (v Verdict, err error) { return v, scan(&v.Entity, &v.Verdict) },
		`SELECT entity, verdict FROM verdict ORDER BY entity`)
}
