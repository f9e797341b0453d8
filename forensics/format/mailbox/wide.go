package mailbox

// decodedHead gives a head as bytes that the parsers read.
func decodedHead(b []byte) []byte { return b }
