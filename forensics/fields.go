package forensics

// Field is one key of the contract with its value: a string, an int64, a bool, a
// []string, a []uint32, a []Message or a []SeenRef.
type Field struct {
	Key   string
	Value any
}

// SeenRef is one further place where the same fact is recorded.
type SeenRef struct {
	Evidence int64 `json:"evidence.id"`
	Item     int64 `json:"item.id"`
	Offset   int64 `json:"offset"`
	Length   int64 `json:"length"`
	Line     int64 `json:"line,omitempty"`
}

// Fields lists the event as the flat object of the contract, in its order and
// without the keys that have no value. message is the event's sentence.
func Fields(e *Event, message string) []Field {
	f := make(fieldList, 0, 40)
	f.text("datetime", e.Time.RFC3339())
	f.text("message", message)
	f.text("timestamp_desc", e.Time.Desc)
	f.text("event.id", e.ID)
	f.text("event.action", e.Kind.String())
	f.text("keytrail.group", e.Kind.Group().String())
	f.text("event.category", e.Kind.Category())
	f.text("event.outcome", e.Outcome.String())
	f.text("event.provider", e.Provider)
	f.text("user.email", e.Account)
	f.text("user.name", e.Actor)
	if e.IP.IsValid() {
		f.text("source.ip", e.IP.String())
	} else {
		f.text("source.domain", e.Host)
	}
	f.number("source.port", int64(e.Port))
	f.text("source.geo.country_iso_code", e.Country)
	f.number("source.as.number", int64(e.ASN))
	f.text("source.as.organization.name", e.Org)
	f.text("user_agent.original", e.Client)
	f.text("network.protocol", e.Protocol)
	f.text("service.name", e.Service)
	f.text("email.message_id", e.MessageID)
	f.text("email.subject", e.Subject)
	f.text("email.from.address", e.From)
	f.list("email.to.address", e.To)
	f.list("keytrail.references", e.References)
	f.text("keytrail.certainty", e.Certainty.String())
	f.time(e.Time)
	f.others(e.Others, e.TimeConflict)
	f.text("keytrail.session", e.Session)
	f.text("keytrail.operation", e.Operation)
	f.text("keytrail.key.name", e.Key)
	f.text("keytrail.folder", e.Folder)
	f.number("keytrail.uid", int64(e.UID))
	f.text("keytrail.amount", e.Amount)
	f.text("keytrail.asset", e.Asset)
	f.text("keytrail.destination", e.Destination)
	f.text("keytrail.txid", e.TxID)
	f.text("keytrail.value_usd", e.ValueUSD)
	f.number("keytrail.evidence.id", e.Ref.Evidence)
	f.text("keytrail.evidence.name", e.EvidenceName)
	if !e.EvidenceDigest.IsZero() {
		f.text("keytrail.evidence.sha256", e.EvidenceDigest.String())
	}
	f.text("keytrail.item", e.ItemName)
	f.add("keytrail.ref.offset", e.Ref.Offset)
	f.number("keytrail.ref.length", e.Ref.Length)
	f.number("keytrail.ref.line", e.Ref.Line)
	if !e.Digest.IsZero() {
		f.text("keytrail.record.sha256", e.Digest.String())
	}
	f.seen(e.SeenIn)
	if len(e.Incidents) > 0 {
		f.add("keytrail.incidents", e.Incidents)
	}
	f.list("keytrail.tags", e.Tags)
	f.list("keytrail.notes", e.Notes)
	f.text("keytrail.verdict", e.Verdict)
	f.text("keytrail.sender", e.Sender.String())
	f.list("keytrail.reasons", e.Reasons)
	if len(e.UIDs) > 0 {
		f.add("keytrail.uids", e.UIDs)
	}
	if len(e.Messages) > 0 {
		f.add("keytrail.messages", e.Messages)
	}
	f.text("keytrail.detail", e.Detail)
	f.text("keytrail.rule", e.Rule)
	f.text("keytrail.rule.basis", e.RuleBasis)
	if b := e.Bounds; b != nil {
		f.text("keytrail.time.not_before", b.NotBefore.RFC3339())
		f.text("keytrail.time.not_after", b.NotAfter.RFC3339())
		f.text("keytrail.arrived.not_before", b.ArrivedNotBefore.RFC3339())
		f.text("keytrail.arrived.not_after", b.ArrivedNotAfter.RFC3339())
	}
	return f
}

type fieldList []Field

func (f *fieldList) add(key string, value any) { *f = append(*f, Field{key, value}) }

func (f *fieldList) text(key, value string) {
	if value != "" {
		f.add(key, value)
	}
}

func (f *fieldList) number(key string, value int64) {
	if value != 0 {
		f.add(key, value)
	}
}

func (f *fieldList) list(key string, value []string) {
	if len(value) > 0 {
		f.add(key, value)
	}
}

func (f *fieldList) time(t Time) {
	f.text("keytrail.time.original", t.Original)
	f.text("keytrail.time.zone", t.ZoneText())
	f.text("keytrail.time.precision", t.Precision.String())
	if t.Unreliable || t.IsZero() {
		f.add("keytrail.time.unreliable", true)
	}
}

func (f *fieldList) seen(refs []Ref) {
	if len(refs) == 0 {
		return
	}
	out := make([]SeenRef, len(refs))
	for i, r := range refs {
		out[i] = SeenRef(r)
	}
	f.add("keytrail.seen_in", out)
}

// others lists the further times of the record, each with what it means.
func (f *fieldList) others(times []Time, conflict bool) {
	var out []string
	for _, t := range times {
		text := t.RFC3339()
		if text == "" {
			text = t.Original
		}
		if text != "" {
			out = append(out, t.Desc+": "+text)
		}
	}
	f.list("keytrail.time.others", out)
	if conflict {
		f.add("keytrail.time.conflict", true)
	}
}
