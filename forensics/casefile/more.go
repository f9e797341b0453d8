package casefile

import (
	"encoding/json"
	"fmt"

	"keytrail/forensics"
)

// What few events have: it stands in one column of the row, as JSON.

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
