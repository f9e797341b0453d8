package casefile

import (
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
