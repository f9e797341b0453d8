package report

import (
	"context"

	"keytrail/export"
	"keytrail/forensics"
)

// redactor keeps readable the accounts that the shown events are about, and the mails that are notices.
func (g *gatherer) redactor(ctx context.Context) (*export.Redactor, error) {
	notices := map[string]bool{}
	view, err := g.view(ctx, nil, "sender:authenticated OR sender:failed OR sender:unknown")
	if err != nil {
		return nil, err
	}
	err = forensics.Each(ctx, view, func(e *forensics.Event) error {
		if e.MessageID != "" {
			notices[e.MessageID] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	const most = 10_000 // a case of more accounts is an organisation's, whose texts are better blacked out
	return export.NewRedactor(g.c.Values("account", "", most), notices), nil
}
