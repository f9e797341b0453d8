package report

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"keytrail/export"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

// UndatedPath is where the events without a reliable time go that a .jsonl at path cannot hold.
func UndatedPath(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".undated" + filepath.Ext(path)
}

// timesketch writes the dated events to path. Timesketch refuses a line without datetime, and a made-up
// one would be a false statement, so the others go to a second file beside it, in the same form;
// it is written only where there are some.
func (g *gatherer) timesketch(ctx context.Context, path string, view *casefile.View) (export.Result, error) {
	events := g.hidden(view)
	undated := UndatedPath(path)
	left := view.Len() - view.Dated()
	if left > 0 && !g.o.Force {
		if _, err := os.Lstat(undated); err == nil {
			return export.Result{}, &forensics.Error{What: "the file exists already", File: undated, Hint: "choose another name, or say --force to replace it"}
		}
	}
	result, err := export.File(path, g.o.Force, func(w io.Writer) error { return export.JSONL(ctx, w, export.Part(events, 0, view.Dated())) })
	if err != nil {
		return result, err
	}
	result.Rows = int64(view.Dated())
	if left == 0 {
		return result, nil
	}
	further, err := export.File(undated, g.o.Force, func(w io.Writer) error { return export.JSONL(ctx, w, export.Part(events, view.Dated(), view.Len())) })
	further.Rows = int64(left)
	result.Further = append(result.Further, further)
	return result, err
}
