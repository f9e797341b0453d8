package detect

import (
	"testing"

	"keytrail/forensics"
)

const (
	gmailInner = "by 2002:a05:7300:b85:b0:c1:1:2 with SMTP id a1; Mon, 14 Nov 2022 03:04:06 -0800 (PST)"
	gmailOuter = "from mail.example.org (mail.example.org. [192.0.2.7]) by mx.google.com with ESMTPS id b2 for <pat@gmail.com>; Mon, 14 Nov 2022 03:04:05 -0800 (PST)"
	// What a sender writes to look like Gmail.
	forged = "from mail.coinbase.com (mail.coinbase.com. [192.0.2.9]) by mx.google.com with ESMTPS id c3; Mon, 14 Nov 2022 03:04:00 -0800 (PST)"
)

func TestVerdict(t *testing.T) {
	type v = forensics.AuthVerdict
	google := func(method, result, domain string, below int) v {
		return v{Server: "mx.google.com", Method: method, Result: result, Domain: domain, Below: below}
	}
	tests := map[string]struct {
		received []string
		headers  map[string][]string
		auth     []v
		account  string
		from     string // coinbase.com where empty
		want     forensics.Sender
	}{
		"gmail_pass":           {received: []string{gmailInner, gmailOuter}, auth: []v{google("dkim", "pass", "coinbase.com", 2), google("dmarc", "pass", "coinbase.com", 2)}, want: forensics.SenderAuthenticated},
		"gmail_dkim_only":      {received: []string{gmailInner, gmailOuter}, auth: []v{google("dkim", "pass", "coinbase.com", 2)}, want: forensics.SenderAuthenticated},
		"gmail_dmarc_fail":     {received: []string{gmailInner, gmailOuter}, auth: []v{google("dkim", "none", "", 2), google("dmarc", "fail", "coinbase.com", 2)}, want: forensics.SenderFailed},
		"dkim_fail":            {received: []string{gmailOuter}, auth: []v{google("dkim", "fail", "coinbase.com", 1)}, want: forensics.SenderFailed},
		"dkim_neutral":         {received: []string{gmailOuter}, auth: []v{google("dkim", "neutral", "coinbase.com", 1)}, want: forensics.SenderUnknown},
		"dkim_of_another":      {received: []string{gmailOuter}, auth: []v{google("dkim", "pass", "amazonses.com", 1)}, want: forensics.SenderUnknown},
		"dkim_of_another_fail": {received: []string{gmailOuter}, auth: []v{google("dkim", "fail", "amazonses.com", 1), google("dkim", "pass", "coinbase.com", 1)}, want: forensics.SenderAuthenticated},
		"two_signatures":       {received: []string{gmailOuter}, auth: []v{google("dkim", "fail", "coinbase.com", 1), google("dkim", "pass", "coinbase.com", 1)}, want: forensics.SenderAuthenticated},
		"spf_only":             {received: []string{gmailOuter}, auth: []v{google("spf", "pass", "coinbase.com", 1)}, want: forensics.SenderUnknown},
		"spf_fail_only":        {received: []string{gmailOuter}, auth: []v{google("spf", "fail", "coinbase.com", 1)}, want: forensics.SenderUnknown},
		"subdomain_aligned":    {received: []string{gmailOuter}, auth: []v{google("dkim", "pass", "updates.coinbase.com", 1)}, want: forensics.SenderAuthenticated},
		"no_verdict":           {received: []string{gmailOuter}, want: forensics.SenderUnknown},
		"below_the_block": {received: []string{gmailOuter, forged}, auth: []v{google("dmarc", "pass", "coinbase.com", 2)},
			want: forensics.SenderUnknown},
		"forged_after_fail": {received: []string{gmailOuter}, auth: []v{google("dmarc", "fail", "coinbase.com", 1), google("dmarc", "pass", "coinbase.com", 1)},
			want: forensics.SenderFailed},
		"forged_dkim_after_own": {received: []string{gmailOuter},
			headers: map[string][]string{"Authentication-Results": {"mx.google.com; dkim=fail header.d=coinbase.com", "mx.google.com; dkim=pass header.d=coinbase.com"}},
			auth:    []v{google("dkim", "fail", "coinbase.com", 1), google("dkim", "pass", "coinbase.com", 1)}, want: forensics.SenderFailed},
		"forged_dkim_after_none": {received: []string{gmailOuter},
			headers: map[string][]string{"Authentication-Results": {"mx.google.com; dkim=none", "mx.google.com; dkim=pass header.d=coinbase.com"}},
			auth:    []v{google("dkim", "none", "", 1), google("dkim", "pass", "coinbase.com", 1)}, want: forensics.SenderUnknown},
		"name_of_the_sender": {received: []string{gmailOuter}, auth: []v{{Server: "mx.coinbase.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com", Below: 1}},
			want: forensics.SenderUnknown},
		"name_of_another_provider": {received: []string{gmailOuter}, auth: []v{{Server: "mta1.yahoo.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com", Below: 1}},
			want: forensics.SenderUnknown},
		"att_on_yahoo": {received: []string{"from 203.0.113.5 (EHLO mail.example.org) by atlas101.aol.mail.bf1.yahoo.com with SMTPs; Mon, 14 Nov 2022 11:04:05 +0000"}, account: "pat@att.net",
			auth: []v{{Server: "atlas101.free.mail.bf1.yahoo.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com", Below: 1}}, want: forensics.SenderAuthenticated},
		"exchange_without_server": {received: []string{
			"from BN1PR01MB1.namprd01.prod.outlook.com (2603:10b6:408:1::1) by BN2PR01MB2.namprd01.prod.outlook.com with HTTPS; Mon, 14 Nov 2022 11:04:06 +0000",
			"from mail.example.org (192.0.2.7) by BN8NAM11FT001.mail.protection.outlook.com (10.13.1.1) with Microsoft SMTP Server; Mon, 14 Nov 2022 11:04:05 +0000"},
			auth: []v{{Method: "dkim", Result: "pass", Domain: "coinbase.com", Below: 2}, {Method: "dmarc", Result: "pass", Domain: "coinbase.com", Below: 2}}, want: forensics.SenderAuthenticated},
		"no_server_elsewhere": {received: []string{gmailOuter}, auth: []v{{Method: "dmarc", Result: "pass", Domain: "coinbase.com", Below: 1}}, want: forensics.SenderUnknown},
		"own_server": {received: []string{"from mail.sender.example (mail.sender.example [192.0.2.7]) by mx1.example.com (Postfix) with ESMTPS id 1; Mon, 14 Nov 2022 11:04:05 +0000"},
			auth: []v{{Server: "mail.example.com", Method: "dkim", Result: "pass", Domain: "coinbase.com", Below: 1}}, want: forensics.SenderAuthenticated},
		"own_domain_behind_nameless_hop": {received: []string{"from localhost ([127.0.0.1]) by mail with LMTP", "from x (y.sender.example [192.0.2.7]) by mx.example.com with ESMTP"}, account: "pat@example.com",
			auth: []v{{Server: "mx.example.com", Method: "dkim", Result: "pass", Domain: "coinbase.com", Below: 2}}, want: forensics.SenderAuthenticated},
		"foreign_domain_behind_nameless_hop": {received: []string{"by mail with LMTP", gmailOuter}, account: "pat@example.com",
			auth: []v{google("dmarc", "pass", "coinbase.com", 2)}, want: forensics.SenderUnknown},
		"fetched_by_the_same_host": {received: []string{"from localhost ([127.0.0.1]) by mail with LMTP", gmailOuter}, account: "pat@example.com",
			auth: []v{google("dmarc", "pass", "coinbase.com", 2)}, want: forensics.SenderAuthenticated},
		"own_domain_at_fastmail": {received: []string{
			"from compute1.internal (compute1.nyi.internal [10.202.2.41]) by sloti1t1 (Cyrus 3.9) with LMTPA; Mon, 14 Nov 2022 06:04:06 -0500",
			"from mx1 ([10.202.2.200]) by compute1.internal (LMTPProxy); Mon, 14 Nov 2022 06:04:06 -0500",
			"from mx1.messagingengine.com (localhost [127.0.0.1]) by mailmx.nyi.internal (Postfix) with ESMTP id 1; Mon, 14 Nov 2022 06:04:05 -0500",
			"from mail.sender.example (mail.sender.example [192.0.2.7]) by mx1.messagingengine.com (Postfix) with ESMTPS id 2; Mon, 14 Nov 2022 06:04:05 -0500"},
			account: "pat@example.com", auth: []v{{Server: "mx1.messagingengine.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com", Below: 4}}, want: forensics.SenderAuthenticated},
		"nameless_hosts_of_icloud": {received: []string{
			"from p1-mailgateway-smtp-1.apple.com by p1-mailgateway-smtp-2 (mailgateway 1) with SMTP id 1; Mon, 14 Nov 2022 11:04:06 GMT",
			"from mail.sender.example (mail.sender.example [192.0.2.7]) by mx01.mail.icloud.com (mx) with ESMTPS id 2; Mon, 14 Nov 2022 11:04:05 GMT"},
			account: "pat@me.com", auth: []v{{Server: "dmarc.icloud.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com", Below: 2}}, want: forensics.SenderAuthenticated},
		"nameless_server_takes_mail_from_outside": {received: []string{"from evil ([203.0.113.66]) by mail with ESMTP", gmailOuter}, account: "pat@example.com",
			auth: []v{google("dmarc", "pass", "coinbase.com", 1)}, want: forensics.SenderUnknown},
		"no_received_known_provider":  {auth: []v{google("dmarc", "pass", "coinbase.com", 0)}, want: forensics.SenderAuthenticated},
		"no_received_unknown_server":  {auth: []v{{Server: "mx.evil.example", Method: "dmarc", Result: "pass", Domain: "coinbase.com"}}, want: forensics.SenderUnknown},
		"no_received_account_domain":  {account: "pat@example.com", auth: []v{{Server: "mail.example.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com"}}, want: forensics.SenderAuthenticated},
		"arc_of_the_receiver":         {received: []string{gmailInner, gmailOuter}, auth: []v{{Server: "mx.google.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com", ARC: true, Below: 1}}, want: forensics.SenderAuthenticated},
		"arc_of_somebody":             {received: []string{gmailInner, gmailOuter}, auth: []v{{Server: "arc.evil.example", Method: "dmarc", Result: "pass", Domain: "coinbase.com", ARC: true, Below: 1}}, want: forensics.SenderUnknown},
		"arc_pass_own_fail":           {received: []string{gmailOuter}, auth: []v{google("dmarc", "fail", "coinbase.com", 1), {Server: "mx.google.com", Method: "dmarc", Result: "pass", Domain: "coinbase.com", ARC: true, Below: 1}}, want: forensics.SenderFailed},
		"dmarc_for_a_list":            {received: []string{gmailOuter}, auth: []v{google("dmarc", "pass", "list.example", 1)}, want: forensics.SenderUnknown},
		"first_copy_broken_then_pass": {received: []string{gmailInner, gmailOuter}, auth: []v{google("dkim", "fail", "coinbase.com", 0), google("dkim", "pass", "coinbase.com", 2), google("dmarc", "pass", "coinbase.com", 2)}, want: forensics.SenderAuthenticated},
		"other_domain_of_the_brand":   {received: []string{gmailOuter}, from: "paypal.de", auth: []v{google("dkim", "pass", "paypal.com", 1)}, want: forensics.SenderAuthenticated},
	}
	n := load(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			domain := tt.from
			if domain == "" {
				domain = "coinbase.com"
			}
			m := &forensics.Mail{From: "no-reply@" + domain, Auth: tt.auth, Header: func(h string) []string {
				if h == "Received" {
					return tt.received
				}
				return tt.headers[h]
			}}
			r := newReceiver(header(m, "Received"), tt.account)
			if got := n.verdict(m, &r, n.brandOf(domain), domain); got != tt.want {
				t.Errorf("got %s, want %s; receiver %+v", got, tt.want, r)
			}
		})
	}
}

func TestParseReceived(t *testing.T) {
	tests := map[string]struct{ in, by, from string }{
		"gmail":             {gmailOuter, "google", "example.org"},
		"gmail_inner":       {gmailInner, "google", ""},
		"postfix":           {"from evil.example (unknown [203.0.113.66]) by mx.example.com (Postfix) with ESMTP id 1", "example.com", "outside"},
		"helo_lies":         {"from mx.example.com (host.evil.example [203.0.113.66]) by mx.example.com with ESMTP", "example.com", "evil.example"},
		"by_in_comment":     {"from a.example ([192.0.2.1] by mx.google.com) by mx.example.com with ESMTP", "example.com", "a.example"},
		"loopback":          {"from localhost (localhost [127.0.0.1]) by mx.example.com with ESMTP", "example.com", ""},
		"loopback_by_helo":  {"from mx.example.net (localhost [127.0.0.1]) by mx.example.com with ESMTP", "example.com", ""},
		"internal_name":     {"from a.internal (a.internal [10.0.0.1]) by b.internal with LMTP", "", ""},
		"exchange_inner":    {"from A.prod.outlook.com (2603:10b6:408:1::1) by B.prod.outlook.com with HTTPS", "microsoft", "microsoft"},
		"exchange_outer":    {"from mail.example.org (192.0.2.7) by B.mail.protection.outlook.com (10.13.1.1) with SMTP", "microsoft", "example.org"},
		"yahoo_inner":       {"from 10.217.136.77 by atlas1.omega.yahoo.com pod-id x with HTTP", "yahoo", ""},
		"private":           {"from [10.0.0.3] by mx.example.com with ESMTP", "example.com", ""},
		"literal":           {"from [198.51.100.3] by mx.example.com with ESMTP", "example.com", "outside"},
		"open_parenthesis":  {"from a.example ((((( by mx.example.com", "", "a.example"},
		"qmail":             {"(qmail 1234 invoked by uid 89); 14 Nov 2022 11:04:05 -0000", "", ""},
		"country_code":      {"from mail.shop.co.uk (mail.shop.co.uk [192.0.2.1]) by mx.example.com.au with ESMTP", "example.com.au", "shop.co.uk"},
		"empty":             {"", "", ""},
		"address_and_comma": {"from x (x.example [192.0.2.1]) by 192.0.2.9 with SMTP", "", "x.example"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := parseReceived(tt.in)
			if got := h.byOrg(); got != tt.by {
				t.Errorf("by: got %q, want %q", got, tt.by)
			}
			if got := h.fromOrg(); got != tt.from {
				t.Errorf("from: got %q, want %q", got, tt.from)
			}
		})
	}
}
