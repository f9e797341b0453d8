// Package mailserver reads the logs of self-hosted mail servers: the lines of Dovecot,
// Postfix, Exim and Courier, alone or mixed with those of other programs in one mail.log,
// behind whatever prefix brought them there; and the logins of the Roundcube webmail.
//
// A line is read in three steps: stamp and program (prefix.go, stamp.go), the program's
// own head (dovecot_head.go), and the text, which one handler per kind of process turns into
// events.
//
// Invariants: a line of another program is skipped, never broken; a password or a hash that
// an authentication line quotes reaches no field of an event, for the
// reasons given there are words of this package, not of the line; where a name that an attacker
// chose stands before a field of the server, the last such field counts, not the first;
// a time without year or zone says so and is left to the timeline.
package mailserver
