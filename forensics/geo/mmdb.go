package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"

	"keytrail/forensics"
)

// mmdb is a database of the user's.
type mmdb struct {
	db     *maxminddb.Reader
	source Source
}

// entry is what is taken out of a record: the field names of MaxMind's GeoLite2 and GeoIP2 databases, of DB-IP's, and of
// ip-location-db's country databases, which have country_code alone.
type entry struct {
	Country struct {
		ISO string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
	CountryCode  string `maxminddb:"country_code"`
	Subdivisions []struct {
		ISO   string            `maxminddb:"iso_code"`
		Names map[string]string `maxminddb:"names"`
	} `maxminddb:"subdivisions"`
	ASN    uint32 `maxminddb:"autonomous_system_number"`
	Org    string `maxminddb:"autonomous_system_organization"`
	Traits struct {
		Hosting bool `maxminddb:"is_hosting_provider"`
		VPN     bool `maxminddb:"is_anonymous_vpn"`
		Tor     bool `maxminddb:"is_tor_exit_node"`
	} `maxminddb:"traits"`
	Hosting bool `maxminddb:"is_hosting_provider"`
	VPN     bool `maxminddb:"is_anonymous_vpn"`
	Tor     bool `maxminddb:"is_tor_exit_node"`
}

func openMMDB(path string) (*mmdb, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() { // a pipe would be waited for
		err = errors.New("it is no file")
	}
	var db *maxminddb.Reader
	if err == nil {
		db, err = maxminddb.Open(path)
	}
	if err != nil {
		return nil, &forensics.Error{What: "this is no database of places", File: path, Byte: -1, Err: err,
			Hint: "give a country, city or ASN database in MaxMind's .mmdb format"}
	}
	day := time.Unix(int64(db.Metadata.BuildEpoch), 0).UTC().Format(time.DateOnly)
	return &mmdb{db, Source{Name: fmt.Sprintf("%s, %s", db.Metadata.DatabaseType, filepath.Base(path)), Date: day, Licence: "the user's own", File: path}}, nil
}

// fill puts in what is not known yet. A record that cannot be decoded says nothing.
func (m *mmdb) fill(ip netip.Addr, p *forensics.Place) {
	var e entry
	result := m.db.Lookup(ip)
	if !result.Found() || result.Decode(&e) != nil {
		return
	}
	if p.Country == "" {
		if p.Country = e.Country.ISO; p.Country == "" {
			p.Country = e.CountryCode
		}
	}
	if p.Region == "" && len(e.Subdivisions) > 0 {
		if p.Region = e.Subdivisions[0].Names["en"]; p.Region == "" {
			p.Region = e.Subdivisions[0].ISO
		}
	}
	if p.ASN == 0 {
		p.ASN, p.Org = e.ASN, e.Org
	}
	switch {
	case p.Kind != "":
	case e.Tor || e.Traits.Tor:
		p.Kind = "tor"
	case e.VPN || e.Traits.VPN:
		p.Kind = "vpn"
	case e.Hosting || e.Traits.Hosting:
		p.Kind = "hosting"
	}
}

func (m *mmdb) close() error { return m.db.Close() }
