package sigma

import (
	"bytes"
	"encoding/csv"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// ErrNoObject is for a record that holds no JSON object: a line of CSV, whose columns its file's first line names.
var ErrNoObject = errors.New("the record holds no JSON object")

var errColumns = errors.New("the record is a row, and its file does not name its columns")

// Columns finds the line that names the columns of a CSV file in the file's first bytes: the first of four or more
// words, none of them empty. It gives nil where there is none.
func Columns(head []byte) []string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for range 20 {
		line, rest, ok := bytes.Cut(head, []byte{'\n'})
		if !ok {
			return nil
		}
		head = rest
		row, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err == nil && len(row) >= 4 && !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) == "" || strings.Contains(s, "{") }) {
			return row
		}
	}
	return nil
}

// MatchRow is Match for a record that Match calls ErrNoObject. columns are what Columns found in the record's file.
func (s *Set) MatchRow(format string, columns []string, raw []byte) ([]*Rule, error) {
	if !s.Wants(format) {
		return nil, nil
	}
	if len(raw) > maxRecord {
		return nil, errLarge
	}
	row, err := csv.NewReader(bytes.NewReader(bytes.TrimSpace(raw))).Read()
	if err != nil || len(columns) == 0 || len(row) != len(columns) {
		return nil, errColumns
	}
	cells := make(map[string]string, len(row))
	r := newRecord()
	for i, name := range columns {
		name, cell := spell(strings.TrimSpace(name)), strings.TrimSpace(row[i])
		if cell == "" { // as a member that a JSON record does not have
			continue
		}
		cells[name] = cell
		r.string(r.fields, name, []byte(cell), 0)
	}
	for _, name := range columns {
		name = spell(strings.TrimSpace(name))
		if cell := cells[name]; cell != "" {
			r.spread(name, cell, cells)
		}
	}
	return s.hits(format, []*Record{r}), nil
}

// Lists that a CSV spreads over numbered columns: target0.display_name (Okta), Target1DisplayName,
// Target1ModifiedProperty1NewValue and AdditionalDetail1Key (Entra).
var (
	numbered = regexp.MustCompile(`^(target\d+)(modifiedproperty\d+)?(.+)$`)
	detail   = regexp.MustCompile(`^(additionaldetail\d+)key$`)
)

// spread adds the value of a numbered column where the same stands in a JSON record.
func (r *Record) spread(name, cell string, cells map[string]string) {
	text := []byte(cell)
	if m := detail.FindStringSubmatch(name); m != nil {
		if v := cells[m[1]+"value"]; v != "" {
			r.string(r.fields, "additionaldetails."+spell(cell), []byte(v), 0)
		}
		return
	}
	m := numbered.FindStringSubmatch(name)
	switch {
	case m == nil:
	case m[2] == "" && strings.HasPrefix(m[3], "."):
		r.string(r.fields, "target"+m[3], text, 0)
	case m[2] == "":
		r.string(r.fields, "targetresources."+m[3], text, 0)
		r.add(r.fields, "targetresources", cell)
	default:
		leaf := m[3]
		if leaf == "name" {
			leaf = "displayname"
			if v := cells[m[1]+m[2]+"newvalue"]; v != "" {
				r.string(r.lifted, spell(cell), []byte(v), 0)
			}
		}
		r.string(r.fields, "targetresources.modifiedproperties."+leaf, text, 0)
		r.add(r.fields, "targetresources.modifiedproperties", cell)
		r.add(r.fields, "targetresources", cell)
	}
}
