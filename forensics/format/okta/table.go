package okta

import (
	"bytes"
	"strings"
)

// column is a member of the LogEvent in a table.
type column uint8

const (
	colNone column = iota
	colID
	colTime
	colType
	colMessage
	colActorID
	colActorType
	colActorName
	colActorDisplay
	colResult
	colReason
	colIP
	colAgent
	colCountry
	colSession
	colInterface
	colASN
	colOrg
	colISP
	colProxy
	colTransaction
	colToken
	colFactor
	colThreat
	colTargetID
	colTargetType
	colTargetName
	colTargetDisplay
)

// columns are the names of columns, without case and underscores. The admin console's are snake case, with targets
// counted from 0 (target0.alternate_id), and its time is called timestamp; as public code that reads such files has
// them, Okta documents none. Never changed.
var columns = map[string]column{
	"uuid": colID, "timestamp": colTime, "published": colTime, "eventtype": colType, "displaymessage": colMessage,
	"actor.id": colActorID, "actor.type": colActorType, "actor.alternateid": colActorName, "actor.displayname": colActorDisplay,
	"outcome.result": colResult, "outcome.reason": colReason,
	"client.ipaddress": colIP, "client.useragent.rawuseragent": colAgent, "client.geographicalcontext.country": colCountry,
	"authenticationcontext.externalsessionid": colSession, "authenticationcontext.interface": colInterface,
	"securitycontext.asnumber": colASN, "securitycontext.as.number": colASN, "securitycontext.asorg": colOrg,
	"securitycontext.as.organization.name": colOrg, "securitycontext.isp": colISP, "securitycontext.isproxy": colProxy,
	"transaction.type": colTransaction, "transaction.detail.requestapitokenid": colToken,
	"debugcontext.debugdata.factor": colFactor, "debugcontext.debugdata.threatsuspected": colThreat,
	"target.id": colTargetID, "target.type": colTargetType, "target.alternateid": colTargetName, "target.displayname": colTargetDisplay,
}

// place is where a column's value goes.
type place struct {
	column column
	target int // the target's number
}

// columnOf finds a column by its name: target0.type, target.0.type and target[0].type are one.
func columnOf(name []byte) (column, int) {
	const longest = 80
	if len(name) > longest {
		return colNone, 0
	}
	plain := strings.ToLower(strings.NewReplacer("_", "", " ", "", "[", ".", "]", "").Replace(string(name)))
	rest, ok := strings.CutPrefix(plain, "target")
	if !ok {
		return columns[plain], 0
	}
	rest = strings.TrimPrefix(rest, ".")
	number, member, ok := strings.Cut(rest, ".")
	if !ok {
		return columns["target."+rest], 0
	}
	n := 0
	for _, c := range number {
		if c < '0' || c > '9' || n >= maxTargets {
			return colNone, 0
		}
		n = n*10 + int(c-'0')
	}
	if n >= maxTargets {
		return colNone, 0
	}
	return columns["target."+member], n
}

// header reads the first row.
func header(fields [][]byte) []place {
	list := make([]place, len(fields))
	for i, name := range fields {
		list[i].column, list[i].target = columnOf(bytes.Trim(name, "\uFEFF "))
	}
	return list
}

// row fills the entry from a row; the first of equal columns counts.
func (r *reader) row(columns []place, fields [][]byte) {
	e := &r.entry
	e.clear()
	set := func(to *string, b []byte) {
		if *to == "" {
			*to = r.json.Texts.Text(b)
		}
	}
	for i, b := range fields[:min(len(fields), len(columns))] {
		p := columns[i]
		if b = bytes.TrimSpace(b); len(b) == 0 || p.column == colNone {
			continue
		}
		if p.column >= colTargetID {
			for len(e.targets) <= p.target {
				e.targets = append(e.targets, party{})
			}
			t := &e.targets[p.target]
			set([...]*string{&t.id, &t.kind, &t.alternate, &t.display}[p.column-colTargetID], b)
			continue
		}
		set(e.member(p.column), b)
	}
}

// member is where the value of a column is kept.
func (x *entry) member(c column) *string {
	switch c {
	case colID:
		return &x.uuid
	case colTime:
		return &x.published
	case colType:
		return &x.kind
	case colMessage:
		return &x.message
	case colActorID:
		return &x.actor.id
	case colActorType:
		return &x.actor.kind
	case colActorName:
		return &x.actor.alternate
	case colActorDisplay:
		return &x.actor.display
	case colResult:
		return &x.result
	case colReason:
		return &x.reason
	case colIP:
		return &x.ip
	case colAgent:
		return &x.agent
	case colCountry:
		return &x.country
	case colSession:
		return &x.session
	case colInterface:
		return &x.via
	case colASN:
		return &x.asn
	case colOrg:
		return &x.org
	case colISP:
		return &x.isp
	case colProxy:
		return &x.proxy
	case colTransaction:
		return &x.transaction
	case colToken:
		return &x.token
	case colFactor:
		return &x.factor
	}
	return &x.threat
}
