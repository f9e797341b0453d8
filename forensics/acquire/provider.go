package acquire

import (
	"fmt"
	"strings"
)

// Provider is what is known of a mail provider: where its server is, and what a person has to
// do before a program may read the mailbox.
type Provider struct {
	Name    string
	Host    string
	Domains []string // of addresses
	Hosts   []string // further names of the server
	OAuth   bool     // passwords do not work at all
	HowTo   string   // one line: how to make the password that IMAP wants, or the token
	Most    uint32   // messages of a folder that the server shows; 0: all
	Export  string   // the host that shows all of them, where one is known
}

// Providers lists the known ones. Menus move: where a line no longer fits, the provider's help
// has the place under "app password". Making one is an event of the very kind that the timeline
// looks for: note the minute.
func Providers() []Provider {
	const yahooHow = "make an app password at login.yahoo.com/account/security, \"Generate app password\"; the usual password does not work"
	const yahooExport = "export.imap.mail.yahoo.com"
	const gmxHow = "switch on IMAP in the web mail under Settings, POP3 & IMAP; with two-factor login also make an app-specific password there"
	return []Provider{
		{Name: "AT&T", Host: "imap.mail.att.net",
			Domains: []string{"att.net", "sbcglobal.net", "bellsouth.net", "ameritech.net", "pacbell.net", "swbell.net", "prodigy.net", "nvbell.net",
				"flash.net", "snet.net", "wans.net", "currently.com"},
			Most:  10_000, // it is run by Yahoo
			HowTo: "make a secure mail key at att.com, Profile, Sign-in info, the mail account, \"Manage secure mail key\", and use it in place of the password"},
		{Name: "Yahoo", Host: "imap.mail.yahoo.com", Domains: []string{"yahoo.*", "yahoo.co.*", "yahoo.com.*", "ymail.com", "rocketmail.com", "myyahoo.com"},
			Most: 10_000, Export: yahooExport, HowTo: yahooHow}, // https://help.yahoo.com/kb/SLN28681.html
		{Name: "Yahoo", Host: yahooExport, HowTo: yahooHow},
		{Name: "AOL", Host: "imap.aol.com", Domains: []string{"aol.com", "aim.com", "verizon.net"},
			HowTo: "make an app password at login.aol.com/account/security, \"Generate app password\"; the usual password does not work"},
		{Name: "Gmail", Host: "imap.gmail.com", Domains: []string{"gmail.com", "googlemail.com"},
			HowTo: "make an app password at myaccount.google.com/apppasswords (2-Step Verification has to be on), or use --token-command; the usual password does not work"},
		{Name: "Outlook.com and Microsoft 365", Host: "outlook.office365.com", Hosts: []string{"imap-mail.outlook.com"}, OAuth: true,
			Domains: []string{"outlook.*", "outlook.com.*", "outlook.co.*", "hotmail.*", "hotmail.co.*", "hotmail.com.*", "live.*", "live.co.*", "live.com.*", "msn.com", "passport.com"},
			HowTo: "Microsoft takes OAuth tokens only: give a program that prints one with --token-command; IMAP has to be on in Settings, Mail, Forwarding and IMAP. " +
				"Without one, export the mailbox from Outlook (File, Open & Export) and use: keytrail add"},
		{Name: "iCloud", Host: "imap.mail.me.com", Domains: []string{"icloud.com", "me.com", "mac.com"},
			HowTo: "make an app-specific password at account.apple.com, Sign-In and Security; the user is the part before the @ where the whole address is refused"},
		{Name: "Fastmail", Host: "imap.fastmail.com", Domains: []string{"fastmail.com", "fastmail.fm", "fastmail.net", "fastmail.org", "fastmail.us", "sent.com"},
			HowTo: "make an app password in Settings, Privacy & Security, Connected apps & API tokens, with access to mail; the usual password does not work, and Basic plans have no IMAP"},
		{Name: "GMX", Host: "imap.gmx.net", Domains: []string{"gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.eu", "gmx.li"}, HowTo: gmxHow},
		{Name: "GMX", Host: "imap.gmx.com", Domains: []string{"gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr", "gmx.es", "gmx.it"}, HowTo: gmxHow},
		{Name: "mail.com", Host: "imap.mail.com", Domains: []string{"mail.com", "email.com", "usa.com"}, HowTo: gmxHow},
		{Name: "WEB.DE", Host: "imap.web.de", Domains: []string{"web.de", "email.de"}, HowTo: gmxHow},
	}
}

// providerOfDomain finds the provider of an address by what stands behind the @.
func providerOfDomain(domain string) *Provider {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	for _, p := range Providers() {
		for _, d := range p.Domains {
			base, country := strings.CutSuffix(d, "*")
			if d == domain || country && len(domain) > len(base) && strings.HasPrefix(domain, base) && !strings.Contains(domain[len(base):], ".") {
				return &p
			}
		}
	}
	return nil
}

func providerOfHost(host string) *Provider {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, p := range Providers() {
		if p.Host == host {
			return &p
		}
		for _, h := range p.Hosts {
			if h == host {
				return &p
			}
		}
	}
	return nil
}

// cuts says where a folder shows exactly as many messages as the provider lets be seen.
func (p *Provider) cuts(f *FolderInfo, user string) string {
	n := len(f.Observations)
	if p == nil || p.Most == 0 || n == 0 || f.Observations[n-1].Messages < p.Most {
		return ""
	}
	text := fmt.Sprintf("folder %q: %s shows no more than %d messages of a folder; older ones may be missing here", f.Name, p.Host, p.Most)
	if p.Export != "" {
		text += fmt.Sprintf(": imaps://%s@%s shows all", user, p.Export)
	}
	return text
}
