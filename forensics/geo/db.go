package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"keytrail/forensics"
)

// Source is a database that answers come from.
type Source struct {
	Name    string // such as "RouteViews, RIR and DB-IP: address to operator"
	Date    string // of the data, YYYY-MM-DD
	Licence string
	File    string // where the user gave it; empty for the one in the binary
}

// DB answers where an address is. The zero value knows the special blocks only.
type DB struct {
	files []*mmdb
	table *table
}

// Embedded gives the table in this binary.
func Embedded() (*DB, error) {
	t, err := embeddedTable()
	if err != nil {
		return nil, err
	}
	return &DB{table: t}, nil
}

// Open puts databases in MaxMind's format before the table in the binary: country, city, ASN and
// connection-type ones, of MaxMind or others.
func Open(paths ...string) (*DB, error) {
	db, err := Embedded()
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		m, err := openMMDB(path)
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		db.files = append(db.files, m)
	}
	return db, nil
}

// Find lists the databases (*.mmdb) beside the program and in the user's data folder, in order.
func Find() []string {
	var dirs []string
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(exe))
	}
	if dir, err := os.UserConfigDir(); err == nil {
		dirs = append(dirs, filepath.Join(dir, "keytrail"))
	}
	var found []string
	for _, dir := range dirs {
		list, err := filepath.Glob(filepath.Join(dir, "*.mmdb"))
		if err != nil {
			continue // only a malformed pattern fails
		}
		slices.Sort(list)
		found = append(found, list...)
	}
	return found
}

// Close closes the files of the user's.
func (d *DB) Close() error {
	var errs []error
	for _, m := range d.files {
		errs = append(errs, m.close())
	}
	return errors.Join(errs...)
}

// Sources names the databases, in the order in which they are asked.
func (d *DB) Sources() []Source {
	var out []Source
	for _, m := range d.files {
		out = append(out, m.source)
	}
	if d.table != nil {
		out = append(out, d.table.sources...)
	}
	return out
}

// Text names the sources in one line, for the custody log.
func (d *DB) Text() string {
	var parts []string
	for _, s := range d.Sources() {
		parts = append(parts, fmt.Sprintf("%s (%s)", s.Name, s.Date))
	}
	return strings.Join(parts, "; ")
}

// Place says where an address is. It takes well under a microsecond.
func (d *DB) Place(ip netip.Addr) forensics.Place {
	if !ip.IsValid() {
		return forensics.Place{}
	}
	ip = carried(ip)
	if kind := Special(ip); kind != "" {
		return forensics.Place{Kind: kind}
	}
	var p forensics.Place
	for _, m := range d.files {
		m.fill(ip, &p)
	}
	if d.table != nil && (p.Country == "" || p.ASN == 0) {
		t := d.table.place(ip)
		if p.Country == "" {
			p.Country = t.Country
		}
		if p.ASN == 0 {
			p.ASN, p.Org = t.ASN, t.Org
		}
	}
	if p.Kind == "" {
		p.Kind = kindOf(p.ASN, p.Org)
	}
	return p
}
