package xlsx

import (
	"context"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// sheets lists the workbook's sheets in their order.
func (b *book) sheets(ctx context.Context) ([]*sheet, error) {
	b.f = excelize.NewFile()
	var err error
	if b.st, err = newStyles(b.f); err != nil {
		return nil, err
	}
	losses, err := b.losses(ctx)
	if err != nil {
		return nil, err
	}
	summary, err := b.summary(ctx) // names sums of the losses
	if err != nil {
		return nil, err
	}
	tracks, err := b.tracks(ctx)
	if err != nil {
		return nil, err
	}
	list := []*sheet{summary}
	if b.c.Analysis != nil {
		list = append(list, b.incidents())
	}
	list = append(list, b.timeline(), b.keys(), b.logins(), b.resets(), b.deletions())
	if b.c.Groups[forensics.GroupSettings].Len() > 0 {
		list = append(list, b.settings())
	}
	if b.c.Groups[forensics.GroupMoney].Len() > 0 {
		list = append(list, b.money())
	}
	if losses != nil {
		list = append(list, losses)
	}
	if len(b.c.Addresses) > 0 {
		list = append(list, b.addressSheet())
	}
	list = append(list, b.coverage(tracks), b.custody())
	if b.warningCount() > 0 {
		list = append(list, b.warnings())
	}
	list = append(list, b.glossary())
	return append([]*sheet{b.readme(list)}, list...), nil
}

// about says in a line what a sheet holds.
var about = map[string]string{
	"Summary":              "What was found, what left, notices that were deleted, how to check it; counts, a chart, a chronology to print.",
	"Incidents":            "What belongs together and why: the steps of each attack, what is missing, what was lost; campaigns; what Sigma rules found; rules that could not be asked.",
	"Timeline":             "Every event in the order of time; events without a reliable time stand at the end.",
	"Keys":                 "App passwords and mail keys that were created or removed.",
	"Logins":               "Sign-ins that succeeded and that failed.",
	"Resets":               "Password resets, verification mails and changed passwords, and whether their mails were deleted.",
	"Deletions":            "Mails that were deleted, removed for good, or are missing; how this is known.",
	"Settings":             "Rules, forwarding, recovery details, second factors, access given to apps.",
	"Money":                "Funds that were sent or received, as notices and statements say.",
	"Losses":               "What left: each transfer once, those that failed or came back taken off, with sums by service and asset.",
	"IP addresses":         "Each address: where it is, when it was seen, by how many events of each group, of which accounts, your verdict.",
	"Coverage":             "What each source can speak of, for which time, and where it is silent.",
	"Evidence and custody": "Every file that was read, with its SHA-256 and counts that add up; who did what and when.",
	"Warnings":             "What could not be read, with its place.",
	"Glossary":             "The words of this report.",
}
