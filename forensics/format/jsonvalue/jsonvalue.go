// Package jsonvalue reads the records of JSON logs value by value: the one place where the formats that keep a parsed record
// in hand say how, so that package format itself needs no JSON library.
//
// Invariants: the memory of an unusually large record is not kept; a text never points into a record.
package jsonvalue

import (
	"github.com/valyala/fastjson"

	"keytrail/forensics/format"
)

// usual is up to how many bytes of a record the parser's memory is kept for the next one.
const usual = 256 << 10

// Reader parses one record after the other and keeps its memory. It is for one item and one goroutine.
type Reader struct {
	// Texts makes the strings of the values.
	Texts format.Interner

	parser  fastjson.Parser
	large   bool // the last record was a large one
	scratch []byte
}

// NewReader makes a reader that keeps the texts of up to longest bytes: logs repeat themselves.
func NewReader(longest int) Reader { return Reader{Texts: format.NewInterner(longest)} }

// Parse reads one record. The value, and all that it holds, is valid until the next call. An error is that of JSON.
func (r *Reader) Parse(record []byte) (*fastjson.Value, error) {
	if r.large {
		r.parser = fastjson.Parser{}
	}
	r.large = len(record) > usual
	return r.parser.ParseBytes(record)
}

// Text is a value as text: a string, a number or a truth value as written; empty of what is none of these.
func (r *Reader) Text(v *fastjson.Value) string {
	if v == nil {
		return ""
	}
	switch v.Type() {
	case fastjson.TypeString:
		return r.Texts.Text(v.GetStringBytes())
	case fastjson.TypeNumber, fastjson.TypeTrue, fastjson.TypeFalse:
		r.scratch = v.MarshalTo(r.scratch[:0])
		return r.Texts.Text(r.scratch)
	}
	return ""
}
