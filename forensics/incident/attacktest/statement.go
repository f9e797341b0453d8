package attacktest

import (
	"bytes"
	"fmt"
	"strings"

	"keytrail/forensics"
)

// rows gives the acts that a service's statement has, in order, nil where the owner has no account there.
func (g *generator) rows(service string) []*act {
	var out []*act
	for i := range g.acts {
		if a := &g.acts[i]; a.move != nil && a.move.service == service && !a.at.After(g.c.End) {
			out = append(out, a)
		}
	}
	return out
}

// writeCoinbase writes the newest generation of Coinbase's CSV.
func (g *generator) writeCoinbase() {
	rows := g.rows("coinbase")
	if len(rows) == 0 {
		return
	}
	var b bytes.Buffer
	if g.chance(0.5) {
		fmt.Fprintf(&b, "\nTransactions\nUser,%s,%s\n", strings.SplitN(g.c.Account, "@", 2)[0], g.guid())
	}
	b.WriteString("ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n")
	for _, a := range rows {
		m := a.move
		kind, sign, note := "Buy", "", "Bought "+m.amount+" "+m.asset
		switch a.what {
		case moneyOut:
			kind, sign, note = "Send", "-", "Sent "+m.amount+" "+m.asset+" to "+m.to
		case moneyIn:
			kind, note = "Receive", "Received "+m.amount+" "+m.asset
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s%s,USD,$27000.00,%s$%s,%s$%s,$0.00,%s\n", strings.ReplaceAll(m.txid, "-", "")[:24], a.at.UTC().Format("2006-01-02 15:04:05 UTC"), kind, m.asset, sign, m.amount, sign, m.usd, sign, m.usd, note)
		g.markMoney(a)
	}
	g.file("statements/coinbase.csv", &b)
}

// writeKraken writes Kraken's ledgers.
func (g *generator) writeKraken() {
	rows := g.rows("kraken")
	if len(rows) == 0 {
		return
	}
	var b bytes.Buffer
	b.WriteString(`"txid","refid","time","type","subtype","aclass","asset","amount","fee","balance"` + "\n")
	codes := map[string]string{"BTC": "XXBT", "ETH": "XETH"}
	for _, a := range rows {
		m := a.move
		kind, sign := "trade", ""
		switch a.what {
		case moneyOut:
			kind, sign = "withdrawal", "-"
		case moneyIn:
			kind = "deposit"
		}
		id := strings.ToUpper(strings.ReplaceAll(m.txid, "-", ""))
		fmt.Fprintf(&b, "\"L%s-%s-%s\",\"A%s-%s-%s\",\"%s\",\"%s\",\"\",\"currency\",\"%s\",%s%s,0.0000000000,1.0000000000\n",
			id[:5], id[5:10], id[10:16], id[16:21], id[21:26], id[26:32], a.at.UTC().Format("2006-01-02 15:04:05"), kind, codes[m.asset], sign, m.amount)
		g.markMoney(a)
	}
	g.file("statements/kraken-ledgers.csv", &b)
}

func (g *generator) markMoney(a *act) {
	switch a.what {
	case moneyOut:
		g.mark(a, Mark{Kind: forensics.FundsSent})
	case moneyIn:
		g.mark(a, Mark{Kind: forensics.FundsReceived})
	}
}
