package acquire

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers TXT questions on loopback.
func nameServer(t *testing.T, records map[string]string) LookupTXT {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 4096)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			text, found := records[strings.ToLower(strings.TrimSuffix(m.Questions[0].Name.String(), "."))]
			if !found {
				m.RCode = dnsmessage.RCodeNameError
			} else {
				var parts []string
				for len(text) > 200 {
					parts, text = append(parts, text[:200]), text[200:]
				}
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeTXT, Class: dnsmessage.ClassINET, TTL: 60},
					Body: &dnsmessage.TXTResource{TXT: append(parts, text)}}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = c.WriteTo(out, from)
			}
		}
	}()
	t.Cleanup(func() { c.Close(); <-ended })
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", c.LocalAddr().String())
	}}
	return r.LookupTXT
}

func sign(t *testing.T, key crypto.Signer, selector, message string, change func(*dkim.SignOptions)) string {
	t.Helper()
	o := &dkim.SignOptions{Domain: "bank.example", Selector: selector, Signer: key, HeaderKeys: []string{"From", "Subject"},
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}
	if change != nil {
		change(o)
	}
	var out bytes.Buffer
	must(t, dkim.Sign(&out, strings.NewReader(message), o))
	return out.String()
}

func TestDKIM(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	pub, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(t, err)
	record := "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(pub)
	lookup := nameServer(t, map[string]string{"now._domainkey.bank.example": record, "gone._domainkey.bank.example": "v=DKIM1; p="})

	plain := "From: no-reply@bank.example\r\nSubject: Reset your password\r\n\r\nHello.\r\n"
	good := sign(t, key, "now", plain, nil)
	used := Signature{Result: "pass", Domain: "bank.example", Selector: "now", RecordName: "now._domainkey.bank.example", Record: record}
	failed := used
	failed.Result = "fail"
	messages := map[string]struct {
		message string
		want    []Signature
	}{
		"good":    {good, []Signature{used}},
		"none":    {plain, []Signature{{Result: "none"}}},
		"changed": {strings.Replace(good, "Hello", "Hallo", 1), []Signature{with(failed, "body hash did not verify")}},
		"subject": {strings.Replace(good, "Reset", "Leave", 1), []Signature{with(failed, "signature did not verify: crypto/rsa: verification error")}},
		"no_key":  {sign(t, key, "never", plain, nil), []Signature{{Result: "not-checked", Why: "the key is not published any more; senders change their keys", Domain: "bank.example", Selector: "never"}}},
		"revoked": {sign(t, key, "gone", plain, nil), []Signature{{Result: "not-checked", Why: "the key is not published any more; senders change their keys", Domain: "bank.example", Selector: "gone",
			RecordName: "gone._domainkey.bank.example", Record: "v=DKIM1; p="}}},
		"expired": {sign(t, key, "now", plain, func(o *dkim.SignOptions) { o.Expiration = time.Date(2022, 11, 14, 3, 0, 0, 0, time.UTC) }),
			[]Signature{{Result: "not-checked", Why: "the signature counted until 2022-11-14T03:00:00Z", Domain: "bank.example", Selector: "now",
				RecordName: "now._domainkey.bank.example", Record: record}}}, // of the other messages: it was asked for
		"two":         {sign(t, key, "never", good, nil), []Signature{{Result: "not-checked", Why: "the key is not published any more; senders change their keys", Domain: "bank.example", Selector: "never"}, used}},
		"endless":     {"DKIM-Signature: v=1;" + strings.Repeat(" x", 200_000) + "\r\n\r\n", []Signature{{Result: "not-checked", Why: "the header is too long"}}},
		"long_field":  {"DKIM-Signature: v=1;" + strings.Repeat(" x", 20_000) + "\r\n\r\n", []Signature{{Result: "not-checked", Why: "a signature is too long"}}},
		"many_fields": {"DKIM-Signature: v=1\r\n" + strings.Repeat("A: b\r\n", 3_000) + "\r\n", []Signature{{Result: "not-checked", Why: "the header is too long"}}},
		"garbage":     {"DKIM-Signature: \x00;;=;\r\n\r\n", []Signature{{Result: "not-checked", Why: "malformed signature tags: malformed header params"}}},
	}
	v := newVerifier(t.Context(), lookup)
	v.verify(strings.NewReader(good), int64(len(good)))
	for name, c := range messages {
		t.Run(name, func(t *testing.T) {
			got := v.verify(strings.NewReader(c.message), int64(len(c.message)))
			for i := range got {
				if got[i].Identifier == "@bank.example" {
					got[i].Identifier = ""
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func with(s Signature, why string) Signature { s.Why = why; return s }

// TestDKIMOffline has no DNS: nothing is called a failure, and it does not wait for every message.
func TestDKIMOffline(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	messages := make(map[uint32]string)
	for uid := range uint32(50) {
		messages[uid+1] = sign(t, key, "s"+string(rune('a'+uid%26))+string(rune('a'+uid/26)), "From: no-reply@bank.example\r\nSubject: x\r\n\r\nHello.\r\n", nil)
	}
	f := (&fake{messages: messages}).start(t)
	var asked atomic.Int64
	o := f.options()
	o.DKIM = func(context.Context, string) ([]string, error) {
		asked.Add(1)
		return nil, &net.DNSError{Err: "server misbehaving", IsTemporary: true}
	}
	r, err := copyFake(t, o, t.TempDir())
	must(t, err)
	if !r.Header.DKIM {
		t.Error("acquisition.json does not say that signatures were to be verified")
	}
	if n := asked.Load(); n > dkimFailures+writers {
		t.Errorf("DNS was asked %d times", n)
	}
	if diff := cmp.Diff(map[string]int64{"not-checked": 50}, r.Signatures); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	for _, m := range messageInfos(t, r.Root) {
		if len(m.DKIM) != 1 || m.DKIM[0].Result != "not-checked" || !strings.Contains(m.DKIM[0].Why, "no answer") {
			t.Fatalf("UID %d: %+v", m.UID, m.DKIM)
		}
	}
}

// TestDKIMAnswersOnce asks for one key once, however many want it.
func TestDKIMAnswersOnce(t *testing.T) {
	var asked atomic.Int64
	v := newVerifier(t.Context(), func(context.Context, string) ([]string, error) {
		asked.Add(1)
		return nil, &net.DNSError{IsNotFound: true}
	})
	for range 10 {
		if _, err := v.txt("A._domainkey.bank.example."); !errors.As(err, new(*net.DNSError)) {
			t.Fatal(err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func messageInfos(t *testing.T, root string) []MessageInfo {
	t.Helper()
	journals, err := filepath.Glob(filepath.Join(root, "index", "*", "messages.jsonl"))
	must(t, err)
	var all []MessageInfo
	for _, journal := range journals {
		b, err := os.ReadFile(journal)
		must(t, err)
		for line := range strings.Lines(string(b)) {
			var m MessageInfo
			must(t, json.Unmarshal([]byte(line), &m))
			all = append(all, m)
		}
	}
	return all
}
