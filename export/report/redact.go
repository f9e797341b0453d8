package report

import (
	"context"

	"keytrail/export"
)

// redactor keeps readable the accounts that the shown events are about, and the mails that are notices.
func (g *gatherer) redactor(ctx context.Context) (*export.Redactor, error) {
	notices := map[string]bool{}
	view, err := g.view(ctx, nil, "sender:authenticated OR sender:failed OR sender:unknown")
	if err != nil {
		return nil, err
	}
	const page = 1000
	for from := 0; from < view.Len(); from += page {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		list, err := view.Events(from, page)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if id := list[i].MessageID; id != "" {
				notices[id] = true
			}
		}
	}
	const most = 10_000 // a case of more accounts is an organisation's, whose texts are better blacked out
	return export.NewRedactor(g.c.Values("account", "", most), notices), nil
}
