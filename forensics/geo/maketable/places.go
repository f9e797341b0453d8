package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/klauspost/compress/zstd"
	"github.com/oschwald/maxminddb-golang/v2"
)

// span is a range of addresses, both ends included, with a value. An IPv6 address counts by its upper
// 64 bits: no operator is told apart below them.
type span struct {
	from, to uint64
	value    uint32
}

// maker numbers operators and countries.
type maker struct {
	operators []operator
	byKey     map[operator]uint32 // number + 1
	countries []string
	byCode    map[string]uint32
}

type operator struct {
	number uint32
	name   string
}

func makePlaces(dir, countryFile, date string) ([]byte, error) {
	m := &maker{byKey: map[operator]uint32{}, byCode: map[string]uint32{}}
	var families [2]struct{ operators, countries []span }
	for i, name := range []string{"asn-ipv4.csv", "asn-ipv6.csv"} {
		var err error
		if families[i].operators, err = m.readOperators(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	var err error
	if families[0].countries, families[1].countries, err = m.readCountries(countryFile); err != nil {
		return nil, err
	}
	w := &writer{}
	w.text("RouteViews, NRO and DB-IP by ip-location-db: address to operator\t" + date + "\tCC BY 4.0\n" +
		"geofeeds, whois and NRO by ip-location-db: address to country\t" + date + "\tCC BY 4.0\n")
	w.number(uint64(len(m.operators)))
	for _, o := range m.operators {
		w.number(uint64(o.number))
		w.text(o.name)
	}
	w.number(uint64(len(m.countries)))
	for _, c := range m.countries {
		w.data = append(w.data, c...)
	}
	for _, f := range families {
		w.blocks(join(f.operators, f.countries))
	}
	var out bytes.Buffer
	out.WriteString("KTPLACE1")
	z, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(w.data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (m *maker) readOperators(path string) ([]span, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.ReuseRecord = 4, true
	var out []span
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		from, err1 := netip.ParseAddr(row[0])
		to, err2 := netip.ParseAddr(row[1])
		n, err3 := strconv.ParseUint(row[2], 10, 32)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		key := operator{uint32(n), row[3]}
		if m.byKey[key] == 0 {
			m.operators = append(m.operators, key)
			m.byKey[key] = uint32(len(m.operators))
		}
		out = append(out, span{upper(from), upper(to), m.byKey[key]})
	}
}

// upper is an IPv4 address as a number, or the upper half of an IPv6 one.
func upper(ip netip.Addr) uint64 {
	if ip.Is4() {
		a := ip.As4()
		return uint64(binary.BigEndian.Uint32(a[:]))
	}
	a := ip.As16()
	return binary.BigEndian.Uint64(a[:8])
}

func (m *maker) readCountries(path string) (v4, v6 []span, err error) {
	db, err := maxminddb.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer db.Close() //nolint:errcheck // only read
	for result := range db.Networks() {
		var e struct {
			Code string `maxminddb:"country_code"`
		}
		if err := result.Decode(&e); err != nil {
			return nil, nil, err
		}
		if len(e.Code) != 2 {
			continue
		}
		if m.byCode[e.Code] == 0 {
			m.countries = append(m.countries, e.Code)
			m.byCode[e.Code] = uint32(len(m.countries))
		}
		p := result.Prefix()
		value := m.byCode[e.Code]
		if p.Addr().Is4() {
			from := upper(p.Addr())
			v4 = append(v4, span{from, from | (1<<(32-p.Bits()) - 1), value})
			continue
		}
		from, to := upper(p.Addr()), upper(p.Addr())
		if p.Bits() < 64 {
			to |= 1<<(64-p.Bits()) - 1
		}
		v6 = append(v6, span{from, to, value})
	}
	return v4, v6, nil
}

// block starts where a value changes.
type block struct {
	start             uint64
	operator, country uint32
}

// join lays two lists of ranges over each other. Neighbours that say the same become one block. The ranges
// of one list do not overlap; below 64 bits of IPv6 they can, and then the first one counts.
func join(operators, countries []span) []block {
	type edge struct {
		at      uint64
		country bool
		value   uint32
	}
	var edges []edge
	for i, list := range [][]span{operators, countries} {
		slices.SortStableFunc(list, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		list = apart(list)
		for k, s := range list {
			edges = append(edges, edge{s.from, i == 1, s.value})
			if s.to == 1<<64-1 || k+1 < len(list) && list[k+1].from == s.to+1 {
				continue
			}
			edges = append(edges, edge{s.to + 1, i == 1, 0})
		}
	}
	slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	var out []block
	var now block
	for i, e := range edges {
		if e.country {
			now.country = e.value
		} else {
			now.operator = e.value
		}
		if i+1 < len(edges) && edges[i+1].at == e.at {
			continue
		}
		now.start = e.at
		if n := len(out); n > 0 && out[n-1].operator == now.operator && out[n-1].country == now.country {
			continue
		}
		out = append(out, now)
	}
	return out
}

// apart cuts ranges that begin inside the one before.
func apart(list []span) []span {
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			if s.to <= out[n-1].to {
				continue
			}
			s.from = out[n-1].to + 1
		}
		out = append(out, s)
	}
	return out
}

// writer writes what geo's decodeTable reads.
type writer struct{ data []byte }

func (w *writer) number(v uint64) { w.data = binary.AppendUvarint(w.data, v) }

func (w *writer) text(s string) {
	w.number(uint64(len(s)))
	w.data = append(w.data, s...)
}

func (w *writer) blocks(list []block) {
	w.number(uint64(len(list)))
	at := uint64(0)
	for _, b := range list {
		w.number(b.start - at)
		at = b.start
	}
	for _, b := range list {
		w.number(uint64(b.operator))
	}
	for _, b := range list {
		w.number(uint64(b.country))
	}
}
