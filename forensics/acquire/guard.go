package acquire

import (
	"bufio"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// guard stands between the connection and the IMAP library and sees everything that passes.
//
//	server ──> guard ──> library          commands: only those that allowed() knows
//	             │ └───> exchange         answers: bounded in length, number and time
//	             v
//	     what the library does not keep: greeting, good-bye, names as written, codes
//
// It takes whole answers, but for the bytes of messages, which stream through it. What breaks a
// bound ends the connection with an error that says so. The library would end it too over an
// answer that it does not know: those are left out.
//
// Read is called by one goroutine, the library's, or next by ours before there is a library.
type guard struct {
	net.Conn // TLS, or in the clear
	raw      *deadlineConn
	limits   Limits
	in       *bufio.Reader

	// of the reading goroutine
	head    []byte  // the answer so far, or what of it stands behind a message
	answer  *answer // its beginning; nil: none has begun
	passing bool    // its first part was handed on
	out     []byte  // to hand on
	spare   []byte
	literal int64 // bytes of a message to hand on
	alone   bool  // there is no library yet

	mu       sync.Mutex        // the fields below
	sending  []byte            // a command that is not whole
	pending  map[string]string // commands without an answer, by tag
	login    bool              // the last command was AUTHENTICATE: lines of base64 may follow
	own      *exchange         // takes the answers while it is not nil
	answers  int               // since the last command of ours
	most     int               // of them
	steps    int               // questions while logging in
	asked    bool              // the last of them has no answer yet
	settled  *sync.Cond        // asked or failed changed
	greeting *answer
	bye      *statusError
	status   answer // what the last command came to
	folders  []listed
	odd      oddFlags
	id       []value
	expunged int64
	fetches  int64 // answers handed on that name a message
	failed   error // the first thing that went wrong
}

func newGuard(c net.Conn, raw *deadlineConn, limits Limits) *guard {
	g := &guard{Conn: c, raw: raw, limits: limits, in: bufio.NewReaderSize(c, 64<<10), most: maxStray, pending: make(map[string]string)}
	g.settled = sync.NewCond(&g.mu)
	return g
}

// The library's own deadlines do not count.

func (g *guard) SetDeadline(time.Time) error      { return nil }
func (g *guard) SetReadDeadline(time.Time) error  { return nil }
func (g *guard) SetWriteDeadline(time.Time) error { return nil }

// fail ends the connection; the first reason is kept.
func (g *guard) fail(err error) error {
	g.mu.Lock()
	if g.failed == nil {
		g.failed = err
	}
	err, own := g.failed, g.own
	g.own = nil
	g.settled.Broadcast()
	g.mu.Unlock()
	_ = g.raw.Close() // nothing is waited for any more
	if own != nil {
		own.ended <- err
	}
	return err
}

// Read hands the library the next bytes.
func (g *guard) Read(p []byte) (int, error) {
	for {
		switch {
		case len(g.out) > 0:
			n := copy(p, g.out)
			g.out = g.out[n:]
			return n, nil
		case g.literal > 0:
			n, err := g.in.Read(p[:min(int64(len(p)), g.literal)])
			g.literal -= int64(n)
			if err != nil {
				err = g.fail(unexpected(err))
			}
			return n, err
		}
		if err := g.next(); err != nil {
			return 0, g.fail(err)
		}
	}
}

// next reads one answer, or what of it stands before or behind a message.
func (g *guard) next() error {
	for {
		from := len(g.head)
		if err := g.line(); err != nil {
			return err
		}
		if g.answer == nil {
			a, err := beginning(&wire{b: g.head})
			if err != nil {
				return err
			}
			g.answer = a
		}
		if g.answer.isStatus() {
			break
		}
		size, at, is, err := announced(g.head[from:])
		if err != nil {
			return err
		}
		if !is {
			break
		}
		if g.answer.kind == "FETCH" && endsInBody(g.head[:from+at]) {
			return g.message(size, from+at)
		}
		if size > int64(maxAnswer-len(g.head)) {
			return broken("a text of %d bytes stands where a short one has to be", size)
		}
		n := len(g.head)
		g.head = slices.Grow(g.head, int(size))[:n+int(size)]
		if _, err := io.ReadFull(g.in, g.head[n:]); err != nil {
			return unexpected(err)
		}
	}
	a := g.answer
	g.answer = nil
	if g.passing {
		g.passing = false
		g.raw.within(0)
		g.hand()
		return nil
	}
	return g.whole(a)
}

// line reads one line into head.
func (g *guard) line() error {
	for {
		part, err := g.in.ReadSlice('\n')
		if len(g.head)+len(part) > maxAnswer {
			return broken("an answer is longer than %d bytes", maxAnswer)
		}
		g.head = append(g.head, part...)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(g.head) == 0 && g.answer == nil:
			return io.EOF
		default:
			return unexpected(err)
		}
	}
}

// endsInBody tells that the next literal is the bytes of a message.
func endsInBody(head []byte) bool {
	const item = "BODY[] "
	return len(head) > len(item) && strings.EqualFold(string(head[len(head)-len(item):]), item)
}

// message hands on what stands before the bytes of a message, and lets so many bytes through.
func (g *guard) message(size int64, at int) error {
	if size > g.limits.Message {
		return broken("the server announces a message of %d bytes, %d are the most that is taken", size, g.limits.Message)
	}
	g.mu.Lock()
	own := g.own
	if !g.passing {
		g.answers++
		g.fetches++
	}
	most := g.answers > g.most
	g.mu.Unlock()
	switch {
	case own != nil:
		return broken("a message is given that nobody asked for")
	case most:
		return tooMany(g.most)
	}
	g.raw.within(g.limits.Silence + time.Duration(size/slowest)*time.Second)
	head := g.head[:at]
	if !g.passing {
		var err error
		if head, err = g.readable(g.answer.number, head); err != nil {
			return err
		}
	}
	g.head = append(head, "{"+strconv.FormatInt(size, 10)+"}\r\n"...) // plainly, without tilde or plus
	g.literal, g.passing = size, true
	g.hand()
	return nil
}

// hand hands on what head holds.
func (g *guard) hand() {
	g.out, g.head, g.spare = g.head, g.spare[:0], g.head
}

// whole decides about a whole answer: whom it is for, and what of it is kept.
func (g *guard) whole(a *answer) error {
	head := g.head
	g.head = g.head[:0]
	quiet := g.loggedIn(a)
	pass, err := g.sort(a, head)
	if err == nil && pass {
		g.head = head
		if quiet {
			// The library would ask by itself, beside the commands that it is given, and
			// its own reading of two such answers is a race. We ask after every login.
			g.head = append(head[:0], a.tag+" OK [CAPABILITY IMAP4rev1] done\r\n"...)
		}
		if a.kind == "FETCH" {
			if g.head, err = g.readable(a.number, head); err != nil {
				return err
			}
		}
		g.hand()
	}
	return err
}

func (g *guard) sort(a *answer, head []byte) (pass bool, err error) {
	w := &wire{b: head, at: placeBehind(head)}
	g.mu.Lock()
	own := g.own
	g.mu.Unlock()
	mine := own != nil && (a.tag == own.tag || a.tag == "*" && (g.alone || a.kind != "CAPABILITY"))
	if mine || a.isStatus() || a.kind == "LIST" || a.kind == "ID" || a.kind == "VANISHED" {
		if err := a.read(w); err != nil {
			return false, err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.greeting == nil {
		if a.tag != "*" || !a.isStatus() {
			return false, broken("no greeting came first")
		}
		g.greeting = a
		return true, nil
	}
	switch a.tag {
	case "+":
		if g.steps++; !g.login || g.steps > maxSteps {
			return false, broken("the server goes on asking")
		}
		g.asked = true
		return true, nil
	case "*":
		if g.answers++; g.answers > g.most {
			return false, tooMany(g.most)
		}
		if a.kind == "BYE" {
			g.bye = &statusError{"BYE", a.code, a.text}
		}
		if mine {
			return false, own.take(a)
		}
		return g.keep(a)
	}
	// A verdict that comes before the library has answered would leave it waiting for ever.
	for g.asked && g.failed == nil {
		g.settled.Wait()
	}
	if _, given := g.pending[a.tag]; !given {
		return false, broken("%q answers a command that was not given", bounded(a.tag, 40))
	}
	if a.kind != "OK" && a.kind != "NO" && a.kind != "BAD" {
		return false, broken("a command is answered by %q", bounded(a.kind, 40))
	}
	delete(g.pending, a.tag)
	if mine {
		g.own = nil
		own.status = *a
		own.ended <- nil
		return false, nil
	}
	g.status = *a
	return true, nil
}

// loggedIn tells the answer to a login that does not say what the server can do from now on.
func (g *guard) loggedIn(a *answer) bool {
	if a.kind != "OK" || a.code == "CAPABILITY" {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	name := g.pending[a.tag]
	return name == "AUTHENTICATE" || name == "LOGIN"
}

// placeBehind is where an answer goes on behind its kind.
func placeBehind(head []byte) int {
	w := &wire{b: head}
	_, _ = beginning(w) // it was read before
	return w.at
}

// keep takes what the library does not keep, and says whether it gets the answer.
func (g *guard) keep(a *answer) (pass bool, err error) {
	switch a.kind {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return a.code != "PERMANENTFLAGS", nil // nobody needs them, and one odd flag would end the connection
	case "CAPABILITY", "STATUS", "EXISTS":
		return true, nil
	case "FETCH":
		g.fetches++
		return true, nil
	case "LIST":
		if len(g.folders) >= g.limits.Folders {
			return false, broken("the server names more than %d folders", g.limits.Folders)
		}
		if l, ok := listedOf(a.values); ok {
			g.folders = append(g.folders, l)
		}
	case "ID":
		g.id = a.values
	case "EXPUNGE":
		g.expunged++
	case "VANISHED": // instead of EXPUNGE where QRESYNC is on
		if len(a.values) == 1 {
			ranges, _ := parseRanges(a.values[0].text)
			for _, r := range ranges {
				g.expunged += int64(r.last-r.first) + 1
			}
		}
	}
	return false, nil
}

func tooMany(most int) error {
	return broken("more than %d answers came to one command; nobody asked for so many", most)
}

// expect begins a command of ours: so many answers may come, and some noise.
func (g *guard) expect(limit time.Duration, answers int) error {
	g.mu.Lock()
	g.answers, g.most, g.status = 0, answers+maxStray, answer{}
	g.folders, g.id, g.expunged, g.odd = nil, nil, 0, oddFlags{}
	err := g.failed
	g.mu.Unlock()
	if err != nil {
		return err
	}
	return g.raw.owed(limit)
}

// failure is what ended the connection, nil where nothing did. A good-bye says most.
func (g *guard) failure() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var p *protocolError
	if g.bye != nil && !errors.As(g.failed, &p) {
		return g.bye
	}
	return g.failed
}
