package rule

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/detection.md anew")

const docFile = "../../docs/detection.md"

// TestDocument keeps docs/detection.md equal to the catalogue: -update writes it.
func TestDocument(t *testing.T) {
	want := document()
	if *update {
		if err := os.WriteFile(docFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/detection.md is not the catalogue's: go test ./forensics/rule -run TestDocument -update\n%s", diff)
	}
}

func document() string {
	var b strings.Builder
	b.WriteString(`# Detection

What keytrail looks for, what each rule means and what would make it harmless. The catalogue and the table of settings
below are written from the program by a test; how often the rules are right is measured in
[detection-measured.md](detection-measured.md).

## How it is judged

- A rule gives **findings**: a statement about one account with the events that prove it, a weight from 0 (for the
  record) to 1, and a certainty that is never better than that of its weakest event.
- A rule whose sources are not in the case is listed as **not checked**, with the source that is missing. Silence of a
  rule that was checked says that the evidence shows nothing, not that nothing happened.
- **What is usual** is learnt from the quiet time of the account: the days on which no key was made, no notice deleted
  and nothing of the account's settings changed. A network, country, client or protocol is usual when it was
  seen on enough different quiet days over a long enough time, and not first seen together with a key change or right
  before a reset. How often it was seen does not count: who reads a mailbox every five minutes is not its owner for that.
- Somebody else can be on the owner's operator. There an address block or a client that is only seen around changes is strange, with all that its
  session did; and so is a session whose login names no client, where nearly all of the owner's (40 or more) do.
- Who hides is strange wherever he comes from: a visit that deletes three or more mails about security of two services, or five of any, soon after they came and hardly anything
  else; or one that purges three or more mails from the trash, one by one, each within two minutes of being thrown away. A visit is a session, or what one address
  and program delete without a pause of an hour.
- Mails that are known by the record of their deletion alone count where their subjects speak of security: after something strange, or where
  four different ones went one right after the other. What an emptied trash purges in bulk does not count.
- **Verdicts** go before everything that was learnt: what you call yours is known from the start, and what you call not
  yours is never learnt, even where it is most of the traffic. One "not mine" outweighs every "mine" on the same event.
- A verdict that is almost always a mistake is **asked for twice**: on a network larger than any operator has (shorter than an IPv4 /8 or an IPv6 /16), and "not mine"
  on an account that the case is about, or on what at least half of the events come from (20 or more of those that name an address, or a mail program where one is judged):
  an owner uses his account more than a stranger does. ` + "`keytrail mark`" + ` says how many events and accounts it touches and asks; without a
  terminal it refuses with exit code 2, and ` + "`--yes`" + ` says that it is meant. The screen shows the same before the verdict counts, and always where several things are
  judged at once. That most of it is "mine" surprises nobody and is not asked for. Undo works as ever.
- Mail proxies of providers, private addresses and carrier-grade NAT say nothing about where somebody is. Mobile
  carriers in the owner's country, new addresses at the same operator and a VPN that is used by habit alarm nobody.
- With a history that is too short for a baseline nothing is called unusual but what the user judged and what came with
  a key change, and that weighs less.
- Logins of other services, such as an exchange, are theirs and not the mailbox's. A statement that names no account is
  joined to an account that has notices of the same service, and the finding says so.

## Catalogue

`)
	titles := map[string]string{}
	for _, s := range Names() {
		titles[s.Name] = s.Help
	}
	for _, r := range Catalogue() {
		fmt.Fprintf(&b, "### %s: %s\n\n%s\n\n", r.ID, r.Title, r.Means)
		fmt.Fprintf(&b, "- Innocent: %s\n", r.Innocent)
		if r.Technique != "" {
			fmt.Fprintf(&b, "- ATT&CK: %s\n", r.Technique)
		}
		if r.Step != "" {
			fmt.Fprintf(&b, "- Step: %s\n", r.Step)
		}
		for _, n := range r.Needs {
			var kinds []string
			for _, k := range n.Kinds {
				kinds = append(kinds, "`"+k.String()+"`")
			}
			fmt.Fprintf(&b, "- Needs one of: %s\n", strings.Join(kinds, ", "))
		}
		for n, w := range r.Windows {
			if n == 0 {
				b.WriteString("- Settings: ")
			} else {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "`%s`", w)
			if n == len(r.Windows)-1 {
				b.WriteString("\n")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("## Settings\n\nThey can be changed for a case; what differs from the default is written in the report.\n\n| setting | default | range | decides |\n|---|---|---|---|\n")
	for _, s := range Names() {
		fmt.Fprintf(&b, "| `%s` | %s | %s to %s | %s |\n", s.Name, s.Default, s.Lowest, s.Highest, s.Help)
	}
	return b.String()
}
