package kittest

import (
	"fmt"
	"time"

	"keytrail/forensics"
)

// rowsOf are the rows and ends of the story's events of a kind on the day of the attack, in a span of it.
func rowsOf(events []forensics.Event, from, to time.Time, kinds ...forensics.Kind) (rows []int64, start, end int64) {
	for i := range events {
		e := &events[i]
		for _, k := range kinds {
			if at := e.Time.Nano; e.Kind == k && !e.Time.Unreliable && at >= from.UnixNano() && at < to.UnixNano() {
				if len(rows) == 0 {
					start = at
				}
				rows, end = append(rows, e.Row), at
			}
		}
	}
	return rows, start, end
}

// Analysis is what detection would say about the story: one incident in full, and a weak one.
func Analysis(events []forensics.Event) *forensics.Analysis {
	from := time.Date(2023, 2, 7, 3, 0, 0, 0, time.UTC)
	to := from.Add(time.Hour)
	step := func(name forensics.StepName, label, why, innocent string, joined []string, sure forensics.Certainty, kinds ...forensics.Kind) forensics.Step {
		rows, start, end := rowsOf(events, from, to, kinds...)
		return forensics.Step{Step: name, Label: label, Why: why, InnocentIf: innocent, JoinedBy: joined, Certainty: sure, Rows: rows, Start: start, End: end}
	}
	strong := forensics.Incident{
		ID: 2, Account: Account, Score: 0.97, Strength: "strong", Campaign: "A", State: "stopped by owner",
		Summary: "strong: five steps, joined by session b7Hf0w3D5L7LAHFN and by Coinbase within 29 minutes",
		Parts: []forensics.ScorePart{
			{Text: "five steps in the order of an attack", Value: 0.55}, {Text: "one session reads and deletes", Value: 0.22},
			{Text: "first use of this network in 129 days", Value: 0.15}, {Text: "money left", Value: 0.10}, {Text: "the key has a common name", Value: -0.05},
		},
		Steps: []forensics.Step{
			step(forensics.StepKey, `"Outlook-2"`, "a key that the owner never used before, 165 s before the first login from a new network", "the owner set up a new mail program", []string{"time window"}, forensics.Reported, forensics.KeyCreated),
			step(forensics.StepLogin, "203.0.113.77", "first use of this network, of this client and of a key by it in 129 days; 165 s after the key; own phone fails from 03:12:44 on", "a new mail program set up on a hosting network by the owner", []string{"same key", "time window"}, forensics.Observed, forensics.LoginSucceeded, forensics.MailRead),
			step(forensics.StepReset, "Coinbase, Gemini", "two services asked for a reset within 10 minutes of the login", "the owner asked for both resets", []string{"time window"}, forensics.Reported, forensics.ResetRequested),
			step(forensics.StepDeletion, "2 mails", "the mail of Coinbase was expunged 28 s after it came, in the same session; one more is missing between 03:24:02 and 03:24:39", "the owner deletes such mails at once", []string{"same session", "message-id"}, forensics.Observed, forensics.MailPurged, forensics.MailMissing),
			step(forensics.StepMoney, "2.41 BTC", "2.41 BTC left Coinbase 21 minutes after its reset", "the owner sent it", []string{"same service"}, forensics.Reported, forensics.FundsSent),
		},
		Missing:  []forensics.Missing{{Step: forensics.StepSettings, LookedIn: []string{"dovecot.log"}, NotCovered: []string{"no statement of Gemini for 2023-02", "no key log of the provider"}}},
		Loss:     []forensics.Loss{{Service: "Coinbase", Asset: "BTC", Amount: "2.41", ValueUSD: "55212.40"}},
		Entities: []string{"ip:203.0.113.77", "asn:64511", "key:Outlook-2"}, Services: []string{"coinbase", "gemini"},
	}
	for i := range strong.Steps {
		strong.Steps[i].Rules, strong.Steps[i].Technique = []string{fmt.Sprintf("LOG-%02d", i+1)}, "T1078.004"
	}
	strong.Start, strong.End = strong.Steps[0].Start, strong.Steps[4].End
	rows, start, end := rowsOf(events, to, to.Add(9*time.Hour), forensics.KeyRemoved)
	strong.Repair = []forensics.Step{{Step: forensics.StepKey, Owner: true, Label: `"Outlook-2" removed`, Why: "removed by the owner from an own network after the phone could not log in", Certainty: forensics.Observed, Rows: rows, Start: start, End: end}}

	early := time.Date(2022, 11, 14, 0, 0, 0, 0, time.UTC)
	rows, start, end = rowsOf(events, early, early.AddDate(0, 0, 1), forensics.LoginSucceeded)
	weak := forensics.Incident{
		ID: 1, Account: Account, Score: 0.41, Strength: "weak", Campaign: "A", Summary: "weak: one step, a login at an unusual hour", Start: start, End: end,
		Steps:   []forensics.Step{{Step: forensics.StepLogin, Label: "198.51.100.23", Why: "a login at an hour at which the owner never used the account", InnocentIf: "the owner was awake", Certainty: forensics.Observed, Rows: rows, Start: start, End: end, JoinedBy: []string{"time window"}}},
		Missing: []forensics.Missing{{Step: forensics.StepKey, LookedIn: []string{"dovecot.log"}}},
	}
	return &forensics.Analysis{
		Incidents: []forensics.Incident{weak, strong},
		Campaigns: []forensics.Campaign{{ID: "A", Incidents: []int64{1, 2}, Shared: []string{"network AS64511"}, First: weak.Start, Last: strong.Start, Text: "2 times since November 2022", Loss: strong.Loss}},
		Findings: []forensics.Finding{
			{Rule: "LOG-01", Account: Account, Step: forensics.StepLogin, Rows: strong.Steps[1].Rows, Start: strong.Steps[1].Start, Why: "told by the incident"},
			{Rule: "LOG-06", Account: Account, Step: forensics.StepLogin, Rows: []int64{31}, Start: events[30].Time.Nano, End: events[30].Time.Nano, Weight: 0.1, Why: "a login at an hour at which the account is seldom used: 4 of 202", InnocentIf: "the owner was awake"},
			{Rule: "DEL-03", Account: Account, Step: forensics.StepDeletion, Start: events[40].Time.Nano, Why: "a folder was emptied", InnocentIf: "the owner tidied up"},
		},
		NotChecked: []forensics.NotChecked{
			{Rule: "GAP-02", Title: "a reply to a mail that is not there", Why: "no such source: no second copy of the mailbox"},
			{Rule: "LOSS-03", Title: "a withdrawal after a reset", Account: Account, Why: "no such source: no statement of Gemini"},
		},
		Notes: []string{"the quiet time of pat@example.net is 129 days"},
	}
}

// Mark writes the incidents of an analysis into the events, as a case does when it hands them out.
func Mark(events []forensics.Event, a *forensics.Analysis) []forensics.Event {
	byRow := map[int64][]int64{}
	for i := range a.Incidents {
		in := &a.Incidents[i]
		for _, steps := range [][]forensics.Step{in.Steps, in.Repair} {
			for _, s := range steps {
				for _, row := range s.Rows {
					byRow[row] = append(byRow[row], in.ID)
				}
			}
		}
	}
	out := append([]forensics.Event{}, events...)
	for i := range out {
		out[i].Incidents = byRow[out[i].Row]
	}
	return out
}

// Entities is what acts in the story.
func Entities() []forensics.Entity {
	day := func(y, m, d int) int64 { return time.Date(y, time.Month(m), d, 8, 0, 0, 0, time.UTC).UnixNano() }
	steady, once := make([]uint32, 24), make([]uint32, 24)
	for i := range steady {
		steady[i] = uint32(8 + i%3)
	}
	once[14] = 4
	phone := [8]uint32{forensics.GroupLogin: 202, forensics.GroupMail: 3}
	thief := [8]uint32{forensics.GroupLogin: 1, forensics.GroupMail: 1, forensics.GroupDeletion: 1}
	return []forensics.Entity{
		{Kind: forensics.EntityIP, Value: "198.51.100.23", First: day(2022, 10, 2), Last: day(2023, 4, 27), Events: 205, Groups: phone, Accounts: 1, Country: "US", ASN: 64500, Org: "Example Mobile", Place: "mobile", Incidents: []int64{1}, Answered: []int64{2}, Seen: steady},
		{Kind: forensics.EntityIP, Value: "203.0.113.77", First: day(2023, 2, 7), Last: day(2023, 2, 7), Events: 3, Groups: thief, Accounts: 1, Country: "NL", ASN: 64511, Org: "Example Hosting", Place: "hosting", Incidents: []int64{2}, Seen: once},
		{Kind: forensics.EntityIP, Value: "2001:db8:85a3::8a2e:370:7334", First: day(2022, 12, 24), Last: day(2022, 12, 24), Events: 1, Groups: [8]uint32{forensics.GroupLogin: 1}, Accounts: 1, Seen: once},
		{Kind: forensics.EntityNetwork, Value: "203.0.113.0/24", First: day(2023, 2, 7), Last: day(2023, 2, 7), Events: 3, Groups: thief, Accounts: 1, Country: "NL", ASN: 64511, Org: "Example Hosting", Incidents: []int64{2}, Seen: once},
		{Kind: forensics.EntityASN, Value: "64511", First: day(2023, 2, 7), Last: day(2023, 2, 7), Events: 3, Groups: thief, Accounts: 1, Country: "NL", ASN: 64511, Org: "Example Hosting", Incidents: []int64{2}, Seen: once},
		{Kind: forensics.EntityClient, Value: "iOS Mail", First: day(2022, 10, 2), Last: day(2023, 4, 27), Events: 202, Groups: phone, Accounts: 1, Seen: steady},
		{Kind: forensics.EntityKey, Value: "Outlook-2", First: day(2023, 2, 7), Last: day(2023, 2, 7), Events: 2, Groups: [8]uint32{forensics.GroupKey: 2}, Accounts: 1, Incidents: []int64{2}, Seen: once},
		{Kind: forensics.EntityAccount, Value: Account, First: day(2022, 10, 2), Last: day(2023, 4, 27), Events: 413, Groups: phone, Accounts: 1, Incidents: []int64{1, 2}, Seen: steady},
	}
}

// Questions are what only the owner can say about the story.
func Questions() []forensics.Question {
	return []forensics.Question{
		{Text: "You used iOS Mail from 198.51.100.23 (Example Mobile, US) 202 times, mostly between 8 and 22 h. Yours?", Detail: "On 198 of 207 days, from October 2022 to April 2023; never together with a new key.", Entities: []string{"ip:198.51.100.23"}, Events: 205, Incidents: []int64{1}, Suggest: "mine"},
		{Text: "Somebody logged in from 203.0.113.77 (Example Hosting, NL) once, on 7 February 2023 at 03:14. Was that you?", Detail: "A hosting network: rented computers, not homes or phones. 165 s before, the key Outlook-2 was made.", Entities: []string{"ip:203.0.113.77"}, Events: 3, Incidents: []int64{2}, Suggest: "not-mine"},
		{Text: "The key \"Outlook-2\" was made on 7 February 2023 at 03:12. Did you make it?", Entities: []string{"key:Outlook-2"}, Events: 2, Incidents: []int64{2}},
	}
}

// Folders are those of a copy of the story's mailbox.
func Folders() []forensics.Folder {
	at := func(m, d, h int) int64 { return time.Date(2023, time.Month(m), d, h, 0, 0, 0, time.UTC).UnixNano() }
	return []forensics.Folder{
		{
			Evidence: 2, EvidenceName: "imap.example.net", Account: Account, Name: "INBOX", UIDValidity: 1664611200, UIDNext: 4301, Taken: at(5, 2, 9),
			Present: 4018, Moved: 201, Missing: 3, Base: "0.4 a day over 212 quiet days",
			Runs: []forensics.UIDRun{
				{First: 1, Last: 2100, State: "present", NotBefore: at(1, 1, 8), NotAfter: at(1, 20, 8)},
				{First: 2101, Last: 2301, State: "moved", NotBefore: at(1, 20, 8), NotAfter: at(1, 29, 8)},
				{First: 2302, Last: 4209, State: "present", NotBefore: at(1, 29, 8), NotAfter: at(2, 7, 3)},
				{First: 4211, Last: 4213, State: "missing", NotBefore: at(2, 7, 3), NotAfter: at(2, 7, 4), Event: 248},
				{First: 4214, Last: 4223, State: "present", NotBefore: at(2, 7, 4), NotAfter: at(4, 27, 8)},
			},
		},
		{Evidence: 2, EvidenceName: "imap.example.net", Account: Account, Name: "Trash", UIDValidity: 1664611201, UIDNext: 12, Present: 11, Note: "UIDVALIDITY changed between the copies"},
	}
}
