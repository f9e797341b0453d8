package acquire

import "time"

// Limits bound what a server can make us do. The zero value of a field means its default.
type Limits struct {
	Silence     time.Duration // without a byte from the server; default 2 minutes
	Command     time.Duration // for one command that brings no messages; default 10 minutes
	Message     int64         // bytes of one message; default 1 GiB
	Folders     int           // default 20,000
	Messages    int           // of one folder; default 20 million
	Attempts    int           // without any progress, before it gives up; default 8
	FirstWait   time.Duration // before the second attempt, doubled each time; default 2 seconds
	LongestWait time.Duration // also where the server asks for more; default 15 minutes
}

func (l Limits) withDefaults() Limits {
	duration := func(d *time.Duration, fallback time.Duration) {
		if *d <= 0 {
			*d = fallback
		}
	}
	number := func(n *int, fallback int) {
		if *n <= 0 {
			*n = fallback
		}
	}
	duration(&l.Silence, 2*time.Minute)
	duration(&l.Command, 10*time.Minute)
	duration(&l.FirstWait, 2*time.Second)
	duration(&l.LongestWait, 15*time.Minute)
	number(&l.Folders, 20_000)
	number(&l.Messages, 20_000_000)
	number(&l.Attempts, 8)
	if l.Message <= 0 {
		l.Message = 1 << 30
	}
	return l
}

// slowest is the rate below which a message counts as withheld, bytes a second.
const slowest = 2 << 10

// maxStray is how many answers nobody asked for a command may bring.
const maxStray = 20_000

// maxSteps is how often a server may ask while logging in.
const maxSteps = 10
