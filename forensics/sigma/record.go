package sigma

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Record is a raw record, flattened.
type Record struct {
	fields map[string][]value
	// lifted are the values of pairs such as {"Name": "ForwardTo", "Value": "..."} under the name that the pair gives.
	lifted map[string][]value
	// prefixes are what rules write before the names of fields that the records have without it.
	prefixes []string
	count    int // of values
	bytes    int // of all texts that were looked at
}

// value is a text as written and in lower case.
type value struct{ raw, low string }

// Bounds of a flattened record. What is beyond them is not seen by rules; provider logs stay far below.
const (
	maxFields = 5000
	maxNested = 20
	maxValue  = 64 << 10 // bytes of one value
	maxBytes  = 16 << 20 // of all values, with the repetitions that nesting makes
	maxSplit  = 1000     // events of one record
)

// spell writes a field's name as records and rules are compared: without case, underscores, blanks and list marks.
func spell(name string) string {
	plain := true
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= 'Z' || c == '_' || c == ' ' || c == '{' || c == '[' || c >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	name = strings.ToLower(name)
	for _, cut := range []string{"_", "{}", "[]", " "} {
		name = strings.ReplaceAll(name, cut, "")
	}
	return name
}

// get gives the values of a field: its own, or those under its name without what rules write before it.
func (r *Record) get(name string) []value {
	if v := r.own(name); v != nil {
		return v
	}
	for _, p := range r.prefixes {
		if rest, ok := strings.CutPrefix(name, p); ok {
			if v := r.own(rest); v != nil {
				return v
			}
		}
	}
	return nil
}

func (r *Record) own(name string) []value {
	a, b := r.fields[name], r.lifted[name]
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	return append(slices.Clip(a), b...)
}

// any looks at every value.
func (r *Record) any(f func(value) bool) bool {
	for _, values := range r.fields {
		if slices.ContainsFunc(values, f) {
			return true
		}
	}
	return false
}

// full tells that no more of the record is taken in.
func (r *Record) full() bool { return r.count >= maxFields || r.bytes >= maxBytes }

// add keeps a value under a name as spell writes it.
func (r *Record) add(into map[string][]value, name, text string) {
	r.bytes += len(text) + 1
	if r.full() {
		return
	}
	r.count++
	text = text[:min(len(text), maxValue)]
	into[name] = append(into[name], value{text, strings.ToLower(text)})
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
		to := name[len(path):]
		for _, v := range r.fields[name] {
			if !slices.Contains(r.fields[to], v) {
				r.add(r.fields, to, v.raw)
			}
		}
	}
}

// errNoObject is for a record that holds no JSON object: its columns have no names here.
var errNoObject = errors.New("the record holds no JSON object")

// parseRecords flattens a raw record: a JSON object, or a line of CSV with a JSON object in one of its columns.
// A record that holds several events gives one for each, where one of the paths leads to their list.
func parseRecords(raw []byte, lists [][]string) ([]*Record, error) {
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
	var object json.RawMessage // a decoder, for what follows the object is not its business
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&object); err != nil {
		return nil, err
	}
	var out []*Record
	for _, part := range split(object, lists) {
		r := &Record{fields: map[string][]value{}, lifted: map[string][]value{}}
		r.flatten(r.fields, "", part, 0)
		out = append(out, r)
	}
	return out, nil
}

// split gives an object once for each element of the list at one of the paths, with that element alone in its place.
func split(object json.RawMessage, lists [][]string) []json.RawMessage {
	for _, path := range lists {
		if parts := splitAt(object, path); len(parts) > 1 {
			return parts
		}
	}
	return []json.RawMessage{object}
}

func splitAt(raw json.RawMessage, path []string) []json.RawMessage {
	if len(path) == 0 {
		var list []json.RawMessage
		if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
			return nil
		}
		return list[:min(len(list), maxSplit)]
	}
	var fields map[string]json.RawMessage
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	inner := splitAt(fields[path[0]], path[1:])
	if len(inner) < 2 {
		return nil
	}
	out := make([]json.RawMessage, 0, len(inner))
	for _, part := range inner {
		with := maps.Clone(fields)
		with[path[0]] = part
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(with) != nil {
			return nil
		}
		out = append(out, bytes.TrimSpace(b.Bytes()))
	}
	return out
}

// flatten adds everything below a value, under its path and, where it has one of its own, its name.
func (r *Record) flatten(into map[string][]value, path string, raw json.RawMessage, depth int) {
	if depth > maxNested || r.full() || len(raw) == 0 {
		return
	}
	switch raw[0] {
	case '{':
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil {
			return
		}
		if name, of, ok := pair(fields); ok {
			r.flatten(r.lifted, name, of, depth+1)
			r.flatten(into, join(path, name), of, depth+1)
		}
		for _, k := range slices.Sorted(maps.Keys(fields)) {
			r.flatten(into, join(path, spell(k)), fields[k], depth+1)
		}
		r.text(into, path, raw)
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return
		}
		for _, item := range list {
			r.flatten(into, path, item, depth+1)
		}
		r.text(into, path, raw)
	case '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return
		}
		r.add(into, path, s)
		if inner := bytes.TrimSpace([]byte(s)); len(inner) > 1 && (inner[0] == '{' || inner[0] == '[' || inner[0] == '"') && json.Valid(inner) {
			r.flatten(into, path, inner, depth+1) // JSON inside of a text, as audit logs nest it
		}
	case 'n': // null is as if it were absent
	default: // a number, true or false, as written
		r.add(into, path, string(raw))
	}
}

// text adds an object or a list as the text it is, without blanks, for rules that look for words in it.
func (r *Record) text(into map[string][]value, path string, raw json.RawMessage) {
	if path == "" {
		return
	}
	r.bytes += len(raw)
	var b bytes.Buffer
	if len(raw) <= 2*maxValue && json.Compact(&b, raw) == nil && b.Len() <= maxValue {
		r.add(into, path, unescape(b.String()))
	}
}

// unescape writes the characters that JSON may give as numbers (\u003c) as themselves, but for those that it must.
func unescape(s string) string {
	if !strings.Contains(s, `\u`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		n := 2
		if s[i+1] == 'u' && i+6 <= len(s) {
			n = 6
			if i+12 <= len(s) && s[i+6] == '\\' && s[i+7] == 'u' { // may be the second half of a pair
				n = 12
			}
			r := []rune(unquoted(s[i : i+n]))
			if n == 12 && len(r) == 2 { // two characters
				n, r = 6, r[:1]
			}
			if len(r) == 1 && r[0] >= ' ' && r[0] != '"' && r[0] != '\\' {
				b.WriteRune(r[0])
				i += n - 1
				continue
			}
		}
		b.WriteString(s[i : i+n])
		i += n - 1
	}
	return b.String()
}

// unquoted is what a piece of a JSON text says, empty where it is none.
func unquoted(s string) (out string) {
	if json.Unmarshal([]byte(`"`+s+`"`), &out) != nil {
		return ""
	}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// pairs are the names of the members that name a field and give its value, in lists of parameters.
var pairs = [][2]string{
	{"Name", "Value"}, {"Name", "NewValue"}, {"name", "value"}, {"name", "multiValue"}, {"name", "boolValue"}, {"name", "intValue"},
	{"name", "multiStrValue"}, {"displayName", "newValue"}, {"key", "value"},
}

// pair tells whether an object names a field and gives its value, as lists of parameters do.
func pair(fields map[string]json.RawMessage) (name string, of json.RawMessage, ok bool) {
	for _, keys := range pairs {
		n, v := fields[keys[0]], fields[keys[1]]
		if len(n) < 3 || len(n) > 200 || n[0] != '"' || v == nil || json.Unmarshal(n, &name) != nil {
			continue
		}
		return spell(name), v, true
	}
	return "", nil, false
}
