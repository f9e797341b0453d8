package xlsx

import "context"

// glossary lists the words of the report.
var glossaryWords = [][2]string{
	{"account", "The mail account, or the account at a service, that an event is about."},
	{"alert", "The source itself calls it suspicious, or a mail imitates a service."},
	{"app password", "A password made for one program. It opens the mailbox without the second factor, and often survives a change of the main password. Providers also call it secure mail key or application credential."},
	{"campaign", "Incidents that share a source: a network, a client, a pattern of key names, a destination."},
	{"certainty", "observed, reported or inferred: how directly the evidence speaks. See the sheet Read me."},
	{"consent-granted", "An app or service was given access to the account."},
	{"coverage", "For which time, and of what, a source can speak."},
	{"custody log", "Who did what to the evidence and when. Each entry holds the hash of the one before it."},
	{"event", "One dated fact, taken from one record."},
	{"evidence", "One file or folder as it was received, with its size and its SHA-256."},
	{"forwarding-set", "Mail is sent on to another address."},
	{"funds-sent, funds-received", "Money or coins left or came, as a notice or a statement says."},
	{"incident", "Findings about one account that form one attack, in order, each with the reason why it belongs, and the steps that are missing."},
	{"item", "A readable part of evidence: a file in an archive, a folder of a mailbox."},
	{"key-created, key-removed", "An app password or mail key was made or revoked."},
	{"login-succeeded, login-failed", "A sign-in to the mailbox or to a service."},
	{"mail-deleted", "A mail was moved to the trash or marked as deleted. It may still be there."},
	{"mail-missing", "A mail was there, or must have been, and is not: this is inferred, and has bounds instead of a moment."},
	{"mail-purged", "A mail was removed for good."},
	{"Message-ID", "The name that a mail carries wherever it goes; it joins a notice with its deletion."},
	{"loss", "Money that left, by exact amount and asset. Its value is the one that a statement gives."},
	{"notice", "A mail in which a service says that something happened. A rule recognises it; the state says whether its sender is verified."},
	{"place of the record", "Where the record begins in its item, counted in bytes from 0 after unpacking, how long it is, and its line where lines mean something."},
	{"record", "One entry as the source wrote it."},
	{"recorded n times", "The same fact stands in several records or sources. It is one event; the .csv and .jsonl list the other places."},
	{"recovery-changed", "Recovery address, phone or security questions were changed."},
	{"reset-requested, password-changed", "A password reset was asked for, or a verification mail came; a password was changed."},
	{"reversal", "A row of a statement that undoes another one: a withdrawal that failed and came back."},
	{"rule-set", "A rule of the mailbox was made or changed, for instance one that hides mails."},
	{"second-factor-changed", "A second factor was added, removed or changed."},
	{"session", "The source's own name for one connection: what has the same one was done by the same program."},
	{"session-revoked", "Open sign-ins were ended."},
	{"SHA-256", "A checksum: the same bytes give the same value, and no way is known to make other bytes that give it."},
	{"score", "From 0 to 1: how much of an attack is on record, and how firmly it is joined. It is no probability."},
	{"silence", "The longest time in which a source has no event, between its first and its last. It may mean that nothing happened, or that nothing was written."},
	{"verdict", "What the user said of an address, network, client, key or account: mine or not mine."},
	{"warning", "Something that could not be read, with its place."},
}

func (b *book) glossary() *sheet {
	return &sheet{name: "Glossary", table: true, wraps: true, rows: len(glossaryWords), columns: []column{{"Word", 34}, {"What it means here", 120}},
		body: func(_ context.Context, r *rows) error {
			for _, w := range glossaryWords {
				if err := r.next(); err != nil {
					return err
				}
				r.wrap(b.st.bold, w[0])
				r.wrap(b.st.lead, w[1])
			}
			return nil
		}}
}
