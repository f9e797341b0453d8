package xlsx

import (
	"context"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// readmeLine is a line of the first sheet: a heading, or a name with its text.
type readmeLine struct {
	heading string
	name    string
	text    string
	sheet   string // the name leads to this sheet
}

// readme makes the sheet to read first.
func (b *book) readme(list []*sheet) *sheet {
	lines := b.readmeLines(list)
	s := &sheet{name: "Read me", columns: []column{{"", 24}, {"", 118}}, wraps: true}
	s.shape = func(f *excelize.File, name string) error {
		for i, l := range lines {
			if l.sheet == "" {
				continue
			}
			if err := f.SetCellHyperLink(name, fmt.Sprintf("A%d", i+3), quoted(l.sheet)+"!A1", "Location"); err != nil {
				return err
			}
		}
		return nil
	}
	s.body = func(_ context.Context, r *rows) error {
		if err := r.tall(24); err != nil {
			return err
		}
		r.text(b.st.title, "What happened to this mail account: case "+b.c.Case)
		if err := r.next(); err != nil {
			return err
		}
		for _, l := range lines {
			if l.heading != "" {
				if err := r.tall(17); err != nil {
					return err
				}
			} else if err := r.next(); err != nil {
				return err
			}
			switch {
			case l.heading != "":
				partCells(r, l.heading, 2)
			case l.sheet != "":
				r.text(b.st.link, l.name)
				r.wrap(b.st.lead, l.text)
			default:
				r.wrap(b.st.bold, l.name)
				r.wrap(b.st.lead, l.text)
			}
		}
		return nil
	}
	return s
}

func (b *book) readmeLines(list []*sheet) []readmeLine {
	lines := []readmeLine{
		{heading: "What this is"},
		{name: "Report", text: "What the evidence of this case says about a mail account: keys, logins, resets, deletions, settings and money on one timeline. Each row leads back to the bytes that it was taken from."},
		{name: "Written with", text: b.c.Tool},
		{name: "State of the case", text: b.caseState()},
		{name: "Times", text: b.zoneText()},
		{name: "Events", text: b.eventText()},
		{name: "Records", text: b.recordText()},
	}
	if b.c.Places != "" {
		lines = append(lines, readmeLine{name: "Places of addresses", text: "Country and operator of an address, where its source does not state them, are of " + b.c.Places + "."})
	}
	if b.c.Sigma != "" {
		lines = append(lines, readmeLine{name: "Sigma rules", text: b.c.Sigma + ". What they found stands on the sheet Incidents, and so does which could not be asked, and why."})
	}
	if b.c.Filter != "" {
		lines = append(lines, readmeLine{name: "Filter", text: b.c.Filter + "  -  only the events that match are in this report. Coverage and evidence are those of the whole case, and deletions of notices are looked for in the whole case."})
	}
	for i, text := range b.c.Redacted {
		name := ""
		if i == 0 {
			name = "Blacked out"
		}
		lines = append(lines, readmeLine{name: name, text: text})
	}
	lines = append(lines, readmeLine{}, readmeLine{heading: "The sheets"})
	for _, s := range list {
		for part := range s.parts(b.maxRows) {
			text := about[s.name]
			if part > 0 {
				text = "Goes on from the sheet before: a sheet holds no more rows."
			}
			lines = append(lines, readmeLine{name: s.partName(part), text: text, sheet: s.partName(part)})
		}
	}
	lines = append(lines, readmeLine{}, readmeLine{heading: "How to verify it"})
	lines = append(lines, verifyLines...)
	if n := len(b.c.Custody); n > 0 {
		e := b.c.Custody[n-1]
		lines = append(lines, readmeLine{name: "The custody log", text: fmt.Sprintf("Its newest entry that this report rests on is no. %d, with the hash %s. A log that was cut off before it, or written anew, no longer has that hash there: keytrail verify CASE --custody prints every entry with its hash.", e.Seq, e.Hash)})
	}
	lines = append(lines, readmeLine{}, readmeLine{heading: "How to read it"})
	lines = append(lines, readingLines...)
	lines = append(lines, readmeLine{}, readmeLine{heading: "What it cannot say"})
	if silent := b.silentGroups(); silent != "" {
		lines = append(lines, readmeLine{name: "No source for", text: silent + ". No evidence of this case can speak of these: that none are listed says nothing."})
	}
	return append(lines, limitLines...)
}

var verifyLines = []readmeLine{
	{name: "The evidence", text: "sha256sum FILE (Windows: certutil -hashfile FILE SHA256; macOS: shasum -a 256 FILE) gives the value on the sheet Evidence and custody, for each file. A folder's value is that of the sorted list of its files, each line \"hash  path\"."},
	{name: "The whole case", text: "keytrail verify CASE hashes all evidence again and checks the custody log; keytrail verify CASE --deep reads every record again at its place and compares its SHA-256."},
	{name: "One row", text: "Its place says where the record stands in its file (after unpacking). The SHA-256 in the last column is that of exactly these bytes: tail -c +$((BYTE+1)) FILE | head -c LENGTH | sha256sum"},
	{name: "Headers of a mail", text: "A mail's row leads to the whole mail, headers first, as claims ask for: the same command without sha256sum."},
	{name: "This file", text: "Its own SHA-256 is in the custody log of the case (keytrail prints it too). The same case with the same options gives the same bytes again."},
}

var readingLines = []readmeLine{
	{name: "Certainty", text: "observed: a log of the system where it happened says so.  reported: a notice, a statement or the user says so.  inferred: it follows from something that is missing."},
	{name: "Sender", text: "Of a notice. sender verified: the receiving server recorded that the mail really came from the service.  sender not verified: no such record is there.  sender check failed: the record says that it did not come from it."},
	{name: "Zone", text: "A time in grey italics had no zone in its source. zone assumed: it was read in the zone that the state names.  zone unknown: it is shown as it was written, and the second time column is empty."},
	{name: "Precision", text: "A time shows as much as its source has: a day, minutes, seconds or milliseconds. What is finer than a millisecond is in the .csv only."},
	{name: "No reliable time", text: "A time that cannot be right stays as text, as its source wrote it, at the end of its sheet."},
	{name: "Its mail was deleted", text: "A log records a deletion of a mail with the same Message-ID after it came. not on record means just that: nothing is known of it."},
	{name: "Incidents", text: "Findings that belong together, each with its reason. strong, likely and weak say what the score means. A missing step is listed with where it was looked for, and what could have shown it."},
	{name: "Losses", text: "The sums are formulas over the transfers below them. yes in the column Counts: it left, and did not come back. A notice and the statement's row of one transfer count once."},
	{name: "Event ID", text: "The same input gives the same ID in every case, so it can be cited."},
	{name: "Printing", text: "Every sheet fits a landscape page in width and repeats its head; the last column, the SHA-256 of the record, is on the screen only."},
}

var limitLines = []readmeLine{
	{name: "Who it was", text: "An address or a key tells from where and with what, not which person. This report names nobody."},
	{name: "Silence", text: "A source speaks only of its own time and kind of events: see the sheet Coverage. What is not recorded can have happened all the same."},
	{name: "Clocks", text: "Every source has a clock of its own. Seconds between events of two sources are as good as these clocks."},
	{name: "Cells", text: "Control characters, and characters that hide or reorder text, are shown as \uFFFD. A text of more than 32,767 characters is cut, and says so. Nothing taken from evidence is a formula or a link."},
}

func (b *book) caseState() string {
	n := len(b.c.Custody)
	if n == 0 {
		return "no entry in the custody log"
	}
	e := b.c.Custody[n-1]
	return fmt.Sprintf("as of custody entry %d (%s, %s), whose hash is %s", e.Seq, e.What, stamp(e.At), e.Hash)
}

func (b *book) zoneText() string {
	if b.zone == nil {
		return "UTC"
	}
	return fmt.Sprintf("UTC, and beside it %s with its daylight saving", zoneName(b.zone))
}

func (b *book) eventText() string {
	shown, undated := b.c.Timeline.Len(), b.c.Timeline.Len()-b.c.Timeline.Dated()
	text := fmt.Sprintf("%d", shown)
	if b.c.Filter != "" {
		text = fmt.Sprintf("%d of the case's %d", shown, b.c.Total)
	}
	if undated > 0 {
		text += fmt.Sprintf(", %d of them without a reliable time", undated)
	}
	if counts := countsText(b.c.Timeline.GroupCounts()); counts != "" {
		text += ": " + counts
	}
	return text
}

func (b *book) recordText() string {
	var sum forensics.Counts
	for i := range b.c.Items {
		sum = sum.Add(b.c.Items[i].Counts)
	}
	return fmt.Sprintf("%d records in %d items of %d pieces of evidence: %d read, %d skipped because they speak of nothing datable, %d broken; %d warnings",
		sum.Records, len(b.c.Items), len(b.c.Evidence), sum.Read, sum.Skipped, sum.Broken, sum.Warnings)
}

// silentGroups lists the groups that no source of the case can speak of.
func (b *book) silentGroups() string {
	counts := b.c.Timeline.GroupCounts()
	var names []string
	for _, g := range forensics.Groups() {
		if g == forensics.GroupOther || counts[g] > 0 || b.anySpeaksOf(g) {
			continue
		}
		names = append(names, g.String())
	}
	return strings.Join(names, ", ")
}

func (b *book) anySpeaksOf(g forensics.Group) bool {
	for i := range b.c.Items {
		known, ok := speaks[b.c.Items[i].Format]
		if !ok && b.c.Items[i].Format != "" {
			return true // a format that this table does not know: claim nothing
		}
		for _, own := range known.groups {
			if own == g {
				return true
			}
		}
	}
	return false
}
