package absence

import (
	"fmt"
	"math"
)

// rate is what is usual for a folder: how many of its mails go on days near which nothing happened.
type rate struct {
	days, quiet int     // days that the folder spans; of these the quiet ones
	gone, came  int     // on quiet days
	share       float64 // of the mails of quiet days that are gone, never quite 0 or 1
	alpha       float64 // a chance below this is not chance: less than one such day in the whole folder
	byDay       map[int64]*count
}

type count struct{ came, gone int }

// rateOf counts by the day on which the mails came. Runs that can have come within more than two days are left out.
func (w *work) rateOf(s *space) *rate {
	r := &rate{byDay: map[int64]*count{}}
	at := func(t int64) *count {
		d := t / day
		if r.byDay[d] == nil {
			r.byDay[d] = &count{}
		}
		return r.byDay[d]
	}
	newest := len(s.in) - 1
	for i := range s.known {
		k := &s.known[i]
		if k.lower == 0 || k.mail == nil {
			continue
		}
		c := at(k.lower)
		c.came++
		if k.from != newest && s.in[newest].f.Listed && !w.elsewhereNow(k.mail) {
			c.gone++
		}
	}
	for i := range s.runs {
		if u := &s.runs[i]; u.lower != 0 && u.upper != 0 && u.upper-u.lower <= 2*day && !u.head {
			c := at(u.lower + (u.upper-u.lower)/2)
			c.came += u.left()
			c.gone += u.left()
		}
	}
	first, last := int64(math.MaxInt64), int64(0)
	for d := range r.byDay {
		first, last = min(first, d), max(last, d)
	}
	if last == 0 {
		r.share, r.alpha = 0.5, 0
		return r
	}
	r.days = int(min(last-first+1, 100_000))
	loud := map[int64]bool{}
	for _, sig := range w.signals {
		for d := sig.Time/day - 1; d <= sig.Time/day+1; d++ {
			if d >= first && d <= last {
				loud[d] = true
			}
		}
	}
	r.quiet = max(0, r.days-len(loud))
	for d, c := range r.byDay {
		if !loud[d] {
			r.gone += c.gone
			r.came += c.came
		}
	}
	r.share = (float64(r.gone) + 0.5) / (float64(r.came) + 1)
	r.alpha = min(0.01, 0.5/float64(r.days))
	return r
}

// elsewhereNow reports whether the newest copy has the mail in any folder.
func (w *work) elsewhereNow(m *Mail) bool { return w.copies[len(w.copies)-1].find(m) != nil }

// A rate is told from so many quiet days with so many mails; less is no habit.
const (
	fewDays  = 14
	fewMails = 30
)

func (r *rate) known() bool { return r.quiet >= fewDays && r.came >= fewMails }

// words tells the rate, with the days it rests on.
func (r *rate) words() string {
	switch {
	case !r.known():
		return fmt.Sprintf("too little to tell a usual rate from: %s on %s", plural(r.came, "mail"), plural(r.quiet, "quiet day"))
	case r.gone == 0:
		return fmt.Sprintf("none of %d mails on %d quiet days", r.came, r.quiet)
	}
	return fmt.Sprintf("%s a day over %d quiet days (%s of the mails that came)", decimalText(float64(r.gone)/float64(r.quiet)), r.quiet, percent(float64(r.gone)/float64(r.came)))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func decimalText(v float64) string {
	switch {
	case v >= 10:
		return fmt.Sprintf("%.0f", v)
	case v >= 0.095:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2g", v)
}

func percent(v float64) string {
	if v >= 0.0995 {
		return fmt.Sprintf("%.0f%%", 100*v)
	}
	return fmt.Sprintf("%.1f%%", 100*v)
}

// beyond reports whether a run is more than the quiet days explain: so many in a row, or so many on its day,
// would come by chance less than once in the whole folder.
func (r *rate) beyond(u *run) bool {
	n := u.left()
	if !r.known() || n == 0 {
		return false
	}
	if math.Pow(r.share, float64(n)) < r.alpha {
		return true
	}
	if u.lower == 0 || u.upper == 0 || u.upper-u.lower > 2*day {
		return false
	}
	c := r.byDay[(u.lower+(u.upper-u.lower)/2)/day]
	return c != nil && binomialTail(c.came, c.gone, r.share) < r.alpha
}

// binomialTail is the chance of k or more of n where each has the chance p.
func binomialTail(n, k int, p float64) float64 {
	if k <= 0 || p >= 1 {
		return 1
	}
	logN, _ := math.Lgamma(float64(n) + 1)
	sum := 0.0
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(i) + 1)
		b, _ := math.Lgamma(float64(n-i) + 1)
		term := math.Exp(logN - a - b + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
		sum += term
		if i > k+int(float64(n)*p) && term < sum*1e-12 {
			break
		}
	}
	return min(sum, 1)
}
