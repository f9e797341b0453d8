package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"keytrail/forensics"
	"keytrail/forensics/acquire"
	"keytrail/forensics/casefile"
	"keytrail/tui/kit"
)

// acquiredName is the folder of a case that holds copies of mailboxes.
const acquiredName = "acquired"

// acquiredEntry begins a finished acquisition's entry in the custody log.
const acquiredEntry = "mailbox acquired"

// acquireFlags are the flags of acquire.
type acquireFlags struct {
	secret   secretFlags
	ca       string
	startTLS bool
	folders  []string
	since    string
	before   string
	dkim     bool
}

func (p *Program) acquireCommand() *cobra.Command {
	var flags acquireFlags
	cmd := &cobra.Command{
		Use:   "acquire CASE imaps://USER@HOST[:PORT]",
		Short: "Copy a mailbox over IMAP into a case, without changing it",
		Long: "Copies a mailbox into the folder of a case and reads it. The mailbox is only looked at: no mail is marked as read, moved or deleted.\n" +
			"Stopped at any moment and started again, it goes on where it was. For the known providers the bare address is enough.\n" +
			"Many providers want an app password; making one is itself an event that the timeline shows: note the minute.\n\n" + providerLines(),
		Example:           "  keytrail acquire rivera pat@att.net\n  keytrail acquire rivera imaps://pat@mail.example --folder INBOX --folder '\\Trash' --since 2022-11-01",
		Args:              argsBetween(2, 2, "a case and a mailbox"),
		ValidArgsFunction: completeArgs(completeCase),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.acquire(cmd.Context(), args[0], args[1], flags)
		},
	}
	f := cmd.Flags()
	flags.secret.register(f)
	f.StringVar(&flags.ca, "ca", "", "PEM `FILE` with a further CA to trust, for a server of your own")
	f.BoolVar(&flags.startTLS, "starttls", false, "connect in the clear and encrypt before anything is said (port 143)")
	f.StringArrayVar(&flags.folders, "folder", nil, "copy this folder only, by its `NAME`; may be given several times (a name, or a mark such as \\Trash)")
	f.StringVar(&flags.since, "since", "", "copy only mail that arrived at or after this `TIME`, such as 2022-11-01 (UTC)")
	f.StringVar(&flags.before, "before", "", "copy only mail that arrived before this `TIME`")
	f.BoolVar(&flags.dkim, "dkim", false, "verify the senders' signatures while their keys can still be asked for in DNS")
	return cmd
}

// providerLines names the known providers for the help.
func providerLines() string {
	var b strings.Builder
	b.WriteString("Known providers:\n")
	for _, known := range acquire.Providers() {
		fmt.Fprintf(&b, "  %-30s %s\n", known.Name+":", known.Host)
	}
	return strings.TrimRight(b.String(), "\n")
}

// acquire copies a mailbox into a case and reads it.
func (p *Program) acquire(ctx context.Context, name, mailbox string, flags acquireFlags) (err error) {
	options, err := p.acquireOptions(name, mailbox, flags)
	if err != nil {
		return err
	}
	if casefile.Exists(casefile.Path(name)) {
		done, err := p.readPending(ctx, name, options.Target)
		if done || err != nil {
			return err
		}
	}
	bar := newAcquireBar(p.Err)
	options.Tell = bar.tell
	// The case is made after the login: a wrong password leaves nothing behind.
	session, err := acquire.Open(ctx, options)
	bar.clear()
	if err != nil {
		return err
	}
	defer session.Close()
	c, err := p.writeCase(name)
	if err != nil {
		return err
	}
	defer closing(c, &err)
	if err := c.Lock(); err != nil {
		return err
	}
	if err := c.Log("mailbox acquisition begun", options.Target.String()); err != nil {
		return err
	}
	start := time.Now()
	r, err := session.Copy(ctx, filepath.Join(c.Path(), acquiredName))
	bar.clear()
	if err != nil {
		return err
	}
	session.Close()
	p.tellAcquired(c, &r, time.Since(start))
	return p.readAcquired(ctx, c, r.Root)
}

func (p *Program) acquireOptions(name, mailbox string, flags acquireFlags) (acquire.Options, error) {
	target, err := acquire.ParseTarget(mailbox, flags.startTLS)
	if err != nil {
		return acquire.Options{}, usageError{err}
	}
	o := acquire.Options{Target: target, Folders: flags.folders, Tool: tool(), Now: p.Now, Command: flags.words(name, target)}
	if o.Since, err = moment("--since", flags.since); err != nil {
		return o, err
	}
	if o.Before, err = moment("--before", flags.before); err != nil {
		return o, err
	}
	if !o.Since.IsZero() && !o.Before.IsZero() && !o.Since.Before(o.Before) {
		return o, usagef("--since %s is not before --before %s: no mail can be between them", flags.since, flags.before)
	}
	if flags.dkim {
		o.DKIM = net.DefaultResolver.LookupTXT
	}
	if flags.ca != "" {
		if o.Roots, err = trusting(flags.ca); err != nil {
			return o, err
		}
	}
	o.Secret, o.Token, err = p.secret(target, flags.secret)
	return o, err
}

// words are the command line as acquisition.json keeps it: commands that print secrets may
// hold them, so they are left out.
func (f acquireFlags) words(name string, target acquire.Target) []string {
	words := []string{"keytrail", "acquire", name, target.String()}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, flag, value)
		}
	}
	add("--ca", f.ca)
	if f.startTLS {
		words = append(words, "--starttls")
	}
	for _, folder := range f.folders {
		add("--folder", folder)
	}
	add("--since", f.since)
	add("--before", f.before)
	if f.dkim {
		words = append(words, "--dkim")
	}
	return words
}

// moment reads the time of a flag, in UTC where it names no zone.
func moment(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usageError{&forensics.Error{What: fmt.Sprintf("%s %q is no time", flag, s), Hint: "write 2022-11-01, or 2022-11-01T03:00:00Z", Byte: -1}}
}

// trusting gives the CAs of this machine and those of a file.
func trusting(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError{&forensics.Error{What: "cannot read the CA", File: path, Err: err}}
	}
	roots, err := x509.SystemCertPool()
	if err != nil { // a machine without any: only the given one counts
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, usageError{&forensics.Error{What: "there is no PEM certificate in it", File: path, Hint: "a PEM file has lines such as -----BEGIN CERTIFICATE-----"}}
	}
	return roots, nil
}

// tellAcquired says what was copied, and names every folder that was not.
func (p *Program) tellAcquired(c *casefile.Case, r *acquire.Result, took time.Duration) {
	fmt.Fprintf(p.Out, "%s: %s, %.1f MB, of %s copied in %s to %s\n", c.Name(), kit.Plural(r.Copied, "message"), float64(r.Bytes)/1e6,
		kit.Plural(int64(r.Folders), "folder"), took.Round(time.Millisecond), r.Root)
	if n := r.Signatures; n != nil {
		fmt.Fprintf(p.Out, "signatures (DKIM): %s fit, %s do not, %s not checked; %s without one\n", kit.Count(n["pass"]), kit.Count(n["fail"]), kit.Count(n["not-checked"]), kit.Plural(n["none"], "message"))
	}
	if r.Outside > 0 {
		fmt.Fprintf(p.Out, "%s outside of the asked time left there\n", kit.Plural(r.Outside, "message"))
	}
	if r.Gone > 0 {
		p.say("%s deleted or moved while the copy was made", kit.Plural(r.Gone, "message"))
	}
	for _, problem := range r.Problems {
		p.say("partial: %s", clean(problem))
	}
	if len(r.Problems) > 0 {
		p.code = exitProblems
	}
}

// enterAcquired enters a finished acquisition in the custody log, once, and names what of it is
// evidence.
func enterAcquired(c *casefile.Case, root string) (mail string, err error) {
	header, err := acquire.ReadHeader(root)
	if err != nil {
		return "", err
	}
	manifest, err := acquire.Manifest(root)
	if err != nil {
		return "", err
	}
	log, err := c.Custody()
	if err != nil {
		return "", err
	}
	mail = filepath.Join(root, header.Mail)
	for _, entry := range log {
		if entry.What == acquiredEntry && strings.Contains(entry.Detail, manifest.String()) {
			return mail, nil
		}
	}
	return mail, c.Log(acquiredEntry, custodyDetail(&header, root, manifest))
}

// readAcquired enters a finished acquisition in the custody log and reads its mail.
func (p *Program) readAcquired(ctx context.Context, c *casefile.Case, root string) error {
	mail, err := enterAcquired(c, root)
	if err != nil {
		return err
	}
	options, err := p.ingestOptions(addFlags{})
	if err != nil {
		return err
	}
	bar := newProgressBar(p.Err)
	summary, err := read(ctx, c, []string{mail}, options, bar.tell)
	bar.clear()
	if err != nil {
		return err
	}
	p.summarise(c, summary)
	return nil
}

// custodyDetail is what the custody log keeps of an acquisition.
func custodyDetail(h *acquire.Header, root string, manifest forensics.Digest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s; %d messages, %d bytes, %d outside of the asked time, %d gone meanwhile, %d refused; manifest SHA-256 %s; %s",
		h.URL, h.State, h.Copied, h.Bytes, h.Outside, h.Gone, h.Refused, manifest, filepath.Base(root))
	seen := make(map[string]bool)
	for _, conn := range h.Connections {
		line := fmt.Sprintf("; %s", conn.Address)
		if len(conn.Certificates) > 0 {
			line += fmt.Sprintf(", %s, certificate SHA-256 %s", conn.TLS, conn.Certificates[0].SHA256)
		}
		line += fmt.Sprintf(", greeting %q", conn.Greeting)
		if conn.ClockDifference != nil {
			line += fmt.Sprintf(", its clock %+.0f s", *conn.ClockDifference)
		}
		if !seen[line] && len(seen) < 10 {
			b.WriteString(line)
		}
		seen[line] = true
	}
	return b.String()
}

// readPending reads an acquisition of the same mailbox that is whole and was not read to its
// end: the program was stopped between the two.
func (p *Program) readPending(ctx context.Context, name string, target acquire.Target) (done bool, err error) {
	c, err := p.writeCase(name) // for writing, so that a case that was killed while it was made is made whole
	if err != nil {
		return false, err
	}
	defer closing(c, &err)
	root, err := pending(c, target)
	if err != nil || root == "" {
		return false, err
	}
	p.say("the last copy of this mailbox is whole but was not read to its end; this goes on now, and the same command then makes a new copy")
	return true, p.readAcquired(ctx, c, root)
}

// pending finds an acquisition with a manifest whose mail is no finished evidence of the case.
func pending(c *casefile.Case, target acquire.Target) (root string, err error) {
	parent := filepath.Join(c.Path(), acquiredName)
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	known, err := c.Evidence()
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		root := filepath.Join(parent, e.Name())
		if !acquire.Finished(root) {
			continue
		}
		header, err := acquire.ReadHeader(root)
		if err != nil || header.URL != target.String() {
			continue
		}
		mail, err := filepath.Abs(filepath.Join(root, header.Mail))
		if err != nil {
			return "", err
		}
		read := false
		for _, e := range known {
			read = read || e.Path == mail && e.Done
		}
		if !read {
			return root, nil
		}
	}
	return "", nil
}
