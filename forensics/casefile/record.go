package casefile

import (
	"encoding/json"
	"fmt"
	"net/netip"

	"keytrail/forensics"
)

// A text column holds the number of a text in the table text. Those that filters
// look at stand first: the columns in memory have them too.
const (
	textAccount = iota
	textActor
	textIP
	textHost
	textCountry
	textOrg
	textClient
	textProtocol
	textService
	textOperation
	textSender
	textKey
	textFolder
	textDetail
	textFormat
	textRule
	textDesc
	textZoneName
	numTexts

	numFiltered = textRule
)

// textColumns are the names of the text columns in the database.
var textColumns = [numTexts]string{
	textAccount: "account", textActor: "actor", textIP: "ip", textHost: "host", textCountry: "country", textOrg: "org",
	textClient: "client", textProtocol: "protocol", textService: "service", textOperation: "operation", textSender: "sender",
	textKey: "key", textFolder: "folder", textDetail: "detail", textFormat: "format",
	textRule: "rule", textDesc: `"desc"`, textZoneName: "zone_name",
}

// The bits of the column flags. docs/case-format.md lists them.
const (
	flagUnreliable  = 1 << 0
	flagConflict    = 1 << 1
	flagYearMissing = 1 << 2
	shiftZone       = 3 // 2 bits
	shiftPrecision  = 5 // 3 bits
	shiftSender     = 8 // 2 bits
)

// record is an event as a row of the table event.
type record struct {
	id                       int64
	time                     int64
	kind, certainty, outcome uint8
	flags                    uint16
	item                     int64
	offset, length, line, n  int64
	digest                   forensics.Digest
	original                 string
	zone                     int32
	port                     uint16
	asn, uid                 uint32
	session, messageID       string
	subject                  string
	fact                     int64
	more                     string
	texts                    [numTexts]uint32
}

// textsOf gives the texts of an event in the order of the text columns.
func textsOf(e *forensics.Event) [numTexts]string {
	t := [numTexts]string{
		textAccount: e.Account, textActor: e.Actor, textHost: e.Host, textCountry: e.Country, textOrg: e.Org,
		textClient: e.Client, textProtocol: e.Protocol, textService: e.Service, textOperation: e.Operation, textSender: e.From,
		textKey: e.Key, textFolder: e.Folder, textDetail: e.Detail, textFormat: e.Provider,
		textRule: e.Rule, textDesc: e.Time.Desc, textZoneName: e.Time.ZoneName,
	}
	return t
}

// encode fills the parts of r that need no numbers from the case.
func (r *record) encode(e *forensics.Event) error {
	*r = record{
		time: e.Time.Nano, kind: uint8(e.Kind), certainty: uint8(e.Certainty), outcome: uint8(e.Outcome), flags: flagsOf(e),
		item: e.Ref.Item, offset: e.Ref.Offset, length: e.Ref.Length, line: e.Ref.Line, digest: e.Digest,
		original: e.Time.Original, zone: e.Time.Offset, port: e.Port, asn: e.ASN, uid: e.UID,
		session: e.Session, messageID: e.MessageID, subject: e.Subject,
	}
	var err error
	r.more, err = encodeMore(e)
	return err
}

func flagsOf(e *forensics.Event) uint16 {
	f := uint16(e.Time.Zone&3)<<shiftZone | uint16(e.Time.Precision&7)<<shiftPrecision | uint16(e.Sender&3)<<shiftSender
	if e.Time.Unreliable {
		f |= flagUnreliable
	}
	if e.TimeConflict {
		f |= flagConflict
	}
	if e.Time.YearMissing {
		f |= flagYearMissing
	}
	return f
}

// decode turns a row back into an event. text gives the text of a number.
func (r *record) decode(text func(uint32) string) (forensics.Event, error) {
	t := func(column int) string { return text(r.texts[column]) }
	e := forensics.Event{
		Row: r.id, Kind: forensics.Kind(r.kind), Certainty: forensics.Certainty(r.certainty), Outcome: forensics.Outcome(r.outcome),
		Provider: t(textFormat),
		Time: forensics.Time{
			Nano: r.time, Offset: r.zone, Zone: forensics.ZoneState(r.flags >> shiftZone & 3), ZoneName: t(textZoneName),
			Precision: forensics.Precision(r.flags >> shiftPrecision & 7), YearMissing: r.flags&flagYearMissing != 0,
			Unreliable: r.flags&flagUnreliable != 0, Original: r.original, Desc: t(textDesc),
		},
		TimeConflict: r.flags&flagConflict != 0,
		Account:      t(textAccount), Actor: t(textActor), Port: r.port, Host: t(textHost), Country: t(textCountry), ASN: r.asn, Org: t(textOrg),
		Client: t(textClient), Protocol: t(textProtocol), Service: t(textService), Session: r.session, Operation: t(textOperation),
		MessageID: r.messageID, Subject: r.subject, From: t(textSender), Sender: forensics.Sender(r.flags >> shiftSender & 3),
		Key: t(textKey), Folder: t(textFolder), UID: r.uid, Detail: t(textDetail), Rule: t(textRule),
		Ref:    forensics.Ref{Item: r.item, Offset: r.offset, Length: r.length, Line: r.line},
		Digest: r.digest,
	}
	if s := t(textIP); s != "" {
		ip, err := netip.ParseAddr(s)
		if err != nil {
			return e, fmt.Errorf("event %d: %w", r.id, err)
		}
		e.IP = ip
	}
	if err := decodeMore(r.more, &e); err != nil {
		return e, fmt.Errorf("event %d: %w", r.id, err)
	}
	return e, nil
}

// more holds what few events have. Its keys are the contract's where that has one.
type more struct {
	To          []string            `json:"email.to.address,omitempty"`
	Others      []moreTime          `json:"keytrail.time.others,omitempty"`
	References  []string            `json:"keytrail.references,omitempty"`
	Amount      string              `json:"keytrail.amount,omitempty"`
	Asset       string              `json:"keytrail.asset,omitempty"`
	Destination string              `json:"keytrail.destination,omitempty"`
	TxID        string              `json:"keytrail.txid,omitempty"`
	ValueUSD    string              `json:"keytrail.value_usd,omitempty"`
	Messages    []forensics.Message `json:"keytrail.messages,omitempty"`
	Reasons     []string            `json:"keytrail.reasons,omitempty"`
	UIDs        []uint32            `json:"keytrail.uids,omitempty"`
	RuleBasis   string              `json:"keytrail.rule.basis,omitempty"`
	Bounds      *moreBounds         `json:"keytrail.bounds,omitempty"`
}

type moreBounds struct {
	NotBefore        *moreTime `json:"keytrail.time.not_before,omitempty"`
	NotAfter         *moreTime `json:"keytrail.time.not_after,omitempty"`
	ArrivedNotBefore *moreTime `json:"keytrail.arrived.not_before,omitempty"`
	ArrivedNotAfter  *moreTime `json:"keytrail.arrived.not_after,omitempty"`
}

// moreTime is a further time: nano as in the column time, the rest as in a row.
type moreTime struct {
	Nano        int64  `json:"nano"`
	Datetime    string `json:"datetime,omitempty"` // for readers; not read back
	Offset      int32  `json:"zone_seconds,omitempty"`
	Zone        uint8  `json:"zone_state,omitempty"`
	ZoneName    string `json:"zone_name,omitempty"`
	Precision   uint8  `json:"precision,omitempty"`
	YearMissing bool   `json:"year_missing,omitempty"`
	Unreliable  bool   `json:"unreliable,omitempty"`
	Original    string `json:"original,omitempty"`
	Desc        string `json:"desc,omitempty"`
}

func encodeTime(t forensics.Time) moreTime {
	return moreTime{t.Nano, t.RFC3339(), t.Offset, uint8(t.Zone), t.ZoneName, uint8(t.Precision), t.YearMissing, t.Unreliable, t.Original, t.Desc}
}

func (m moreTime) decode() forensics.Time {
	return forensics.Time{Nano: m.Nano, Offset: m.Offset, Zone: forensics.ZoneState(m.Zone), ZoneName: m.ZoneName,
		Precision: forensics.Precision(m.Precision), YearMissing: m.YearMissing, Unreliable: m.Unreliable, Original: m.Original, Desc: m.Desc}
}

func encodeBound(t forensics.Time) *moreTime {
	if t == (forensics.Time{}) {
		return nil
	}
	m := encodeTime(t)
	return &m
}

func decodeBound(m *moreTime) forensics.Time {
	if m == nil {
		return forensics.Time{}
	}
	return m.decode()
}

// encodeMore gives an empty text where there is nothing more.
func encodeMore(e *forensics.Event) (string, error) {
	if len(e.To) == 0 && len(e.Others) == 0 && e.Amount == "" && e.Asset == "" && e.Destination == "" && e.TxID == "" && e.ValueUSD == "" &&
		len(e.Messages) == 0 && len(e.Reasons) == 0 && len(e.UIDs) == 0 && e.RuleBasis == "" && e.Bounds == nil && len(e.References) == 0 {
		return "", nil
	}
	m := more{To: e.To, Amount: e.Amount, Asset: e.Asset, Destination: e.Destination, TxID: e.TxID, ValueUSD: e.ValueUSD,
		Messages: e.Messages, Reasons: e.Reasons, UIDs: e.UIDs, RuleBasis: e.RuleBasis, References: e.References}
	for _, t := range e.Others {
		m.Others = append(m.Others, encodeTime(t))
	}
	if b := e.Bounds; b != nil {
		m.Bounds = &moreBounds{encodeBound(b.NotBefore), encodeBound(b.NotAfter), encodeBound(b.ArrivedNotBefore), encodeBound(b.ArrivedNotAfter)}
	}
	b, err := json.Marshal(&m)
	return string(b), err
}

func decodeMore(text string, e *forensics.Event) error {
	if len(text) == 0 {
		return nil
	}
	var m more
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return fmt.Errorf("column more: %w", err)
	}
	e.To, e.Amount, e.Asset, e.Destination, e.TxID, e.ValueUSD = m.To, m.Amount, m.Asset, m.Destination, m.TxID, m.ValueUSD
	e.Messages, e.Reasons, e.UIDs, e.RuleBasis, e.References = m.Messages, m.Reasons, m.UIDs, m.RuleBasis, m.References
	for _, t := range m.Others {
		e.Others = append(e.Others, t.decode())
	}
	if b := m.Bounds; b != nil {
		e.Bounds = &forensics.Bounds{NotBefore: decodeBound(b.NotBefore), NotAfter: decodeBound(b.NotAfter),
			ArrivedNotBefore: decodeBound(b.ArrivedNotBefore), ArrivedNotAfter: decodeBound(b.ArrivedNotAfter)}
	}
	return nil
}
