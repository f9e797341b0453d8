package sigma

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/valyala/fastjson"
)

// Record is a raw record, flattened.
type Record struct {
	fields map[string][]value
	// lifted are the values of pairs such as {"Name": "ForwardTo", "Value": "..."} under the name that the pair gives.
	lifted map[string][]value
	// named are values under the names and in the words that rules have for them; a search in all values leaves them out.
	named map[string][]value
	// prefixes are what rules write before the names of fields that the records have without it.
	prefixes []string
	list     string // path of a list that holds several events, of which this record is one; empty: it holds one
	event    int
	count    int // of values
	bytes    int // of all texts that were looked at
}

func newRecord() *Record {
	return &Record{fields: map[string][]value{}, lifted: map[string][]value{}, named: map[string][]value{}}
}

// value is a text as written and in lower case.
type value struct{ raw, low string }

// Bounds of a flattened record. What is beyond them is not seen by rules; provider logs stay far below.
const (
	maxRecord = 2 << 20 // bytes; taken apart, each can take forty in memory
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
	out := r.fields[name]
	for _, more := range [][]value{r.lifted[name], r.named[name]} {
		if len(out) == 0 {
			out = more
		} else if len(more) > 0 {
			out = append(slices.Clip(out), more...)
		}
	}
	return out
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

var (
	errBroken = errors.New("the record is not valid JSON, or nests deeper than 300")
	errLarge  = errors.New("the record is larger than 2 MiB")
)

// parseRecords flattens a raw record: a JSON object, or a line of CSV with a JSON object in one of its columns.
// A record that holds several events gives one for each, where one of the paths leads to their list.
func parseRecords(raw []byte, lists [][]string) ([]*Record, error) {
	text := bytes.TrimSpace(raw)
	if len(text) == 0 {
		return nil, ErrNoObject
	}
	if text[0] != '{' {
		row, err := csv.NewReader(bytes.NewReader(text)).Read()
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(row, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "{") })
		if i < 0 {
			return nil, ErrNoObject
		}
		text = []byte(row[i])
	}
	if len(text) > maxRecord {
		return nil, errLarge
	}
	p := parsers.Get()
	defer release(p, text)
	v, err := p.ParseBytes(text)
	if err != nil {
		var object json.RawMessage // what follows the object is not its business
		if json.NewDecoder(bytes.NewReader(text)).Decode(&object) != nil {
			return nil, errBroken
		}
		if v, err = p.ParseBytes(object); err != nil {
			return nil, errBroken
		}
	}
	if v.Type() != fastjson.TypeObject {
		return nil, ErrNoObject
	}
	at, n := "", 1
	for _, path := range lists {
		if list := v.GetArray(path...); len(list) > 1 {
			at, n = spell(strings.Join(path, ".")), min(len(list), maxSplit)
			break
		}
	}
	var out []*Record
	for i := range n {
		r := newRecord()
		r.list, r.event = at, i
		r.flatten(r.fields, "", v, 0)
		out = append(out, r)
	}
	return out, nil
}

// parsers hold the memory of what was taken apart.
var parsers fastjson.ParserPool

// release gives a parser back, unless it has grown with a large text.
func release(p *fastjson.Parser, text []byte) {
	if len(text) <= maxValue {
		parsers.Put(p)
	}
}

// flatten adds everything below a value, under its path and, where it has one of its own, its name.
func (r *Record) flatten(into map[string][]value, path string, v *fastjson.Value, depth int) {
	if depth > maxNested || r.full() {
		return
	}
	switch v.Type() {
	case fastjson.TypeObject:
		r.text(into, path, v)
		o := v.GetObject()
		if name, of := pair(o); of != nil {
			r.flatten(r.lifted, name, of, depth+1)
			r.flatten(into, join(path, name), of, depth+1)
		}
		o.Visit(func(key []byte, of *fastjson.Value) { r.flatten(into, join(path, spell(string(key))), of, depth+1) })
	case fastjson.TypeArray:
		list := v.GetArray()
		if r.list != "" && path == r.list { // one event of several
			if r.event < len(list) {
				r.flatten(into, path, list[r.event], depth+1)
			}
			return
		}
		r.text(into, path, v)
		for _, item := range list {
			r.flatten(into, path, item, depth+1)
		}
	case fastjson.TypeString:
		r.string(into, path, v.GetStringBytes(), depth)
	case fastjson.TypeNull: // as if it were absent
	default: // a number, true or false, as written
		r.add(into, path, string(v.MarshalTo(nil)))
	}
}

// string adds a text, and what it holds where it is JSON, as audit logs nest it.
func (r *Record) string(into map[string][]value, path string, text []byte, depth int) {
	r.add(into, path, string(text))
	if text = bytes.TrimSpace(text); len(text) > 1 && (text[0] == '{' || text[0] == '[' || text[0] == '"') && !r.full() {
		p := parsers.Get()
		if inner, err := p.ParseBytes(text); err == nil {
			r.flatten(into, path, inner, depth+1)
		}
		release(p, text)
	}
}

// text adds an object or a list as the text it is, without blanks, for rules that look for words in it. What holds several
// events of which this record is one has no text.
func (r *Record) text(into map[string][]value, path string, v *fastjson.Value) {
	if path == "" || r.list != "" && strings.HasPrefix(r.list, path) {
		return
	}
	b := v.MarshalTo(nil)
	if r.bytes += len(b); len(b) <= maxValue {
		r.add(into, path, unescape(string(b)))
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

// pair tells whether an object names a field and gives its value, as lists of parameters do; of is nil where it does not.
func pair(o *fastjson.Object) (name string, of *fastjson.Value) {
	for _, keys := range pairs {
		n := o.Get(keys[0])
		if n == nil || n.Type() != fastjson.TypeString {
			continue
		}
		if of = o.Get(keys[1]); of == nil {
			continue
		}
		if b := n.GetStringBytes(); len(b) > 0 && len(b) < 100 {
			return spell(string(b)), of
		}
	}
	return "", nil
}
