package geo

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sort"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"keytrail/forensics"
)

// The table file is made by maketable:
//
//	magic, then one zstd stream of:
//	  text        date and versions of the sources, one a line ("name\tdate\tlicence"), length first
//	  operators   count, then for each: AS number, length of the name, name
//	  countries   count, then two letters each
//	  IPv4        count, then the columns: start (delta to the one before), operator + 1, country + 1
//	  IPv6        the same; a start is the upper 64 bits of the address
//
// All numbers are unsigned varints; a block reaches up to the start of the next; 0 stands for not known.
const magic = "KTPLACE1"

// most bounds every count and length of a table, because a file can lie.
const most = 16 << 20

//go:embed data/places.bin
var embedded []byte

// table is the decoded file.
type table struct {
	sources   []Source
	operators []operator
	countries []string
	v4, v6    blocks
}

type operator struct {
	number uint32
	name   string
}

// blocks are address ranges in order; values of the same index belong to starts.
type blocks struct {
	starts   []uint64
	operator []uint32
	country  []uint16
}

func (b *blocks) find(at uint64) (operator uint32, country uint16) {
	i := sort.Search(len(b.starts), func(i int) bool { return b.starts[i] > at })
	if i == 0 {
		return 0, 0
	}
	return b.operator[i-1], b.country[i-1]
}

// place looks an address up.
func (t *table) place(ip netip.Addr) forensics.Place {
	var o uint32
	var c uint16
	if ip.Is4() {
		a := ip.As4()
		o, c = t.v4.find(uint64(binary.BigEndian.Uint32(a[:])))
	} else {
		a := ip.As16()
		o, c = t.v6.find(binary.BigEndian.Uint64(a[:8]))
	}
	var p forensics.Place
	if c > 0 {
		p.Country = t.countries[c-1]
	}
	if o > 0 {
		p.ASN, p.Org = t.operators[o-1].number, t.operators[o-1].name
	}
	return p
}

// decodeTable reads a table file.
func decodeTable(file []byte) (*table, error) {
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok {
		return nil, errors.New("it is no table of places")
	}
	z, err := zstd.NewReader(bytes.NewReader(rest), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	data, err := io.ReadAll(io.LimitReader(z, 256<<20))
	if err != nil {
		return nil, fmt.Errorf("the table of places is damaged: %w", err)
	}
	r := &reader{rest: data}
	t := &table{}
	for _, line := range strings.Split(strings.TrimSuffix(r.text(), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			return nil, errors.New("the table of places is damaged: its sources")
		}
		t.sources = append(t.sources, Source{Name: f[0], Date: f[1], Licence: f[2]})
	}
	t.operators = make([]operator, r.count())
	for i := range t.operators {
		t.operators[i] = operator{uint32(r.number()), r.text()}
	}
	t.countries = make([]string, r.count())
	for i := range t.countries {
		t.countries[i] = string(r.take(2))
	}
	for _, b := range []*blocks{&t.v4, &t.v6} {
		b.read(r, uint64(len(t.operators)), uint64(len(t.countries)))
	}
	if r.bad || len(r.rest) > 0 {
		return nil, errors.New("the table of places is damaged")
	}
	return t, nil
}

func (b *blocks) read(r *reader, operators, countries uint64) {
	n := r.count()
	b.starts, b.operator, b.country = make([]uint64, n), make([]uint32, n), make([]uint16, n)
	at := uint64(0)
	for i := range b.starts {
		at += r.number()
		b.starts[i] = at
	}
	for i := range b.operator {
		b.operator[i] = uint32(r.below(operators))
	}
	for i := range b.country {
		b.country[i] = uint16(r.below(countries))
	}
}

// reader takes a table apart; what does not fit sets bad and gives zero.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// count reads a number of things, each of which takes at least a byte.
func (r *reader) count() int {
	v := r.number()
	if v > most || v > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return 0
	}
	return int(v)
}

func (r *reader) below(limit uint64) uint64 {
	v := r.number()
	if v > limit {
		r.bad = true
		return 0
	}
	return v
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.bad, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) text() string { return string(r.take(r.count())) }

// embeddedTable is decoded when it is asked for first: a program that only shows a case never needs it.
var embeddedTable = sync.OnceValues(func() (*table, error) { return decodeTable(embedded) })
