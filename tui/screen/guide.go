package screen

// guideOf is the plain-words way to the evidence of one kind of mailbox.
type guideOf struct {
	name string
	get  []string // how to get what the provider holds
	// token: the provider takes no password from a program, so that keytrail cannot copy the mailbox itself.
	token bool
}

// steps are what to do, in order: first what must not be lost.
func (g guideOf) steps(copies bool) []string {
	out := []string{
		"Before you change or delete anything, write down now what you saw and when: strange keys or app passwords, devices, mails, amounts. A password reset can wipe the list of keys; take pictures of the security pages first.",
	}
	if copies && !g.token {
		out = append(out, "Press i here: keytrail copies the whole mailbox, with Trash and Spam, and changes nothing in it. It asks for the address and the password, and says which password that has to be.")
	}
	out = append(out, g.get...)
	return append(out,
		"If money left: download the full account statement of the exchange or bank and keep it with the rest; keep every mail they sent, also those in Trash and Spam.",
		"Then press n here, give the case a name, and press a to add the files as they are, packed or not. keytrail only reads them, and says of every line where it comes from.",
		"Then 2 shows the incidents that were found, step by step, and t asks you what is yours, one question at a time: nobody else can know it. e writes the spreadsheet for the police, the exchange or your lawyer.",
	)
}

// guides lists what keytrail can lead to. What it cannot read is said to be kept, not to be
// added.
var guides = []guideOf{
	{"Gmail or another Google account", []string{
		"At takeout.google.com choose Mail and Access log activity. Google sends a link to an archive (.zip or .tgz) with the mailbox (.mbox) and the list of accesses inside. Leave it packed.",
		"A company's account: ask its administrator for the audit log: login, user accounts, token, admin and gmail (Reports API, JSON). Google keeps it for 180 days.",
	}, false},
	{"Outlook.com or Microsoft 365", []string{
		"A company's account: ask its administrator to search the audit log in the Microsoft Purview portal for your account, all activities, as far back as it goes, and to export it (CSV).",
		"Save the mailbox: in a mail program such as Thunderbird copy the folders, also Deleted Items and Junk, to a local folder; its files are mbox files.",
	}, true},
	{"AT&T, Yahoo or AOL (att.net, sbcglobal.net, bellsouth.net, yahoo.com, ...)", []string{
		"There is no log of keys and sign-ins to download. So the mailbox itself has to speak: save all of it now, with Trash and Spam. In a mail program such as Thunderbird copy the folders to a local folder; its files are mbox files.",
		"Do not ask for a restore of deleted mails before the copy is made: it can roll the whole mailbox back and lose what came since.",
		"The account page shows recent sign-ins and the secure mail keys: take pictures of both before you remove anything.",
	}, false},
	{"My own or my company's mail server", []string{
		"Ask for the mail server's log (Dovecot writes logins and deletions to /var/log/mail.log or dovecot.log), with the rotated, packed ones (.gz).",
		"Ask for a copy of the mailbox as it lies on the server (Maildir or mbox), best from a backup as well: two copies show what was taken out between them.",
	}, false},
	{"Somewhere else", []string{
		"Save the whole mailbox with Trash and Spam: in a mail program such as Thunderbird copy the folders to a local folder; its files are mbox files. Single mails saved as .eml do as well.",
		"Ask the provider in writing for the sign-in history of the account and for the list of app passwords with their dates.",
	}, false},
}
