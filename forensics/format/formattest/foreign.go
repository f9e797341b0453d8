package formattest

import "bytes"

// Foreign are inputs that no format of the program knows, by name.
func Foreign() map[string][]byte {
	return map[string][]byte{
		"groceries_csv": []byte("date,item,price\n2024-03-01,apples,2.40\n2024-03-02,\"bread, dark\",3.10\n"),
		"png":           append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06\x00\x00\x00"), random(200)...),
		"go":            []byte("package main\n\nimport \"fmt\"\n\n// From here on: nothing.\nfunc main() {\n\tfmt.Println(\"Subject: hello\")\n}\n"),
		"html":          []byte("<!DOCTYPE html>\n<html><head><title>Login</title></head>\n<body><p>From: nobody</p></body></html>\n"),
		"prose":         []byte("From the window she saw the mail come.\n\nTo her it was all one: the letter, the login, the key.\nSubject closed, she said.\n"),
		"json":          []byte(`{"name":"left-pad","version":"1.0.0","items":[{"a":1},{"a":2}],"events":"none"}`),
		"json_lines":    []byte("{\"level\":\"info\",\"msg\":\"started\"}\n{\"level\":\"warn\",\"msg\":\"slow\"}\n"),
		"ini":           []byte("[mail]\nuser = pat\nDate = never\n"),
		"kernel_log":    []byte("Jan  2 03:04:05 host kernel: [    0.000000] Linux version 6.1\nJan  2 03:04:06 host systemd[1]: Started cron.\n"),
		"blank_lines":   bytes.Repeat([]byte("\n"), 500),
		"zeros":         make([]byte, 4096),
		"random":        random(70000),
	}
}

// Known are tiny samples of the families, by the name of their format: what one knows,
// the others must not match.
func Known() map[string][]byte {
	return map[string][]byte{
		"mailbox/mbox": []byte("From pat@example.org Mon Nov 14 03:12:07 2022\nFrom: Pat <pat@example.org>\nTo: sam@example.net\n" +
			"Subject: hello\nDate: Mon, 14 Nov 2022 03:12:07 +0000\nMessage-ID: <1@example.org>\n\nHello.\n\n"),
		"mailbox/eml": []byte("Received: from mx.example.org (mx.example.org [192.0.2.1]) by mail.example.net with ESMTP; Mon, 14 Nov 2022 03:12:08 +0000\r\n" +
			"From: Pat <pat@example.org>\r\nTo: sam@example.net\r\nSubject: hello\r\nDate: Mon, 14 Nov 2022 03:12:07 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nHello.\r\n"),
		"microsoft/unified-audit": []byte("RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n" +
			"7c1e0b52-0000-4000-8000-000000000001,2022-11-14T03:12:07.0000000Z,15,UserLoggedIn,pat@example.org,\"{\"\"CreationTime\"\":\"\"2022-11-14T03:12:07\"\",\"\"Id\"\":\"\"7c1e0b52-0000-4000-8000-000000000001\"\"," +
			"\"\"Operation\"\":\"\"UserLoggedIn\"\",\"\"RecordType\"\":15,\"\"Workload\"\":\"\"AzureActiveDirectory\"\",\"\"UserId\"\":\"\"pat@example.org\"\",\"\"ClientIP\"\":\"\"192.0.2.7\"\"}\",,\r\n"),
		"google/workspace-audit": []byte(`{"kind":"admin#reports#activities","items":[{"kind":"admin#reports#activity","id":{"time":"2022-11-14T03:12:07.429Z","uniqueQualifier":"-42",` +
			`"applicationName":"login","customerId":"C0example"},"actor":{"email":"pat@example.org","profileId":"1"},"ipAddress":"192.0.2.7",` +
			`"events":[{"type":"login","name":"login_success","parameters":[{"name":"login_type","value":"google_password"}]}]}]}`),
		"google/takeout-access-log": []byte("Gaia ID,Activity Timestamp,IP Address,Proxiedhost IP Address,Is Non-routable IP Address,Activity Country,Activity Region,Activity City,User Agent String," +
			"Product Name,Sub-Product Name,Referer Product Name,Referer Sub-Product Name,Activity Type,Gmail Access Channel,Android Webview Package Name\n" +
			"1,2022-11-14 03:12:07 UTC,192.0.2.7,,,NL,,,Mozilla/5.0,Gmail,,,,Login,,\n"),
		"okta/system-log": []byte(`[{"actor":{"id":"00u1example","type":"User","alternateId":"pat@example.org","displayName":"Pat"},"client":{"ipAddress":"192.0.2.7"},"displayMessage":"User login to Okta",` +
			`"eventType":"user.session.start","outcome":{"result":"SUCCESS","reason":null},"published":"2022-11-14T03:12:07.429Z","severity":"INFO","uuid":"7c1e0b52-0000-4000-8000-000000000001","version":"0","target":null}]`),
		"mailserver/dovecot": []byte("Nov 14 03:12:07 mail dovecot: imap-login: Login: user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, mpid=4242, TLS, session=<abcdefgh>\n" +
			"Nov 14 03:12:09 mail dovecot: imap(pat@example.org)<4242><abcdefgh>: delete: box=INBOX, uid=7, msgid=<1@example.org>, size=812\n"),
		"statement/coinbase": []byte("ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n" +
			"0001,2022-11-14 03:30:00 UTC,Send,BTC,-0.5,USD,$16000.00,-$8000.00,-$8000.00,$0.00,Sent 0.5 BTC\n"),
	}
}
