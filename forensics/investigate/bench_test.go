package investigate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

// lives makes n events of accounts that live quietly: each has its own networks and clients, now and then a trip, a deletion
// or a reset, and one in twenty an attack.
func lives(n, accounts int) []forensics.Event {
	r := rand.New(rand.NewPCG(5, 5))
	clients := []string{"Client=OWA;Action=ViaProxy", "Client=REST;;", "Client=MSExchangeRPC", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Client=POP3/IMAP4;Protocol=IMAP4"}
	start := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	year := 365 * 24 * time.Hour
	events := make([]forensics.Event, 0, n)
	per := n / accounts
	for a := range accounts {
		name := fmt.Sprintf("user%04d@example.com", a)
		home := netip.AddrFrom4([4]byte{198, 51, byte(a), byte(r.IntN(250))})
		client := clients[r.IntN(len(clients))]
		attacked := a%20 == 0
		for i := range per {
			at := start.Add(time.Duration(i) * year / time.Duration(per))
			e := forensics.Event{Kind: forensics.LoginSucceeded, Account: name, Actor: name, IP: home, Client: client, Protocol: "web", Provider: "microsoft/unified-audit",
				Operation: "UserLoggedIn", Session: fmt.Sprintf("%x", r.Uint64()>>24), Outcome: forensics.Success}
			switch k := r.IntN(100); {
			case k < 50:
				e.Kind, e.Operation = forensics.MailRead, "MailItemsAccessed"
			case k < 60:
				e.Kind, e.Operation, e.Subject, e.MessageID = forensics.MailDeleted, "SoftDelete", "Your statement is ready", fmt.Sprintf("%d.%d@mail.example.com", a, i)
			case k < 62:
				e.IP = netip.AddrFrom4([4]byte{192, 0, 2, byte(r.IntN(250))})
			case k == 62:
				e.Kind, e.Certainty, e.Service, e.MessageID, e.IP, e.Session = forensics.ResetRequested, forensics.Reported, "coinbase", fmt.Sprintf("r%d.%d@coinbase.example", a, i), netip.Addr{}, ""
				e.Sender = forensics.SenderAuthenticated
			}
			if k := i - per/2; attacked && k >= 0 && k < 4 {
				e.IP, e.Session, e.Client = netip.AddrFrom4([4]byte{203, 0, 113, byte(a)}), "s", clients[4]
				e.Kind = []forensics.Kind{forensics.KeyCreated, forensics.LoginSucceeded, forensics.ResetRequested, forensics.MailPurged}[k]
				if k >= 2 {
					e.MessageID = fmt.Sprintf("stolen%d@coinbase.example", a)
				}
				if k == 2 {
					e.Certainty, e.Service, e.IP, e.Session, e.Sender = forensics.Reported, "coinbase", netip.Addr{}, "", forensics.SenderAuthenticated
				}
				at = start.Add(year/2 + time.Duration(k)*time.Minute)
			}
			e.Time = forensics.UTC(at, forensics.PrecisionSecond, at.Format(time.RFC3339), "CreationTime")
			e.Ref = forensics.Ref{Offset: int64(len(events)) * 1000, Length: 1000, Line: int64(len(events) + 1)}
			e.Fact = fmt.Sprintf("%d", len(events))
			events = append(events, e)
		}
	}
	return events
}

// BenchmarkAnalyse measures a million events: over a thousand accounts, and over one.
func BenchmarkAnalyse(b *testing.B) {
	for _, accounts := range []int{1000, 1} {
		c := makeCase(b, "microsoft/unified-audit", lives(1_000_000, accounts))
		if err := c.Settle(); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Briefs(b.Context()); err != nil { // a warm case
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("million_over_%d", accounts), func(b *testing.B) {
			for b.Loop() {
				got, err := Analyse(b.Context(), c, Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(got.Incidents)), "incidents")
			}
		})
		b.Run(fmt.Sprintf("verdict_over_%d", accounts), func(b *testing.B) {
			a := New(c, Options{})
			if _, err := a.Analyse(b.Context()); err != nil {
				b.Fatal(err)
			}
			verdict := casefile.VerdictMine
			attacker := "ip:203.0.113.20"
			if accounts == 1 {
				attacker = "ip:203.0.113.0"
			}
			for b.Loop() {
				if err := c.SetVerdict([]string{attacker}, verdict); err != nil {
					b.Fatal(err)
				}
				if _, err := a.Analyse(b.Context()); err != nil {
					b.Fatal(err)
				}
				if verdict == casefile.VerdictMine {
					verdict = casefile.VerdictUnknown
				} else {
					verdict = casefile.VerdictMine
				}
			}
		})
	}
}

// BenchmarkFlood measures one account under ten and under forty thousand events of an hour: what an attack, or a file that is made to be
// slow, can bring together. The time of each must not grow with their number.
func BenchmarkFlood(b *testing.B) {
	start := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	floods := []struct {
		name string
		of   func(i int) forensics.Event
	}{
		{"logins_from_everywhere", func(i int) forensics.Event {
			return forensics.Event{Kind: forensics.LoginSucceeded, IP: netip.AddrFrom4([4]byte{byte(11 + i>>16), byte(i >> 8), byte(i), 9}), Session: fmt.Sprint("s", i), Client: fmt.Sprint("program", i)}
		}},
		{"keys", func(i int) forensics.Event {
			return forensics.Event{Kind: forensics.KeyCreated, IP: netip.MustParseAddr("203.0.113.9"), Session: "s", Key: fmt.Sprint("key", i)}
		}},
		{"reset_mails", func(i int) forensics.Event {
			return forensics.Event{Kind: forensics.ResetRequested, Certainty: forensics.Reported, Sender: forensics.SenderAuthenticated,
				Service: []string{"coinbase", "gemini", "kraken", "google"}[i%4], MessageID: fmt.Sprintf("m%d@mail.example.com", i)}
		}},
		{"changed_passwords", func(i int) forensics.Event {
			return forensics.Event{Kind: forensics.PasswordChanged, IP: netip.MustParseAddr("203.0.113.9"), Session: fmt.Sprint("s", i/10), Outcome: forensics.Success}
		}},
		{"deletions", func(i int) forensics.Event {
			return forensics.Event{Kind: forensics.MailDeleted, IP: netip.MustParseAddr("203.0.113.9"), Session: "s", MessageID: fmt.Sprintf("m%d@mail.example.com", i)}
		}},
	}
	for _, flood := range floods {
		for _, n := range []int{10_000, 40_000} {
			b.Run(fmt.Sprintf("%s/%d", flood.name, n), func(b *testing.B) {
				events := lives(10_000, 1)
				for i := range n {
					e := flood.of(i)
					at := start.Add(250*24*time.Hour + time.Duration(i)*time.Hour/time.Duration(n))
					e.Account, e.Provider = "user0000@example.com", "microsoft/unified-audit"
					e.Time = forensics.UTC(at, forensics.PrecisionSecond, at.Format(time.RFC3339), "CreationTime")
					e.Ref = forensics.Ref{Offset: int64(len(events)) * 1000, Length: 1000, Line: int64(len(events) + 1)}
					e.Fact = fmt.Sprint(len(events))
					events = append(events, e)
				}
				c := makeCase(b, "microsoft/unified-audit", events)
				if _, err := c.Briefs(b.Context()); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, err := Analyse(b.Context(), c, Options{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
			})
		}
	}
}
