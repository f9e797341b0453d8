package statement

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"keytrail/forensics/format/formattest"
)

// BenchmarkCoinbase reads a report of 100,000 rows.
func BenchmarkCoinbase(b *testing.B) {
	var data bytes.Buffer
	data.WriteString("ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n")
	for i := range 100_000 {
		fmt.Fprintf(&data, "%024x,2022-11-14 03:%02d:%02d UTC,Send,BTC,-0.%08d,USD,$16283.11,\"-$8,304.39\",\"-$8,306.07\",$1.68,Sent 0.51 BTC to bc1qexample0example0example0example0exam7le\n", i, i/60%60, i%60, i)
	}
	b.SetBytes(int64(data.Len()))
	b.ReportAllocs()
	for b.Loop() {
		s := &formattest.Sink{CountOnly: true}
		if err := (Table{&coinbase}).Parse(context.Background(), formattest.Input("", data.Bytes()), s); err != nil || s.Read != 100_000 {
			b.Fatal(s.Read, err)
		}
	}
}

// BenchmarkMatchMail asks the whole family about a mail, as is done for every file of a Maildir.
func BenchmarkMatchMail(b *testing.B) {
	head := formattest.Head("", append(formattest.Known()["mailbox/eml"], bytes.Repeat([]byte("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1; h=from:to\r\n"), 200)...))
	formats := Formats()
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range formats {
			if f.Match(head).Score > 0 {
				b.Fatal(f.Name())
			}
		}
	}
}
