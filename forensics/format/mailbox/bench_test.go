package mailbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// null takes records and drops them.
type null struct{ records, events int }

func (n *null) Record(r *format.Record) error   { n.records++; n.events += len(r.Events); return nil }
func (*null) Skip(forensics.Ref)                {}
func (*null) Broken(forensics.Ref, string)      {}
func (*null) Warn(_ forensics.Ref, text string) {}

// synthetic writes a mailbox of about size bytes: text mails, HTML mails, and some with
// attachments, 51 KB on average, with the header fields that providers write today.
func synthetic(size int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.Grow(size + size/8)
	junk := make([]byte, 48<<10)
	for i := range junk {
		junk[i] = byte(rng.Uint32())
	}
	for i := 0; b.Len() < size; i++ {
		day := 1 + i/1000%28
		fmt.Fprintf(&b, "From bounce-%d@mailer.example.com Mon Mar %2d 10:%02d:%02d 2025\n", i, day, i/60%60, i%60)
		fmt.Fprintf(&b, "Return-Path: <bounce-%d@mailer.example.com>\nDelivered-To: pat@example.net\n", i)
		for hop := range 3 {
			fmt.Fprintf(&b, "Received: from mx%d.example.com (mx%d.example.com [192.0.2.%d])\n\tby in%d.example.net (Postfix) with ESMTPS id 4ZB%dX\n\tfor <pat@example.net>; Mon, %d Mar 2025 10:%02d:%02d +0000 (UTC)\n", hop, hop, 1+i%250, hop, i, day, i/60%60, i%60)
		}
		fmt.Fprintf(&b, "Authentication-Results: in0.example.net;\n\tdkim=pass header.i=@example.com header.s=s1 header.b=AbCdEf01;\n\tspf=pass (in0.example.net: domain of bounce-%d@mailer.example.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=bounce-%d@mailer.example.com;\n\tdmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com\n", i, i)
		fmt.Fprintf(&b, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;\n\th=from:to:subject:date:message-id; bh=%s;\n\tb=%s\n\t %s\n\t %s\n", base64.StdEncoding.EncodeToString(junk[:32]), base64.StdEncoding.EncodeToString(junk[32:80]), base64.StdEncoding.EncodeToString(junk[80:130]), base64.StdEncoding.EncodeToString(junk[130:180]))
		fmt.Fprintf(&b, "Date: Mon, %d Mar 2025 10:%02d:%02d +0100\nFrom: \"Example Shop\" <news@example.com>\nTo: Pat Doe <pat@example.net>\nMessage-ID: <%d.%x@mailer.example.com>\nSubject: =?UTF-8?Q?Ihre_Bestellung_Nr=2E_%d_ist_unterwegs?=\n", day, i/60%60, i%60, i, i*7919, i)
		fmt.Fprintf(&b, "MIME-Version: 1.0\nX-Mailer: Example 4.2\nList-Unsubscribe: <https://www.example.com/u/%x>\nX-Campaign: %x\nContent-Type: multipart/mixed; boundary=\"b%x\"\n\n", i, i, i)
		fmt.Fprintf(&b, "--b%x\nContent-Type: multipart/alternative; boundary=\"a%x\"\n\n--a%x\nContent-Type: text/plain; charset=utf-8\n\n", i, i, i)
		for range 5 + rng.IntN(40) {
			b.WriteString("Your order is on its way. You can follow it in your account at any time.\n")
		}
		fmt.Fprintf(&b, "--a%x\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n", i)
		for range 20 + rng.IntN(300) {
			b.WriteString("<td style=3D\"font-family:Arial\"><a href=3D\"https://www.example.com/\">your =\norder</a></td>\n")
		}
		fmt.Fprintf(&b, "--a%x--\n", i)
		if i%4 == 0 {
			fmt.Fprintf(&b, "--b%x\nContent-Type: application/pdf; name=\"invoice.pdf\"\nContent-Transfer-Encoding: base64\n\n", i)
			for range 1 + rng.IntN(5) {
				enc := base64.StdEncoding.EncodeToString(junk[:12<<10+rng.IntN(36<<10)])
				for len(enc) > 76 {
					b.WriteString(enc[:76])
					b.WriteByte('\n')
					enc = enc[76:]
				}
				b.WriteString(enc + "\n")
			}
		}
		fmt.Fprintf(&b, "--b%x--\n\n", i)
	}
	return b.Bytes()
}

// BenchmarkMBox is the whole of what the format does: cutting, hashing, headers, verdicts.
func BenchmarkMBox(b *testing.B) {
	data := synthetic(256 << 20)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		n := &null{}
		in := &format.Input{Name: "INBOX.mbox", Size: int64(len(data)), Reader: struct{ io.Reader }{bytes.NewReader(data)}}
		if err := (MBox{}).Parse(context.Background(), in, n); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(data))/float64(n.records)/1024, "KiB/mail")
		b.ReportMetric(float64(n.records), "mails")
	}
}
