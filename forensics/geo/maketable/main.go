// Command maketable makes the embedded tables of package geo from public data:
//
//	maketable -asn DIR -country FILE.mmdb -borders countries-50m.json -date YYYY-MM-DD -out DATA
//
// DIR holds asn-ipv4.csv and asn-ipv6.csv as ip-location-db publishes them (RouteViews, RIR and DB-IP, CC BY 4.0),
// FILE.mmdb is its geo-whois-asn-country database (geofeeds, whois and RIR, CC BY 4.0), and the borders are
// Natural Earth's (public domain) as world-atlas packs them.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	asn := flag.String("asn", "", "folder with asn-ipv4.csv and asn-ipv6.csv")
	country := flag.String("country", "", "country database in MaxMind's format")
	atlas := flag.String("borders", "", "countries-50m.json of world-atlas")
	date := flag.String("date", "", "day of the data, YYYY-MM-DD")
	out := flag.String("out", "data", "folder to write to")
	flag.Parse()
	if err := run(*asn, *country, *atlas, *date, *out); err != nil {
		fmt.Fprintln(os.Stderr, "maketable:", err)
		os.Exit(1)
	}
}

func run(asn, country, atlas, date, out string) error {
	places, err := makePlaces(asn, country, date)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "places.bin"), places, 0o644); err != nil {
		return err
	}
	borders, err := makeBorders(atlas)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "borders.txt"), borders, 0o644)
}
