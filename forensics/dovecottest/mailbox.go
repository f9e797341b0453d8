package dovecottest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Generated is a mailbox of so many messages in four folders, with flags and dates; by path
// below the Maildir.
func Generated(t testing.TB, count int) func(maildir string) {
	return func(maildir string) {
		t.Helper()
		folders := []string{"", ".Archive.2022", ".Trash", ".Entw&APw-rfe &- mehr"}
		for _, f := range folders {
			for _, part := range []string{"cur", "new", "tmp"} {
				must(t, os.MkdirAll(filepath.Join(maildir, f, part), 0o755))
			}
		}
		start := time.Date(2022, 11, 1, 8, 0, 0, 0, time.UTC)
		for n := range count {
			at := start.Add(time.Duration(n) * 97 * time.Second)
			folder := folders[0]
			if n%5 == 0 {
				folder = folders[1+n/5%3]
			}
			flags := []string{"", "S", "RS", "FS", "ST"}[n%5]
			name := fmt.Sprintf("%d.M%dP1.mail.example:2,%s", at.Unix(), n, flags)
			path := filepath.Join(maildir, folder, "cur", name)
			must(t, os.WriteFile(path, message(n, at), 0o644))
			must(t, os.Chtimes(path, at, at))
		}
	}
}

func message(n int, at time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Robin <robin%d@example.org>\r\nTo: <%s>\r\nSubject: Message %d\r\nDate: %s\r\nMessage-ID: <%d@example.org>\r\n\r\n",
		n%17, User, n, at.Format(time.RFC1123Z), n)
	if n%400 == 7 { // larger than what waits in memory
		b.WriteString(strings.Repeat("A line of a long attachment, again and again.\r\n", 8000))
	}
	for i := range n * 7 % 60 {
		fmt.Fprintf(&b, "Line %d of message %d, with some words to make it longer than nothing.\r\n", i, n)
	}
	if n%11 == 0 {
		b.WriteString("a lone NUL is not allowed, but 8-bit bytes are: \xe4\xf6\xfc\r\nFrom here on\r\n.\r\n")
	}
	return b.Bytes()
}
