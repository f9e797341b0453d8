// Package geo says where an address is, offline: country, operator (AS) and the sort of network.
//
// Two sources answer, the first that knows an address wins for each of its fields:
//
//  1. databases of the user's in MaxMind's format (Open; Find looks in the usual places),
//  2. the table in this binary, made by maketable from free data (Sources names it, its day and its
//     licence; data/NOTICE.md gives the attributions).
//
// Addresses that no database can place are named for what they are before either is asked: private,
// carrier-grade NAT, documentation, loopback, link-local, reserved.
//
// What the answers are worth: the operator comes from the routing table of one day and is nearly always right for
// that day. The country is where the operator says it uses the block; with satellites, mobile carriers,
// anycast and leased blocks it can be wrong. The sort of network comes from a list of operators, so an
// ordinary answer means "not on the list", never "not a VPN". Detection weighs them accordingly.
//
// A *DB does not change after it is made and may be used by many goroutines.
package geo
