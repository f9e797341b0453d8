package screen

import (
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// View asks the question in the middle of the screen.
func (t *triage) View(width, height int) []string {
	st := t.ctx.Styles
	p := &pane{ctx: t.ctx, width: width}
	switch q := t.question(); {
	case t.err != nil:
		p.wrapped(st.Bad, "The questions could not be read: "+t.err.Error())
	case q != nil:
		t.ask(p, q, height, true)
		if t.warned != "" && len(p.lines) > height { // what speaks against an answer is never cut off
			p.lines = nil
			t.ask(p, q, height, false)
		}
	case !t.read || t.reading:
		text := "Looking for what only you can know."
		if d := time.Since(t.began); d >= tickTime {
			text = words(text, seconds(d))
		}
		p.add(kit.NewLine(width))
		p.add(kit.NewLine(width).Space(3).Add(st.Muted, text))
	default:
		w, left := t.column(width)
		column := &pane{ctx: t.ctx, width: w + 1}
		t.summary(column)
		for _, l := range column.lines {
			p.lines = append(p.lines, strings.Repeat(" ", left-1)+l+strings.Repeat(" ", width-left-w))
		}
	}
	out := p.lines
	for len(out) < height {
		out = append(out, kit.NewLine(width).String())
	}
	return out[:height]
}

// column is where the text stands: in the middle of a wide screen.
func (t *triage) column(width int) (w, left int) {
	w = min(width-6, 90)
	return w, max(2, (width-w)/2)
}

func (t *triage) ask(p *pane, q *forensics.Question, height int, detail bool) {
	st := t.ctx.Styles
	w, left := t.column(p.width)
	put := func(look kit.Style, text string, most int) {
		for _, s := range kit.Wrap(text, w, most) {
			p.add(kit.NewLine(p.width).Space(left).Add(look, s))
		}
	}
	blank := func(n int) {
		for range n {
			p.add(kit.NewLine(p.width))
		}
	}
	air := 1
	if height >= 26 {
		air = 2
	}
	questions, events := t.open()
	blank(1)
	put(st.Muted, t.progress(questions, events), 2)
	p.lines = append(p.lines, t.bar(p.width, left, w, events))
	blank(air)
	put(st.Strong, q.Text, 6)
	if detail && q.Detail != "" {
		blank(1)
		put(st.Muted, q.Detail, 4)
	}
	blank(air)
	choices := []struct{ key, word, means, suggest string }{
		{t.ctx.Keys.AnswerMine.Help().Key, "yes, mine", "you, your devices, people you gave access to", "mine"},
		{t.ctx.Keys.AnswerNotMine.Help().Key, "not mine", "you have never used this", "not-mine"},
		{t.ctx.Keys.AnswerSkip.Help().Key, "don't know", "it stays open; nothing is guessed", ""},
	}
	for _, c := range choices {
		l := kit.NewLine(p.width)
		if q.Suggest != "" && c.suggest == q.Suggest {
			l.Space(left-2).Add(st.Accent, "▸ ")
		} else {
			l.Space(left)
		}
		p.add(l.Add(st.Title, c.key).Space(3).Cell(st.Strong, c.word, 14).Add(st.Muted, c.means))
	}
	blank(air)
	r := t.reach[questionKey(q)]
	if t.warned == questionKey(q) && r != nil {
		put(st.Warn, "Careful: "+r.Wide("not-mine")+". "+t.ctx.Keys.AnswerNotMine.Help().Key+" again if it is meant.", 3)
	}
	put(st.Text, settles(q, r), 3)
}

// settles says how much an answer decides.
func settles(q *forensics.Question, r *forensics.Reach) string {
	text := "Your answer settles " + kit.Plural(q.Events, "event")
	if r != nil && r.From > 0 {
		text += ", " + kit.ReachShare(r)
		if len(q.Incidents) > 0 {
			text += ","
		}
	}
	switch n := len(q.Incidents); {
	case n == 1:
		text += " and changes incident #" + itoa(q.Incidents[0])
	case n > 1:
		text += " and changes " + kit.Plural(int64(n), "incident")
	}
	text += "."
	if word := verdictWord(q.Suggest); word != "" {
		text += " The evidence so far leans to ▸ " + word + "."
	}
	return text
}

func (t *triage) progress(questions int, events int64) string {
	text := "Question " + itoa(int64(len(t.path)+1)) + ", " + itoa(int64(questions-1)) + " more after it"
	if questions == 1 {
		text = "Question " + itoa(int64(len(t.path)+1)) + ", the last one"
	}
	return text + "; " + kit.Plural(events, "event") + " open."
}

// bar is how much of what was open is settled.
func (t *triage) bar(width, left, w int, open int64) string {
	st := t.ctx.Styles
	full := 0
	if all := t.events + open; all > 0 {
		full = int(int64(w) * t.events / all)
	}
	return kit.NewLine(width).Space(left).Add(st.Accent, strings.Repeat("━", full)).Add(st.Faint, strings.Repeat("─", w-full)).String()
}

// summary closes the questions: what was answered, what it changed, what comes next.
func (t *triage) summary(p *pane) {
	st := t.ctx.Styles
	count := map[string]int64{}
	for _, a := range t.path {
		count[a.verdict]++
	}
	p.add(kit.NewLine(p.width))
	if len(t.path) == 0 {
		p.wrapped(st.Strong, "There is nothing to ask.")
		p.add(kit.NewLine(p.width))
		text := "Either everything is settled by your verdicts, or the case holds nothing yet that only you can know."
		if a := t.ctx.Analysis; a != nil && len(a.Incidents) == 0 {
			text = "Questions are about incidents, and none was found in this evidence."
		}
		p.wrapped(st.Text, text+" a adds evidence; 3 shows addresses, mail programs and keys to judge by hand.")
		return
	}
	p.wrapped(st.Strong, "Done. Thank you.")
	p.add(kit.NewLine(p.width))
	p.named("answered", st.Muted, kit.Plural(int64(len(t.path)), "question")+": "+itoa(count["mine"])+" mine, "+itoa(count["not-mine"])+" not mine, "+itoa(count[skipped])+" left open", st.Text)
	p.named("settled", st.Muted, kit.Plural(t.events, "event"), st.Text)
	if a := t.ctx.Analysis; a != nil {
		text := kit.Plural(int64(len(a.Incidents)), "incident")
		if t.before >= 0 && t.before != len(a.Incidents) {
			text += ", " + itoa(int64(t.before)) + " before"
		}
		p.named("now", st.Muted, text, st.Text)
	}
	p.add(kit.NewLine(p.width))
	next := "2 shows the incidents step by step, e writes the report. Every answer can be taken back: u here, or c on it under 3 Entities."
	if count[skipped] > 0 {
		next = "What you left open stays as it is: ask again when you know more. " + next
	}
	p.wrapped(st.Text, next)
}
