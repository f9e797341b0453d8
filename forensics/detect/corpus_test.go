package detect

import (
	"bytes"
	"io"
	"io/fs"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/corpustest"
)

// TestCorpus runs the rules over public collections of spam, phishing and ordinary
// mail, nearly all from before receivers recorded verdicts: nothing in them may become
// a key, a login, a reset or money, and ordinary mail may not become an alert.
func TestCorpus(t *testing.T) {
	root := corpustest.Dir(t)
	n := load(t)
	for _, set := range []struct {
		dir    string
		alerts bool // imitations may be among them
	}{
		{"spam-assassin/spam-1", true},
		{"spam-assassin/easy-ham-1", false},
		{"sublime-rules", true},
		{"mikel-mail", false},
		{"MimeKit/messages", false},
		{"cpython-test_email", false},
	} {
		t.Run(strings.ReplaceAll(set.dir, "/", "_"), func(t *testing.T) {
			files, alerts := 0, 0
			err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(set.dir)), func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				b, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				m := readMail(b)
				files++
				e := forensics.Event{Kind: forensics.MailReceived, Subject: m.Subject, From: m.From}
				n.Classify(m, &e)
				switch {
				case e.Kind == forensics.Alert:
					alerts++
					t.Logf("alert: %s: %q <%s> %q: %s", d.Name(), m.FromName, m.From, m.Subject, e.Detail)
					if !set.alerts {
						t.Errorf("%s: ordinary mail became an alert", d.Name())
					}
				case e.Kind != forensics.MailReceived:
					t.Errorf("%s: became %s by %s (sender %s)", d.Name(), e.Kind, e.Rule, e.Sender)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d files checked, %d alerts", files, alerts)
		})
	}
}

// readMail reads what the rules look at, as roughly as a test needs it.
func readMail(b []byte) *forensics.Mail {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	if bytes.HasPrefix(b, []byte("From ")) {
		_, b, _ = bytes.Cut(b, []byte("\n"))
	}
	head, body, _ := bytes.Cut(b, []byte("\n\n"))
	headers := map[string][]string{}
	last, received := "", 0
	m := &forensics.Mail{}
	for line := range strings.SplitSeq(string(head), "\n") {
		if line == "" {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if v := headers[last]; len(v) > 0 {
				v[len(v)-1] += " " + strings.TrimSpace(line)
			}
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		last = strings.ToLower(key)
		headers[last] = append(headers[last], strings.TrimSpace(value))
	}
	m.Header = func(name string) []string { return headers[strings.ToLower(name)] }
	for _, v := range headers["authentication-results"] {
		server, rest, _ := strings.Cut(v, ";")
		for part := range strings.SplitSeq(rest, ";") {
			method, result, ok := strings.Cut(strings.TrimSpace(part), "=")
			if !ok {
				continue
			}
			result, _, _ = strings.Cut(result, " ")
			domain := ""
			for _, word := range strings.Fields(part) {
				for _, key := range []string{"header.d=", "header.i=@", "header.from="} {
					if d, ok := strings.CutPrefix(word, key); ok {
						domain = d
					}
				}
			}
			m.Auth = append(m.Auth, forensics.AuthVerdict{Server: strings.Fields(server + " -")[0], Method: method, Result: result, Domain: domain, Below: received})
		}
	}
	decode := func(s string) string {
		if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
			return d
		}
		return s
	}
	if v := headers["subject"]; len(v) > 0 {
		m.Subject = decode(v[0])
	}
	if v := headers["from"]; len(v) > 0 {
		if a, err := mail.ParseAddress(v[0]); err == nil {
			m.From, m.FromName = strings.ToLower(a.Address), a.Name
		} else {
			m.FromName, m.From = splitAddress(decode(v[0]))
		}
	}
	m.Text = func() string {
		if strings.EqualFold(strings.Join(headers["content-transfer-encoding"], ""), "quoted-printable") {
			if d, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body))); err == nil {
				return string(d)
			}
		}
		return string(body)
	}
	return m
}
