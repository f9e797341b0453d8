package acquire

import (
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/dovecottest"
)

// refused checks that an error and its hint speak plainly and hold no secret.
func refused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was taken")
	}
	text := err.Error() + " | " + forensics.Hint(err)
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not said in: %s", w, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Errorf("the password stands in: %s", text)
	}
}

func TestStartTLSStripped(t *testing.T) {
	for name, f := range map[string]*fake{
		"not_offered": {caps: "IMAP4rev1 AUTH=PLAIN"},
		"refused": {caps: "IMAP4rev1 STARTTLS", answer: func(_ int, command string) (string, bool) {
			return "TAG NO not today\r\n", command == "STARTTLS"
		}},
		"more_in_the_clear": {caps: "IMAP4rev1 STARTTLS", answer: func(_ int, command string) (string, bool) {
			return "TAG OK begin\r\n* OK injected\r\n", command == "STARTTLS"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f.start(t)
			o := f.options()
			o.Target.Security = STARTTLS
			_, err := Open(t.Context(), o)
			if name == "more_in_the_clear" {
				refused(t, err, "in the clear")
			} else {
				refused(t, err, "offers no encryption", "no password either")
			}
			for _, c := range f.sent() {
				if strings.HasPrefix(c, "AUTH") || strings.HasPrefix(c, "LOGIN") {
					t.Errorf("%q was sent", c)
				}
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	ca, otherCert, otherKey := dovecottest.CA(t, "other.example")
	_, cert, key := dovecottest.CA(t, "localhost")
	other, err := tls.X509KeyPair(otherCert, otherKey)
	must(t, err)
	stranger, err := tls.X509KeyPair(cert, key)
	must(t, err)
	for name, c := range map[string]struct {
		pair     tls.Certificate
		security Security
		caps     string
		words    []string
	}{
		"unknown_authority":          {stranger, TLS, "IMAP4rev1", []string{"not vouched for", "--ca FILE"}},
		"wrong_name":                 {other, TLS, "IMAP4rev1", []string{"another server", "other.example"}},
		"wrong_name_behind_STARTTLS": {other, STARTTLS, "IMAP4rev1 STARTTLS", []string{"another server", "other.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := (&fake{caps: c.caps, tls: &tls.Config{Certificates: []tls.Certificate{c.pair}}}).start(t)
			o := f.options()
			o.Target.Host, o.Target.Security = "localhost", c.security
			o.Roots = x509.NewCertPool()
			o.Roots.AppendCertsFromPEM(ca)
			_, err := Open(t.Context(), o)
			refused(t, err, c.words...)
			if FailureOf(err) != FailureCertificate {
				t.Errorf("its kind is %d", FailureOf(err))
			}
		})
	}
	t.Run("no_TLS_at_all", func(t *testing.T) {
		f := (&fake{}).start(t)
		o := f.options()
		o.Target.Security = TLS
		_, err := Open(t.Context(), o)
		refused(t, err, "does not speak TLS", "--starttls")
	})
}

// TestHostileServer shows answers that are refused, each with what is said about it.
func TestHostileServer(t *testing.T) {
	fetch := func(body string) func(int, string) (string, bool) {
		return func(_ int, command string) (string, bool) { return body, strings.Contains(command, "BODY.PEEK[]") }
	}
	on := func(beginning, lines string) func(int, string) (string, bool) {
		return func(_ int, command string) (string, bool) { return lines, strings.HasPrefix(command, beginning) }
	}
	for name, c := range map[string]struct {
		f     *fake
		words []string
	}{
		"literal_too_large":    {&fake{answer: fetch("* 1 FETCH (UID 1 BODY[] {999999999999}\r\nx")}, []string{"announces a message of 999999999999 bytes"}},
		"literal_too_small":    {&fake{answer: fetch("* 1 FETCH (UID 1 BODY[] {3}\r\nFrom: robin@example.org\r\n)\r\nTAG OK done\r\n")}, []string{"rules of IMAP"}},
		"literal_cut":          {&fake{answer: fetch("* 1 FETCH (UID 1 BODY[] {300}\r\nFrom: robin@example.org\r\n)\r\nTAG OK done\r\n")}, []string{"cannot be reached", "goes on from there"}},
		"literal_negative":     {&fake{answer: fetch("* 1 FETCH (UID 1 BODY[] {-3}\r\n")}, []string{"is not the size"}},
		"literal_digits":       {&fake{answer: fetch("* 1 FETCH (UID 1 BODY[] {" + strings.Repeat("9", 100) + "}\r\n")}, []string{"digits"}},
		"body_twice":           {&fake{answer: fetch("* 1 FETCH (UID 1 BODY[] {1}\r\nx BODY[] {1}\r\nx)\r\n")}, []string{"twice"}},
		"uid_zero":             {&fake{answer: fetch("* 1 FETCH (UID 0 BODY[] {1}\r\nx)\r\n")}, []string{"not a UID"}},
		"uid_too_large":        {&fake{answer: fetch("* 1 FETCH (UID 4294967296 BODY[] {1}\r\nx)\r\n")}, []string{"rules of IMAP", "number"}},
		"endless_line":         {&fake{answer: on("LIST", "* LIST () \"/\" \""+strings.Repeat("x", 3<<20))}, []string{"longer than"}},
		"endless_greeting":     {&fake{greeting: "* OK " + strings.Repeat("x", 3<<20)}, []string{"longer than"}},
		"endless_folders":      {&fake{answer: on("LIST", strings.Repeat("* LIST () \"/\" a\r\n", 30_000)+"TAG OK done\r\n")}, []string{"more than 20000 folders"}},
		"endless_noise":        {&fake{answer: on("EXAMINE", strings.Repeat("* 3 EXISTS\r\n", 30_000)+"TAG OK done\r\n")}, []string{"nobody asked for"}},
		"endless_depth":        {&fake{answer: on("LIST", "* LIST "+strings.Repeat("(", 1000)+"\r\n")}, []string{"nested deeper"}},
		"endless_small_text":   {&fake{answer: on("LIST", "* LIST () \"/\" {99999999}\r\nx")}, []string{"a short one"}},
		"opened_for_writing":   {&fake{answer: on("EXAMINE", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\nTAG OK [READ-WRITE] done\r\n")}, []string{"for writing"}},
		"no_uidvalidity":       {&fake{answer: on("EXAMINE", "* 3 EXISTS\r\nTAG OK done\r\n")}, []string{"UIDVALIDITY"}},
		"logged_in_already":    {&fake{greeting: "* PREAUTH hello"}, []string{"logged in already"}},
		"no_mail_server":       {&fake{greeting: "SSH-2.0-OpenSSH_9.2"}, []string{"rules of IMAP"}},
		"asks_for_ever":        {&fake{answer: on("AUTHENTICATE", strings.Repeat("+ \r\n", 50))}, []string{"goes on asking"}},
		"wrong_tag":            {&fake{answer: on("LIST", "k999 OK done\r\n")}, []string{"that was not given"}},
		"unwanted_body":        {&fake{answer: on("UID FETCH 1:*", "* 1 FETCH (UID 1 BODY[] {1}\r\nx)\r\n")}, []string{"nobody asked for"}},
		"silence":              {&fake{answer: on("LIST", "* LIST () \"/\" INBOX\r\n")}, []string{"cannot be reached"}},
		"folder_does_not_hold": {&fake{folders: []string{`() "/" Other`}}, []string{"no folder", `"Other"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.f.messages = few(3)
			f := c.f.start(t)
			o := f.options()
			o.Limits.Silence, o.Limits.Attempts = 300*time.Millisecond, 2
			o.Folders = []string{"INBOX"}
			parent := t.TempDir()
			_, err := copyFake(t, o, parent)
			refused(t, err, c.words...)
			if name == "folder_does_not_hold" {
				if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
					t.Errorf("it left %v, %v", left, err)
				}
			}
		})
	}
}

// TestHostileFolders copies folders whose names want to lead out, hide or mean a device.
func TestHostileFolders(t *testing.T) {
	f := (&fake{messages: few(2), folders: []string{
		`() "/" "../../../outside"`, `() "/" "/etc/cron.d"`, `() "/" ".."`, `() "/" "."`, `() "/" "INBOX/../../x"`, `() "\\" "..\\..\\x"`,
		`() "/" "CON"`, `() "/" "aux.txt"`, `() "/" "cur"`, `() "/" "INBOX"`, `() "/" "Inbox"`, `() "/" ".hidden"`, `() "/" "x.keytrail"`, `() "/" "a:b*c?"`,
		`() "/" "ends with dot."`, `() "/" "` + strings.Repeat("long", 300) + `"`, `() "/" "` + strings.Repeat("deep/", 100) + `"`,
		"() \"/\" {4}\r\na\x00bc", "() \"/\" {4}\r\na\r\nb", `() NIL "no delimiter/at all"`, `(\Noselect) "/" "group"`, `() "/" "raw ü"`, `() "/" ""`,
	}}).start(t)
	outer := t.TempDir()
	parent := filepath.Join(outer, "acquired")
	r, err := copyFake(t, f.options(), parent)
	must(t, err)
	if r.Folders != 19 {
		t.Errorf("%d folders were copied, want 19", r.Folders)
	}
	if r.Copied != int64(2*r.Folders) {
		t.Errorf("%d messages of %d folders", r.Copied, r.Folders)
	}
	lower := make(map[string]string)
	must(t, filepath.WalkDir(outer, func(path string, e fs.DirEntry, err error) error {
		must(t, err)
		rel, err := filepath.Rel(outer, path)
		must(t, err)
		if rel != "." && rel != "acquired" && !strings.HasPrefix(path, r.Root) {
			t.Errorf("%s lies outside of the acquisition", rel)
		}
		if other, taken := lower[strings.ToLower(rel)]; taken {
			t.Errorf("%s and %s are one on Windows", rel, other)
		}
		lower[strings.ToLower(rel)] = rel
		for i := range len(rel) {
			if rel[i] < 0x20 || rel[i] >= 0x7f {
				t.Errorf("%q holds a byte that is no plain letter", rel)
			}
		}
		return nil
	}))
	copied(t, r.Root)
}
