package sigma

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Record is a raw record, flattened.
type Record struct {
	fields map[string][]string
	count  int
}

// Bounds of a flattened record.
const (
	maxFields = 5000
	maxNested = 20
)

// spell writes a field's name as records and rules are compared: without case, underscores and list marks.
func spell(name string) string {
	name = strings.ToLower(name)
	for _, cut := range []string{"_", "{}", "[]", " "} {
		name = strings.ReplaceAll(name, cut, "")
	}
	return name
}

func (r *Record) get(name string) []string { return r.fields[name] }

func (r *Record) any(f func(string) bool) bool {
	for _, values := range r.fields {
		if slices.ContainsFunc(values, f) {
			return true
		}
	}
	return false
}

func (r *Record) add(name, value string) {
	if r.count++; r.count <= maxFields {
		name = spell(name)
		r.fields[name] = append(r.fields[name], value)
	}
}

// lift adds the fields below a path as the record's own, beside what it has.
func (r *Record) lift(path string) {
	var names []string
	for name := range r.fields {
		if rest, ok := strings.CutPrefix(name, path); ok && rest != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range r.fields[name] {
			r.add(name[len(path):], v)
		}
	}
}

// errNoObject is for a record that holds no JSON object: its columns have no names here.
var errNoObject = errors.New("the record holds no JSON object")

// parseRecord flattens a raw record: a JSON object, or a line of CSV with a JSON object in one of its columns.
func parseRecord(raw []byte) (*Record, error) {
	text := bytes.TrimSpace(raw)
	if len(text) == 0 {
		return nil, errNoObject
	}
	if text[0] != '{' {
		row, err := csv.NewReader(bytes.NewReader(text)).Read()
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(row, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "{") })
		if i < 0 {
			return nil, errNoObject
		}
		text = []byte(row[i])
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return nil, err
	}
	r := &Record{fields: map[string][]string{}}
	r.flatten("", object, 0)
	return r, nil
}

// flatten adds everything below a value, under its path and, where it has one of its own, its name.
func (r *Record) flatten(path string, value any, depth int) {
	if depth > maxNested {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		if name, of, ok := pair(v); ok {
			r.flatten(name, of, depth+1)
			r.flatten(join(path, name), of, depth+1)
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			r.flatten(join(path, k), v[k], depth+1)
		}
		if depth > 0 {
			r.text(path, v)
		}
	case []any:
		for _, item := range v {
			r.flatten(path, item, depth+1)
		}
		r.text(path, v)
	case nil:
	case string:
		r.add(path, v)
		if s := strings.TrimSpace(v); len(s) > 1 && (s[0] == '{' || s[0] == '[') && depth < maxNested {
			var inner any // JSON inside of a text, as audit logs nest it
			d := json.NewDecoder(strings.NewReader(s))
			d.UseNumber()
			if d.Decode(&inner) == nil {
				r.flatten(path, inner, depth+1)
			}
		}
	case json.Number:
		r.add(path, v.String())
	case bool:
		if v {
			r.add(path, "true")
		} else {
			r.add(path, "false")
		}
	}
}

// text adds an object or a list as the text it is, for rules that look for words in it.
func (r *Record) text(path string, v any) {
	if b, err := json.Marshal(v); err == nil && path != "" && len(b) <= maxValue {
		r.add(path, string(b))
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// pair tells whether an object names a field and gives its value, as lists of parameters do.
func pair(v map[string]any) (name string, value any, ok bool) {
	for _, keys := range [][2]string{{"Name", "Value"}, {"name", "value"}, {"name", "multiValue"}, {"name", "boolValue"}, {"name", "intValue"}, {"Name", "NewValue"}, {"displayName", "newValue"}} {
		n, isText := v[keys[0]].(string)
		of, has := v[keys[1]]
		if isText && has && n != "" && len(n) < 100 {
			return n, of, true
		}
	}
	return "", nil, false
}
