package investigate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/absence"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
)

// Folders gives the mail folders whose numbering is on record, with what is present, moved and missing along it, by
// account and name, INBOX first. Runs that stand on the timeline name the event. An error means that a file beside a copy cannot be read.
func Folders(ctx context.Context, c *casefile.Case) ([]forensics.Folder, error) {
	aside := newAsideReader()
	defer aside.close()
	in, _, err := absenceInput(ctx, c, aside)
	if err != nil {
		return nil, fmt.Errorf("look at the mail folders: %w", err)
	}
	r := absence.Infer(in)
	rows, err := lostRows(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("look at the mail folders: %w", err)
	}
	var out []forensics.Folder
	for i := range r.Folders {
		v := &r.Folders[i]
		for k, lost := range v.Lost {
			if lost >= 0 {
				v.Runs[k].Event = rows[lostPlace(&r.Lost[lost])]
			}
		}
		out = append(out, v.Folder)
	}
	slices.SortStableFunc(out, func(a, b forensics.Folder) int {
		return cmp.Or(strings.Compare(a.Account, b.Account), cmp.Compare(rank(a.Name), rank(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return out, nil
}

// rank puts INBOX first.
func rank(folder string) int {
	if strings.EqualFold(folder, "inbox") {
		return 0
	}
	return 1
}

// placeOfLoss tells inferred events apart; the case does not hand their facts out.
type placeOfLoss struct {
	account, folder string
	uid             uint32
	at              int64
	kind            forensics.Kind
}

func lostPlace(l *absence.Lost) placeOfLoss {
	p := placeOfLoss{account: l.Account, folder: l.Folder, at: lostTime(l).Nano, kind: l.Kind}
	if len(l.UIDs) > 0 {
		p.uid = l.UIDs[0]
	}
	return p
}

// lostRows finds the rows of the inferred events.
func lostRows(ctx context.Context, c *casefile.Case) (map[placeOfLoss]int64, error) {
	expr, err := filter.Parse("group:deletion certainty:inferred")
	if err != nil {
		return nil, err
	}
	view, err := c.Query(ctx, expr)
	if err != nil {
		return nil, err
	}
	rows := map[placeOfLoss]int64{}
	err = forensics.Each(ctx, view, func(e *forensics.Event) error {
		p := placeOfLoss{account: strings.ToLower(e.Account), folder: e.Folder, at: e.Time.Nano, kind: e.Kind}
		if len(e.UIDs) > 0 {
			p.uid = e.UIDs[0]
		}
		rows[p] = e.Row
		return nil
	})
	return rows, err
}
