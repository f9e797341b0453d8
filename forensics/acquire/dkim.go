package acquire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// LookupTXT asks DNS for the TXT records of a name, as net.Resolver's method does.
type LookupTXT func(ctx context.Context, name string) ([]string, error)

// Results of a signature. A signature fails only where the bytes of the message do not fit it;
// everything else that keeps it from being checked is "not-checked".
const (
	dkimPass       = "pass"
	dkimFail       = "fail"
	dkimNotChecked = "not-checked"
	dkimNone       = "none"
)

// Bounds on what a message may make the verification cost.
const (
	dkimHeader     = 256 << 10 // bytes of a header
	dkimFields     = 2000      // of a header
	dkimField      = 16 << 10  // bytes of one signature
	dkimSignatures = 10        // of a message; further ones are not checked
	dkimMessage    = 256 << 20 // bytes of a message
	dkimWait       = 5 * time.Second
	dkimNames      = 20_000 // that are remembered
	dkimFailures   = 3      // questions without an answer one after the other: DNS cannot be reached
)

// verifier verifies DKIM signatures, RFC 6376. It is used by several goroutines.
type verifier struct {
	ctx    context.Context
	lookup LookupTXT

	mu       sync.Mutex
	known    map[string]*keyRecord
	failures int // in a row
}

// keyRecord is the answer to one question; done is closed when it is there.
type keyRecord struct {
	done  chan struct{}
	texts []string
	err   error
}

func newVerifier(ctx context.Context, lookup LookupTXT) *verifier {
	return &verifier{ctx: ctx, lookup: lookup, known: make(map[string]*keyRecord)}
}

var errUnreachable = errors.New("DNS cannot be reached")

// txt asks once for every name, and no more after DNS was silent several times.
func (v *verifier) txt(name string) ([]string, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	v.mu.Lock()
	k := v.known[name]
	if k != nil {
		v.mu.Unlock()
		<-k.done
		return k.texts, k.err
	}
	if v.failures >= dkimFailures {
		v.mu.Unlock()
		return nil, unreachable{errUnreachable}
	}
	k = &keyRecord{done: make(chan struct{})}
	if len(v.known) < dkimNames {
		v.known[name] = k
	}
	v.mu.Unlock()

	ctx, cancel := context.WithTimeout(v.ctx, dkimWait)
	defer cancel()
	k.texts, k.err = v.lookup(ctx, name+".") // with the dot: no search list of this machine counts
	var dns *net.DNSError
	silent := k.err != nil && !(errors.As(k.err, &dns) && dns.IsNotFound)
	if silent {
		k.err = unreachable{k.err}
	}
	v.mu.Lock()
	if silent {
		v.failures++
	} else {
		v.failures = 0
	}
	v.mu.Unlock()
	close(k.done)
	return k.texts, k.err
}

// unreachable marks that no answer came; the library takes it for a passing failure.
type unreachable struct{ error }

func (u unreachable) Unwrap() error   { return u.error }
func (u unreachable) Temporary() bool { return true }
func (u unreachable) Timeout() bool   { return true }

// blob verifies a message that is on its disk or in memory.
func (v *verifier) blob(b *blob, path string) ([]Signature, error) {
	if b.data != nil {
		return v.verify(bytes.NewReader(b.data), b.size), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only: nothing can be lost
	return v.verify(f, b.size), nil
}

// verify gives one entry for every signature of a message, in the order of the header, and
// "none" where there is no signature.
func (v *verifier) verify(r io.ReadSeeker, size int64) (found []Signature) {
	head := make([]byte, min(size, dkimHeader))
	n, err := io.ReadFull(r, head)
	if err != nil {
		return []Signature{notChecked("the message cannot be read again")}
	}
	signatures, problem := signatureFields(head[:n])
	if len(signatures) == 0 && problem == "" {
		return []Signature{{Result: dkimNone}}
	}
	if problem == "" && size > dkimMessage {
		problem = "the message is too large"
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil && problem == "" {
		problem = "the message cannot be read again"
	}
	if problem != "" {
		return []Signature{notChecked(problem)}
	}
	defer func() {
		if recover() != nil { // one message, not the acquisition
			found = []Signature{notChecked("the message breaks the reader of signatures")}
		}
	}()
	verified, err := dkim.VerifyWithOptions(r, &dkim.VerifyOptions{LookupTXT: v.txt, MaxVerifications: dkimSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return []Signature{notChecked(bounded(err.Error(), 200))}
	}
	for i, one := range verified {
		tags := tagsOf(signatures[i])
		s := Signature{Domain: bounded(tags["d"], 255), Selector: bounded(tags["s"], 255), Identifier: bounded(tags["i"], 320)}
		s.Result, s.Why = result(one, tags)
		v.record(&s)
		found = append(found, s)
	}
	if len(signatures) > len(verified) {
		found = append(found, notChecked(fmt.Sprintf("%d further signatures", len(signatures)-len(verified))))
	}
	return found
}

func notChecked(why string) Signature { return Signature{Result: dkimNotChecked, Why: why} }

// record adds the key that was used.
func (v *verifier) record(s *Signature) {
	if s.Domain == "" || s.Selector == "" {
		return
	}
	name := strings.ToLower(s.Selector + "._domainkey." + s.Domain)
	v.mu.Lock()
	k := v.known[name]
	v.mu.Unlock()
	if k == nil {
		return
	}
	<-k.done
	if len(k.texts) > 0 {
		s.RecordName, s.Record = name, bounded(strings.Join(k.texts, ""), 4096)
	}
}

// result says what a verification shows, and no more: a signature counts as failed only where
// the library compared the message with a key and they do not fit. The library gives no types
// for the others that tell them apart, so the words have to.
func result(v *dkim.Verification, tags map[string]string) (is, why string) {
	switch {
	case v.Err == nil:
		return dkimPass, ""
	case tags["l"] != "" && !dkim.IsPermFail(v.Err) && !dkim.IsTempFail(v.Err):
		return dkimNotChecked, "the signature covers only the beginning of the message (l=)"
	}
	words := strings.ReplaceAll(v.Err.Error(), "dkim: ", "")
	switch {
	case dkim.IsTempFail(v.Err):
		return dkimNotChecked, "the key could not be asked for: DNS gives no answer"
	case strings.Contains(words, "has expired"):
		return dkimNotChecked, "the signature counted until " + v.Expiration.UTC().Format(time.RFC3339)
	case strings.HasPrefix(words, "no key for signature"), strings.Contains(words, "no valid key"), strings.Contains(words, "key revoked"):
		return dkimNotChecked, "the key is not published any more; senders change their keys"
	case dkim.IsPermFail(v.Err):
		return dkimNotChecked, bounded(words, 200)
	}
	return dkimFail, bounded(words, 200)
}

// signatureFields gives the DKIM-Signature fields of a header, unfolded, in order. A header
// that would cost too much has a problem instead.
func signatureFields(head []byte) (fields []string, problem string) {
	count, ended := 0, len(head) < dkimHeader
	var field []byte
	signature := false
	end := func() {
		if signature {
			if len(field) > dkimField {
				problem = "a signature is too long"
			}
			fields = append(fields, string(field))
		}
		signature, field = false, nil
	}
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		head = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			ended = true
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if signature {
				field = append(field, line...)
			}
			continue
		}
		end()
		count++
		name, value, found := bytes.Cut(line, []byte(":"))
		if found && strings.EqualFold(string(bytes.TrimSpace(name)), "DKIM-Signature") {
			signature, field = true, bytes.Clone(value)
		}
	}
	end()
	if !ended || count > dkimFields {
		problem = "the header is too long"
	}
	return fields, problem
}

// tagsOf reads a tag list, RFC 6376 section 3.2, without white space.
func tagsOf(field string) map[string]string {
	tags := make(map[string]string)
	for part := range strings.SplitSeq(field, ";") {
		name, value, _ := strings.Cut(part, "=")
		tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
	}
	return tags
}
