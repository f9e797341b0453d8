// Package acquire copies a mailbox over IMAP into a folder of evidence, without changing it.
//
//	server ──> guard (bounds, only reading) ──> go-imap ──> session (folders, resume, waiting)
//	             └──> exchange (what go-imap does not speak)     │ one message at a time
//	                                                             v
//	                        keeper: hash, Maildir file ──> messages.jsonl ──> manifest.sha256
//
// It is used in this order: ParseTarget, Open (connects and logs in, so that a wrong password
// is known before anything is written), Session.Folders where somebody is to choose, Session.Copy,
// Session.Close.
//
// Invariant: the only commands that reach the wire are those that allowed() knows: CAPABILITY,
// STARTTLS, AUTHENTICATE, LOGIN, ID, LIST, STATUS, EXAMINE, ENABLE QRESYNC, UID FETCH with
// BODY.PEEK[], LOGOUT. Whoever writes another one, the library too, ends the connection before a
// byte of it is sent.
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
// go-imap speaks IMAP, one command at a time. The guard keeps what it drops (greeting,
// good-bye, ID, names and flags as they were written) and bounds what it does not. What it ends
// the connection over - SAVEDATE, EMAILID, X-GM-MSGID, VANISHED - an exchange of our own asks
// for on the same connection, and the library sees nothing of it.
package acquire
