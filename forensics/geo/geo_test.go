package geo

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"keytrail/forensics"
)

func TestSpecial(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1": "loopback", "::1": "loopback", "10.1.2.3": "private", "::ffff:10.1.2.3": "private", "172.31.255.255": "private",
		"172.32.0.0": "", "192.168.1.1": "private", "100.64.0.1": "cgnat", "100.128.0.0": "", "169.254.1.1": "link-local",
		"fe80::1%eth0": "link-local", "fd00::1": "private", "203.0.113.7": "documentation", "2001:db8::1": "documentation",
		"255.255.255.255": "reserved", "ff02::1": "reserved", "::": "reserved", "0.0.0.0": "reserved",
		// Every public IPv6 address is public.
		"2001:4860:4860::8888": "", "2a00:1450::1": "", "2001:db7::1": "", "8.8.8.8": "",
	} {
		if got := Special(netip.MustParseAddr(text)); got != want {
			t.Errorf("Special(%s) = %q, want %q", text, got, want)
		}
	}
}

// TestEmbedded asks for blocks that have been in the same hands for decades.
func TestEmbedded(t *testing.T) {
	db, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]forensics.Place{
		"8.8.8.8":              {Country: "US", ASN: 15169, Kind: "proxy"},
		"2001:4860:4860::8888": {Country: "US", ASN: 15169, Kind: "proxy"},
		"::ffff:8.8.8.8":       {Country: "US", ASN: 15169, Kind: "proxy"},
		"64:ff9b::808:808":     {Country: "US", ASN: 15169, Kind: "proxy"}, // NAT64
		"2002:808:808::1":      {Country: "US", ASN: 15169, Kind: "proxy"}, // 6to4
		"18.0.0.1":             {Country: "US", ASN: 3},
		"80.128.0.1":           {Country: "DE", ASN: 3320},
		"193.0.6.139":          {Country: "NL", ASN: 3333},
		"133.11.0.1":           {Country: "JP", ASN: 2501},
		"88.198.0.1":           {Country: "DE", ASN: 24940, Kind: "hosting"},
		"192.168.0.1":          {Kind: "private"},
		"203.0.113.7":          {Kind: "documentation"},
	} {
		got := db.Place(netip.MustParseAddr(text))
		if want.Kind != "private" && want.Kind != "documentation" && got.Org == "" {
			t.Errorf("%s: no operator's name", text)
		}
		got.Org = ""
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
	if p := db.Place(netip.Addr{}); p != (forensics.Place{}) {
		t.Errorf("no address is at %v", p)
	}
	if n := len(db.Sources()); n != 2 {
		t.Errorf("%d sources", n)
	}
}

// TestNetworks checks that the operators listed by number are those that the routing table names.
func TestNetworks(t *testing.T) {
	table, err := embeddedTable()
	if err != nil {
		t.Fatal(err)
	}
	names := map[uint32]string{}
	for _, o := range table.operators {
		names[o.number] += strings.ToLower(o.name) + "\n"
	}
	lines := 0
	for line := range strings.Lines(networksFile) {
		f := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if f[0] == "#" {
			continue
		}
		lines++
		n, err := strconv.ParseUint(f[1], 10, 32)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if !strings.Contains(names[uint32(n)], strings.ToLower(f[2])) {
			t.Errorf("%q: AS%d is %q", strings.TrimSpace(line), n, names[uint32(n)])
		}
	}
	if lines < 100 || len(networks()) != lines {
		t.Errorf("%d lines, %d networks", lines, len(networks()))
	}
}

func TestKindByName(t *testing.T) {
	for org, want := range map[string]string{"Example Hosting Ltd": "hosting", "Example VPS": "hosting", "Ghosting AG": "", "Example Mobile": "mobile", "": ""} {
		if got := kindOf(64500, org); got != want {
			t.Errorf("kindOf(%q) = %q, want %q", org, got, want)
		}
	}
}

// TestKilometres checks the bound against ways that a map gives: it must not be above the way between the
// nearest points of two countries, and should not be far below it.
func TestKilometres(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		least, most int // kilometres between the nearest points, roughly
	}{
		{"DE", "DE", 0, 0}, {"DE", "FR", 0, 0}, {"US", "CA", 0, 0}, {"US", "RU", 0, 90},
		{"PT", "IE", 800, 1200}, {"NL", "NG", 3800, 4200}, {"JP", "AU", 3600, 4400}, {"GB", "IS", 500, 900},
		{"BR", "ZA", 4500, 5700}, {"NZ", "DE", 13000, 17500}, {"IN", "KE", 2000, 3500},
	} {
		for range 2 { // the second from memory
			got, ok := Kilometres(forensics.Place{Country: c.a}, forensics.Place{Country: c.b})
			back, _ := Kilometres(forensics.Place{Country: c.b}, forensics.Place{Country: c.a})
			if !ok || got < c.least || got > c.most || back != got {
				t.Errorf("%s to %s: %d km (%d back), %v; want %d to %d", c.a, c.b, got, back, ok, c.least, c.most)
			}
		}
	}
	if _, ok := Kilometres(forensics.Place{Country: "US"}, forensics.Place{}); ok {
		t.Error("a way to nowhere")
	}
	if n := len(borders()); n < 220 {
		t.Errorf("%d countries", n)
	}
}

// TestOpen reads a database in MaxMind's format that stands before the table in the binary.
func TestOpen(t *testing.T) {
	if _, err := Open(os.DevNull); err == nil || !strings.Contains(err.Error(), "it is no file") {
		t.Errorf("a device: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "missing.mmdb")); err == nil {
		t.Error("a missing file was opened")
	}
	bad := filepath.Join(t.TempDir(), "bad.mmdb")
	if err := os.WriteFile(bad, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(bad); err == nil || !strings.Contains(err.Error(), "bad.mmdb") {
		t.Errorf("error %v", err)
	}
	good := filepath.Join(t.TempDir(), "city.mmdb")
	if err := os.WriteFile(good, makeMMDB(), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(good)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	got := db.Place(netip.MustParseAddr("8.8.8.8"))
	got.Org = ""
	if d := cmp.Diff(forensics.Place{Country: "NO", Region: "Oslo", ASN: 15169, Kind: "vpn"}, got); d != "" {
		t.Error(d)
	}
	if s := db.Sources(); len(s) != 3 || s[0].Date != "2026-01-02" || !strings.Contains(s[0].Name, "city.mmdb") {
		t.Errorf("sources %v", s)
	}
	if !strings.Contains(db.Text(), "2026-01-02") {
		t.Error(db.Text())
	}
}

// makeMMDB writes the smallest database: one node whose both sides are one record, for every address.
func makeMMDB() []byte {
	text := func(s string) []byte { return append([]byte{2<<5 | byte(len(s))}, s...) }
	number := func(kind byte, v uint64, n int) []byte {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], v)
		head := []byte{kind<<5 | byte(n)}
		if kind > 7 {
			head = []byte{byte(n), kind - 7}
		}
		return append(head, b[8-n:]...)
	}
	dict := func(pairs ...[]byte) []byte {
		return append([]byte{7<<5 | byte(len(pairs)/2)}, bytes.Join(pairs, nil)...)
	}
	list := func(items ...[]byte) []byte {
		return append([]byte{byte(len(items)), 11 - 7}, bytes.Join(items, nil)...)
	}
	record := dict(
		text("country"), dict(text("iso_code"), text("NO")),
		text("subdivisions"), list(dict(text("names"), dict(text("en"), text("Oslo")))),
		text("is_anonymous_vpn"), []byte{1, 14 - 7},
	)
	const nodes = 1
	pointer := []byte{0, 0, nodes + 16}
	out := append(append([]byte{}, pointer...), pointer...)
	out = append(out, make([]byte, 16)...)
	out = append(out, record...)
	out = append(out, "\xab\xcd\xefMaxMind.com"...)
	const built = 1767312000 // 2026-01-02
	return append(out, dict(
		text("node_count"), number(6, nodes, 1), text("record_size"), number(5, 24, 1), text("ip_version"), number(5, 4, 1),
		text("database_type"), text("Test-City"), text("languages"), list(), text("binary_format_major_version"), number(5, 2, 1),
		text("binary_format_minor_version"), number(5, 0, 1), text("build_epoch"), number(9, built, 4), text("description"), dict(),
	)...)
}

// FuzzTable feeds the decoder tables that lie.
func FuzzTable(f *testing.F) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	small := []byte("\x06a\tb\tc\n\x01\x05\x02ab\x01DE\x01\x05\x01\x01\x01\x05\x01\x01")
	f.Add(small)
	f.Add([]byte("\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := decodeTable(append([]byte(magic), z.EncodeAll(data, nil)...))
		if err == nil {
			table.place(netip.MustParseAddr("8.8.8.8"))
			table.place(netip.MustParseAddr("2001:4860::1"))
		}
	})
}

func BenchmarkPlace(b *testing.B) {
	db, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	ip := [4]byte{}
	for i := range b.N {
		binary.BigEndian.PutUint32(ip[:], uint32(i)*2654435761)
		db.Place(netip.AddrFrom4(ip))
	}
}

func BenchmarkDecode(b *testing.B) {
	for b.Loop() {
		if _, err := decodeTable(embedded); err != nil {
			b.Fatal(err)
		}
	}
}
