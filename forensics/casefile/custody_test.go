package casefile

import (
	"errors"
	"strings"
	"testing"

	"keytrail/forensics"
)

func TestCustodyFindsEveryEdit(t *testing.T) {
	for _, tt := range []struct{ name, edit, want string }{
		{"nothing", ``, ""},
		{"detail", `UPDATE custody SET detail = 'other' WHERE seq = 2`, "entry 2"},
		{"who", `UPDATE custody SET who = 'nobody' WHERE seq = 1`, "entry 1"},
		{"time", `UPDATE custody SET at = at + 1 WHERE seq = 3`, "entry 3"},
		{"tool", `UPDATE custody SET tool = '' WHERE seq = 1`, "entry 1"},
		{"moved_between_fields", `UPDATE custody SET what = what || 'x', detail = substr(detail, 2) WHERE seq = 2`, "entry 2"},
		{"taken_out", `DELETE FROM custody WHERE seq = 2`, "entry 3"},
		{"first_taken_out", `DELETE FROM custody WHERE seq = 1`, "entry 2"},
		{"renumbered", `UPDATE custody SET seq = 20 WHERE seq = 2`, "entry 3"},
		{"put_in", `INSERT INTO custody SELECT 4, at, who, what, detail, tool, prev, hash FROM custody WHERE seq = 3`, "entry 4"},
		{"hash_shortened", `UPDATE custody SET hash = substr(hash, 1, 8) WHERE seq = 2`, "entry 2"},
		{"all_taken_out", `DELETE FROM custody`, "empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCase(t)
			addItem(t, c, "a.log", []forensics.Event{login(1, "pat@example.com", "203.0.113.7")})
			if err := c.Log("report written", "report.xlsx, sha256 00"); err != nil {
				t.Fatal(err)
			}
			if _, err := c.write.Exec(tt.edit); err != nil {
				t.Fatal(err)
			}
			err := c.CheckCustody()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want something with %q", err, tt.want)
			}
		})
	}
}

func TestCustodyNamesWhoWhatAndTool(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", nil)
	list, err := c.Custody()
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if e := list[0]; e.What != "case created" || e.Who != "tester@host" || e.Tool != "keytrail test" || e.Detail != "test" {
		t.Errorf("got %+v", e)
	}
	if e := list[1]; e.What != "evidence added" || !strings.Contains(e.Detail, "a.log, sha256 61") || e.At.Before(list[0].At) {
		t.Errorf("got %+v", e)
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", []forensics.Event{login(1, "pat@example.com", "203.0.113.7")})
	r, err := Open(c.Path(), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if !r.ReadOnly() || mustQuery(t, r, "").Len() != 1 {
		t.Error("the case cannot be read")
	}
	_, begun := r.BeginEvidence(forensics.Evidence{Path: "/x"})
	for name, err := range map[string]error{"Log": r.Log("x", ""), "Tag": r.Tag([]int64{1}, "x"), "BeginEvidence": begun, "AddHistory": r.AddHistory("x")} {
		var e *forensics.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "reading only") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
