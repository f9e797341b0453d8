package attacktest

import (
	"fmt"
	"time"

	"keytrail/forensics"
)

// service is where the owner has an account that a mailbox opens.
type service struct {
	id, name, domain string
	from             string
	host             string
	money            bool
	wallet           string // the owner's own, where he sends to
	held             float64
}

// allServices are drawn from. The first three hold money.
func allServices() []*service {
	return []*service{
		{id: "coinbase", name: "Coinbase", domain: "coinbase.com", from: "no-reply@coinbase.com", host: "o1.mail.coinbase.com", money: true},
		{id: "kraken", name: "Kraken", domain: "kraken.com", from: "noreply@kraken.com", host: "mail3.kraken.com", money: true},
		{id: "gemini", name: "Gemini", domain: "gemini.com", from: "no-reply@gemini.com", host: "mx2.gemini.com", money: true},
		{id: "paypal", name: "PayPal", domain: "paypal.com", from: "service@paypal.com", host: "mx1.slc.paypal.com"},
		{id: "amazon", name: "Amazon", domain: "amazon.com", from: "account-update@amazon.com", host: "a8-31.smtp-out.amazonses.com"},
	}
}

// mail makes a letter of the service; kind is what the notice rules ought to make of it.
func (g *generator) mail(s *service, at time.Time, kind forensics.Kind, subject, body string) *letter {
	return g.letter(&letter{from: s.from, name: s.name, host: s.host, at: at, subject: subject, body: body, verdict: "pass", kind: kind})
}

func (g *generator) resetMail(s *service, at time.Time) *letter {
	return g.mail(s, at, forensics.ResetRequested, "Reset your password",
		"Somebody asked to reset the password of your "+s.name+" account.\nFollow the link within 24 hours.\n")
}

func (g *generator) codeMail(s *service, at time.Time) *letter {
	return g.mail(s, at, forensics.ResetRequested, "Your verification code", fmt.Sprintf("Your code is %06d. It is valid for ten minutes.\n", g.r.IntN(1e6)))
}

func (g *generator) deviceMail(s *service, at time.Time, ip, device string) *letter {
	return g.mail(s, at, forensics.ResetRequested, "Authorize this device", "IP address: "+ip+"\nDevice: "+device+"\n\nA new device asks for access to your account.\n")
}

func (g *generator) confirmMail(s *service, at time.Time, m *transfer) *letter {
	return g.mail(s, at, forensics.ResetRequested, "Confirm your withdrawal", "A withdrawal of "+m.amount+" "+m.asset+" waits for you.\n")
}

func (g *generator) signInMail(s *service, at time.Time, ip, device string) *letter {
	subject := "New sign-in to " + s.name
	switch s.id {
	case "kraken", "gemini":
		subject = "New sign-in to your account"
	case "paypal":
		subject = "New device login to your PayPal account"
	case "amazon":
		subject = "New sign-in to your Amazon account"
	}
	return g.mail(s, at, forensics.LoginSucceeded, subject, "IP address: "+ip+"\nDevice: "+device+"\n\nIf this was you, there is nothing to do.\n")
}

func (g *generator) changedMail(s *service, at time.Time) *letter {
	subject := "Your password was changed"
	switch s.id {
	case "paypal":
		subject = "Your PayPal password was changed"
	case "amazon":
		subject = "Your Amazon.com password was changed"
	}
	return g.mail(s, at, forensics.PasswordChanged, subject, "The password of your account is a new one.\n")
}

func (g *generator) sentMail(s *service, at time.Time, m *transfer) *letter {
	if s.id == "coinbase" {
		return g.mail(s, at, forensics.FundsSent, "You just sent "+m.amount+" "+m.asset+" to "+m.to, "It is on its way.\n")
	}
	return g.mail(s, at, forensics.FundsSent, "Withdrawal successful", "Your withdrawal of "+m.amount+" "+m.asset+" to "+m.to+" is on its way.\n")
}

// provider is who keeps the mailbox and writes its notices.
type provider struct {
	id     string
	from   string
	name   string
	host   string
	notify bool // tells about keys by mail
}

// keyMail is the provider's notice of a new key, nil where it sends none.
func (g *generator) keyMail(at time.Time, key string) *letter {
	if !g.provider.notify {
		return nil
	}
	l := &letter{from: g.provider.from, name: g.provider.name, host: g.provider.host, at: at, verdict: "pass", kind: forensics.KeyCreated, key: key}
	switch g.provider.id {
	case "google":
		l.subject = "Security alert"
		l.body = "App password created to sign in to your account\n" + g.c.Account +
			"\nIf you didn't generate this password for " + key + ", someone might be using your account. Check and secure your account now.\n"
	case "yahoo":
		l.subject = "Security settings changed on your Yahoo account"
		l.body = "Hello,\nAn app password for " + key + " was generated. A new app password opens your mail.\n"
	case "att":
		l.subject = "Your new secure mail key"
		l.body = "Hello,\nA secure mail key named " + key + " was created.\n"
	default:
		l.subject = "New app password added"
		l.body = "Hello,\nthe app password was named " + key + ".\n"
	}
	return g.letter(l)
}

// keyGoneMail is the provider's notice of a key that was removed, nil where it sends none.
func (g *generator) keyGoneMail(at time.Time, key string) *letter {
	if !g.provider.notify || g.provider.id == "yahoo" {
		return nil
	}
	l := &letter{from: g.provider.from, name: g.provider.name, host: g.provider.host, at: at, verdict: "pass", kind: forensics.KeyRemoved}
	switch g.provider.id {
	case "google":
		l.subject, l.body = "Security alert", "App password removed\n"+g.c.Account+"\n"
	case "att":
		l.subject, l.body, l.key = "Secure mail key removed", "Your secure mail key \""+key+"\" is no longer valid.\n", key
	default:
		l.subject, l.body = "App password removed", "The app password "+key+" is no longer valid.\n"
	}
	return g.letter(l)
}

// passwordMail is the provider's notice of a changed password, nil where it sends none.
func (g *generator) passwordMail(at time.Time) *letter {
	if !g.provider.notify {
		return nil
	}
	l := &letter{from: g.provider.from, name: g.provider.name, host: g.provider.host, at: at, verdict: "pass", kind: forensics.PasswordChanged}
	if g.provider.id == "google" {
		l.subject, l.body = "Security alert", "Your password was changed\n"+g.c.Account+"\nThe password was changed just now.\n"
	} else {
		l.subject, l.body = "Your password was changed", "The password of your mailbox is a new one.\n"
	}
	return g.letter(l)
}

// recoveryMail is the provider's notice of a changed recovery address, nil where it sends none.
func (g *generator) recoveryMail(at time.Time) *letter {
	if !g.provider.notify {
		return nil
	}
	l := &letter{from: g.provider.from, name: g.provider.name, host: g.provider.host, at: at, verdict: "pass", kind: forensics.RecoveryChanged}
	if g.provider.id == "google" {
		l.subject, l.body = "Security alert", "Recovery email was changed\n"+g.c.Account+"\n"
	} else {
		l.subject, l.body = "Your recovery email was changed", "From now on we write to another address when you forget your password.\n"
	}
	return g.letter(l)
}

// consentMail is Google's notice of an application that was let in, nil from others.
func (g *generator) consentMail(at time.Time, app string) *letter {
	if g.provider.id != "google" {
		return nil
	}
	return g.letter(&letter{from: g.provider.from, name: g.provider.name, host: g.provider.host, at: at, verdict: "pass", kind: forensics.ConsentGranted,
		subject: "Security alert", body: app + " was granted access to your Google Account\n" + g.c.Account + "\nIf you did not grant access, you should check this activity.\n"})
}
