// Package acquire copies a mailbox over IMAP into a folder of evidence, without changing it.
//
//	server ──> wire (tokens, bounds) ──> conn (commands) ──> session (folders, resume, waiting)
//	                                                            │ one message at a time
//	                                                            v
//	                       keeper: hash, Maildir file ──> messages.jsonl ──> manifest.sha256
//
// It is used in this order: ParseTarget, Open (connects and logs in, so that a wrong password
// is known before anything is written), Session.Copy, Session.Close.
//
// Invariant: the only commands it can send are those of the constants in command.go:
// CAPABILITY, STARTTLS, AUTHENTICATE, LOGIN, ID, LIST, STATUS, EXAMINE, UID FETCH with
// BODY.PEEK[], LOGOUT. There is no way to make it send SELECT, STORE or EXPUNGE.
//
// Invariant: a password or token goes only over TLS with a verified certificate and host name,
// or to a loopback address; it is never written to disk and is in no error.
//
// Invariant: everything the server says is hostile. Lines, lists, literals, counts and silence
// have bounds (Limits); names of folders never name a path outside of the acquisition.
//
// Invariant: a message stands in messages.jsonl only after its file is whole, and the manifest
// is written last. A run that was killed at any moment and is started again checks the hash of
// everything it finds, keeps what is whole and asks for the rest.
//
// The IMAP exchange is our own and small: SAVEDATE, EMAILID and X-GM-MSGID are evidence, and
// every answer needs a bound; libraries that can be had know neither.
package acquire
