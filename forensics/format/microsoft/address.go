package microsoft

import (
	"bytes"
	"net/netip"
	"strconv"
)

// address is where somebody came from, as far as an audit record says it.
type address struct {
	ip   netip.Addr
	port uint16
	host string // where the source gives a name instead
}

// parseAddress reads the spellings of Microsoft's logs: with or without port, with or
// without brackets, IPv4 inside IPv6, host names.
func parseAddress(b []byte) address {
	b = bytes.TrimSpace(b)
	if i := bytes.IndexByte(b, ','); i >= 0 { // a chain of proxies: the first is the client
		b = bytes.TrimSpace(b[:i])
	}
	if len(b) == 0 || len(b) > 255 || bytes.EqualFold(b, []byte("null")) || bytes.EqualFold(b, []byte("<null>")) {
		return address{}
	}
	host, rest := b, []byte(nil)
	if b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		if end < 0 {
			return address{host: text(b)}
		}
		host, rest = b[1:end], bytes.TrimPrefix(b[end+1:], []byte(":"))
	} else if i := bytes.LastIndexByte(b, ':'); i >= 0 {
		if _, err := netip.ParseAddr(string(b)); err != nil {
			host, rest = b[:i], b[i+1:]
		}
	}
	var port uint16
	if len(rest) > 0 {
		n, err := strconv.ParseUint(string(rest), 10, 16)
		if err != nil {
			return address{host: text(b)}
		}
		port = uint16(n)
	}
	ip, err := netip.ParseAddr(string(host))
	if err != nil {
		return address{host: text(host), port: port}
	}
	return address{ip: ip.Unmap().WithZone(""), port: port}
}
