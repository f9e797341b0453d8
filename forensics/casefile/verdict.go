package casefile

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"slices"
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

// entityKinds are the words before the colon.
var entityKinds = []string{"ip", "network", "client", "key", "account"}

// ParseEntity brings an entity to its one spelling.
func ParseEntity(s string) (string, error) {
	kind, value, ok := strings.Cut(s, ":")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if value = strings.TrimSpace(value); !ok || value == "" || !slices.Contains(entityKinds, kind) {
		return "", &forensics.Error{What: fmt.Sprintf("%q is no entity", s), Byte: -1,
			Hint: "write ip:203.0.113.7, network:203.0.113.0/24, client:\"Outlook\", key:NAME or account:pat@example.com"}
	}
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	switch kind {
	case "ip":
		ip, err := netip.ParseAddr(value)
		if err != nil {
			return "", &forensics.Error{What: fmt.Sprintf("%q is no IP address", value), Byte: -1, Hint: "a network is written network:203.0.113.0/24"}
		}
		value = ip.Unmap().WithZone("").String()
	case "network":
		n, err := netip.ParsePrefix(value)
		if err != nil {
			return "", &forensics.Error{What: fmt.Sprintf("%q is no network", value), Byte: -1, Hint: "write network:203.0.113.0/24"}
		}
		value = n.Masked().String()
	}
	return kind + ":" + value, nil
}

// SetVerdict notes what the user says about entities: VerdictMine, VerdictNotMine,
// or VerdictUnknown to take it back. Undo puts back what was.
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
		for _, entity := range spelled {
			old := VerdictUnknown
			err := tx.QueryRowContext(ctx, `SELECT verdict FROM verdict WHERE entity = ?`, entity).Scan(&old)
			if err != nil && err != sql.ErrNoRows {
				return "", b, err
			}
			if old == verdict {
				continue
			}
			b.Verdicts = append(b.Verdicts, Verdict{entity, old})
			if err := c.putVerdict(ctx, tx, Verdict{entity, verdict}); err != nil {
				return "", b, err
			}
		}
		return fmt.Sprintf("%s: %s", verdict, strings.Join(spelled, ", ")), b, nil
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
	rows, err := c.read.QueryContext(context.Background(), `SELECT entity, verdict FROM verdict ORDER BY entity`)
	if err != nil {
		return nil, fmt.Errorf("read the verdicts: %w", err)
	}
	return scanAll(rows, func(scan func(...any) error) (v Verdict, err error) { return v, scan(&v.Entity, &v.Verdict) })
}

// verdicts judge events. Where an event came from decides: its address (an exact one
// before a network, the smallest network first), its client and its key; one
// not-mine outweighs all mine. Only where these say nothing does the one who acted
// decide, because the account that an event is about is the owner's own in every case.
type verdicts struct {
	texts    map[string]string // "kind:folded value" to verdict
	networks []network         // the smallest first
}

type network struct {
	prefix  netip.Prefix
	verdict string
}

func loadVerdicts(ctx context.Context, q querier) (*verdicts, error) {
	rows, err := q.QueryContext(ctx, `SELECT entity, verdict FROM verdict ORDER BY entity`)
	if err != nil {
		return nil, err
	}
	list, err := scanAll(rows, func(scan func(...any) error) (v Verdict, err error) { return v, scan(&v.Entity, &v.Verdict) })
	if err != nil {
		return nil, err
	}
	v := &verdicts{texts: map[string]string{}}
	for _, entry := range list {
		if s, ok := strings.CutPrefix(entry.Entity, "network:"); ok {
			if prefix, err := netip.ParsePrefix(s); err == nil {
				v.networks = append(v.networks, network{prefix, entry.Verdict})
			}
			continue
		}
		v.texts[filter.Fold(entry.Entity)] = entry.Verdict
	}
	slices.SortStableFunc(v.networks, func(a, b network) int { return b.prefix.Bits() - a.prefix.Bits() })
	return v, nil
}

func (v *verdicts) empty() bool { return len(v.texts) == 0 && len(v.networks) == 0 }

func (v *verdicts) ofIP(ip netip.Addr) string {
	if !ip.IsValid() {
		return ""
	}
	if verdict, ok := v.texts["ip:"+ip.WithZone("").String()]; ok {
		return verdict
	}
	for _, n := range v.networks {
		if n.prefix.Contains(ip.WithZone("")) {
			return n.verdict
		}
	}
	return ""
}

func (v *verdicts) ofText(kind, value string) string {
	if value == "" {
		return ""
	}
	return v.texts[kind+":"+filter.Fold(value)]
}

// worse joins two verdicts.
func worse(a, b string) string {
	if a == VerdictNotMine || b == "" {
		return a
	}
	if b == VerdictNotMine || a == "" {
		return b
	}
	return a
}

// of gives the verdict on an event, empty where nothing is said.
func (v *verdicts) of(e *forensics.Event) string {
	if v.empty() {
		return ""
	}
	verdict := worse(worse(v.ofIP(e.IP), v.ofText("client", e.Client)), v.ofText("key", e.Key))
	if verdict == "" {
		verdict = v.ofText("account", e.Actor)
	}
	return verdict
}

// verdicts answers the key verdict; choices has a bit for unknown, mine, not-mine.
func (q *query) verdicts(choices uint64) (bitset, error) {
	v, err := loadVerdicts(q.ctx, q.c.read)
	if err != nil {
		return nil, err
	}
	judge := func(column int, of func(text string) string) map[uint32]string {
		said := map[uint32]string{}
		if v.empty() {
			return said
		}
		for id := range q.used(column) {
			if verdict := of(string(q.s.texts.get(id))); verdict != "" {
				said[uint32(id)] = verdict
			}
		}
		return said
	}
	ips := judge(textIP, func(s string) string { ip, _ := netip.ParseAddr(s); return v.ofIP(ip) })
	clients := judge(textClient, func(s string) string { return v.ofText("client", s) })
	keys := judge(textKey, func(s string) string { return v.ofText("key", s) })
	actors := judge(textActor, func(s string) string { return v.ofText("account", s) })
	t := &q.s.columns.texts
	return where(q.n, func(i int) bool {
		verdict := worse(worse(ips[t[textIP][i]], clients[t[textClient][i]]), keys[t[textKey][i]])
		if verdict == "" {
			verdict = actors[t[textActor][i]]
		}
		switch verdict {
		case VerdictMine:
			return choices&2 != 0
		case VerdictNotMine:
			return choices&4 != 0
		}
		return choices&1 != 0
	}), nil
}
