package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

// csvColumns are the contract's keys in the order of the CSV's columns. The time in
// the chosen zone stands beside the one in UTC.
var csvColumns = []string{
	"datetime", "datetime.local", "message", "timestamp_desc", "event.id", "event.action", "keytrail.group", "event.category",
	"event.outcome", "event.provider", "user.email", "user.name", "source.ip", "source.domain", "source.port", "source.geo.country_iso_code",
	"source.as.number", "source.as.organization.name", "user_agent.original", "network.protocol", "service.name",
	"email.message_id", "email.subject", "email.from.address", "email.to.address", "keytrail.certainty", "keytrail.sender",
	"keytrail.time.original", "keytrail.time.zone", "keytrail.time.precision", "keytrail.time.unreliable", "keytrail.time.conflict", "keytrail.time.others",
	"keytrail.session", "keytrail.operation", "keytrail.key.name", "keytrail.folder", "keytrail.uid", "keytrail.uids", "keytrail.messages",
	"keytrail.amount", "keytrail.asset", "keytrail.destination", "keytrail.txid", "keytrail.value_usd",
	"keytrail.reasons", "keytrail.detail", "keytrail.rule", "keytrail.rule.basis", "keytrail.time.not_before", "keytrail.time.not_after",
	"keytrail.arrived.not_before", "keytrail.arrived.not_after", "keytrail.tags", "keytrail.notes", "keytrail.verdict", "keytrail.incidents",
	"keytrail.evidence.id", "keytrail.evidence.name", "keytrail.evidence.sha256", "keytrail.item", "keytrail.ref.offset", "keytrail.ref.length",
	"keytrail.ref.line", "keytrail.record.sha256", "keytrail.seen_in",
}

// CSV writes the contract's keys as columns. A cell that a spreadsheet would take for a formula
// is led by an apostrophe; control characters become U+FFFD.
func CSV(ctx context.Context, w io.Writer, events Source, zone *time.Location) error {
	buffered := bufio.NewWriterSize(w, 1<<16)
	out := csv.NewWriter(buffered)
	column := make(map[string]int, len(csvColumns))
	for i, key := range csvColumns {
		column[key] = i
	}
	if err := out.Write(csvColumns); err != nil {
		return err
	}
	row := make([]string, len(csvColumns))
	err := forensics.Each(ctx, events, func(e *forensics.Event) error {
		clear(row)
		for _, f := range forensics.Fields(e, timeline.Sentence(e)) {
			i, ok := column[f.Key]
			if !ok {
				return fmt.Errorf("no column for %s", f.Key)
			}
			row[i] = cellText(f.Value)
		}
		if zone != nil && row[0] != "" {
			row[1] = e.Time.Std().In(zone).Format("2006-01-02T15:04:05.999999999Z07:00")
		}
		return out.Write(row)
	})
	if err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// cellText writes a value as one cell.
func cellText(value any) string {
	switch v := value.(type) {
	case string:
		return Cell(v)
	case []string:
		return Cell(strings.Join(v, "; "))
	case int64, bool:
		return fmt.Sprint(v)
	}
	return Cell(string(appendValue(nil, value)))
}
