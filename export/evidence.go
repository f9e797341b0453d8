package export

import (
	"time"

	"keytrail/forensics"
)

// EvidenceFields lists one item of evidence as the contract's flat object.
func EvidenceFields(ev *forensics.Evidence, it *forensics.Item) []forensics.Field {
	digest := it.Digest
	if it.Name == "" && !ev.Digest.IsZero() {
		digest = ev.Digest
	}
	f := []forensics.Field{
		{Key: "evidence.id", Value: ev.ID},
		{Key: "name", Value: ev.Name},
		{Key: "item", Value: it.Name},
		{Key: "path", Value: ev.Path},
		{Key: "sha256", Value: hexOrEmpty(digest)},
		{Key: "size", Value: it.Size},
		{Key: "format", Value: it.Format},
		{Key: "status", Value: it.Status.String()},
		{Key: "records", Value: it.Records},
		{Key: "read", Value: it.Read},
		{Key: "events", Value: it.Events},
		{Key: "duplicates", Value: it.Duplicates},
		{Key: "skipped", Value: it.Skipped},
		{Key: "broken", Value: it.Broken},
		{Key: "warnings", Value: it.Warnings},
		{Key: "first", Value: moment(it.First)},
		{Key: "last", Value: moment(it.Last)},
		{Key: "added", Value: ev.Added.UTC().Format(time.RFC3339)},
		{Key: "tool", Value: ev.Tool},
	}
	for _, extra := range []forensics.Field{{Key: "reason", Value: it.Reason}, {Key: "assumed", Value: it.Clock}} {
		if extra.Value != "" {
			f = append(f, extra)
		}
	}
	return f
}

// WarningFields lists one warning as the contract's flat object.
func WarningFields(w *forensics.Warning) []forensics.Field {
	return []forensics.Field{
		{Key: "evidence.id", Value: w.Ref.Evidence},
		{Key: "name", Value: w.EvidenceName},
		{Key: "item", Value: w.ItemName},
		{Key: "ref.offset", Value: w.Ref.Offset},
		{Key: "ref.length", Value: w.Ref.Length},
		{Key: "ref.line", Value: w.Ref.Line},
		{Key: "text", Value: w.Text},
	}
}

func hexOrEmpty(d forensics.Digest) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func moment(nano int64) string {
	if nano == 0 {
		return ""
	}
	return time.Unix(0, nano).UTC().Format(time.RFC3339Nano)
}
