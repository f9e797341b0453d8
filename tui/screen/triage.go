package screen

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// triage asks one question at a time, the one that settles most first, and says at the end what came of it.
type triage struct {
	ctx     *kit.Context
	list    []forensics.Question // as the case asks them now
	read    bool
	reading bool
	again   bool
	err     error

	said   map[string]string           // what was answered, by the names that the question is about
	path   []answer                    // in the order of the answers
	events int64                       // that the answers spoke for
	reach  map[string]*forensics.Reach // of what a question is about, as far as it is counted
	held   string                      // said to be not mine before it was counted
	warned string                      // seen to be likely a mistake: said again, it is meant
	before int                         // incidents when the first question was asked, -1 while not known
}

// answer is one that was given.
type answer struct {
	key     string
	verdict string // mine, not-mine, or skip
	events  int64
}

const skipped = "skip"

// questionsRead brings the questions that are left.
type questionsRead struct {
	of   *triage
	list []forensics.Question
	err  error
}

// NewTriageSheet leads through the questions.
func NewTriageSheet(ctx *kit.Context) kit.Sheet {
	t := &triage{ctx: ctx, said: map[string]string{}, reach: map[string]*forensics.Reach{}, before: -1}
	if ctx.Analysis != nil {
		t.before = len(ctx.Analysis.Incidents)
	}
	return t
}

// Init reads the questions.
func (t *triage) Init() tea.Cmd { return t.load() }

// Title names the dialogue.
func (t *triage) Title() string { return "questions" }

// Hints are the answers.
func (t *triage) Hints() []key.Binding {
	k := t.ctx.Keys
	if t.question() == nil {
		return []key.Binding{k.Undo, k.Cancel}
	}
	return []key.Binding{k.AnswerMine, k.AnswerNotMine, k.AnswerSkip, k.Undo, k.Cancel}
}

func (t *triage) load() tea.Cmd {
	if t.reading {
		t.again = true
		return nil
	}
	t.reading = true
	c := t.ctx.Case
	return func() tea.Msg {
		list, err := c.Questions(context.Background())
		return questionsRead{t, list, err}
	}
}

// Update takes an answer of the user or of the case.
func (t *triage) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case questionsRead:
		if msg.of != t {
			return t, nil
		}
		t.reading, t.read, t.err = false, true, msg.err
		if msg.err == nil {
			t.list = msg.list
		}
		if t.again {
			t.again = false
			return t, tea.Batch(t.load(), t.count())
		}
		return t, t.count()
	case reached:
		if msg.of == any(t) {
			return t, t.reached(msg)
		}
	case kit.CaseChanged, kit.Analysed:
		if came, ok := msg.(kit.Analysed); ok && t.before < 0 && came.Analysis != nil {
			t.before = len(came.Analysis.Incidents)
		}
		clear(t.reach) // events may have come
		clear(t.reach) // events may have come
		return t, t.load()
	case tea.KeyPressMsg:
		return t, t.key(msg)
	}
	return t, nil
}

func questionKey(q *forensics.Question) string { return strings.Join(q.Entities, "\x00") }

// question is the first one that is open, nil where none is.
func (t *triage) question() *forensics.Question {
	for i := range t.list {
		if _, done := t.said[questionKey(&t.list[i])]; !done {
			return &t.list[i]
		}
	}
	return nil
}

// open counts what is left, with the question that is asked.
func (t *triage) open() (questions int, events int64) {
	for i := range t.list {
		if _, done := t.said[questionKey(&t.list[i])]; !done {
			questions++
			events += t.list[i].Events
		}
	}
	return questions, events
}

func (t *triage) key(msg tea.KeyPressMsg) tea.Cmd {
	k, q := t.ctx.Keys, t.question()
	switch {
	case key.Matches(msg, k.Cancel), q == nil && key.Matches(msg, k.Accept):
		return t.ctx.Post(kit.SheetClosed{})
	case key.Matches(msg, k.Undo):
		return t.undo()
	case q == nil:
	case key.Matches(msg, k.AnswerMine):
		return t.say(q, "mine")
	case key.Matches(msg, k.AnswerNotMine):
		return t.notMine(q)
	case key.Matches(msg, k.AnswerSkip):
		return t.say(q, skipped)
	}
	return nil
}

func (t *triage) say(q *forensics.Question, verdict string) tea.Cmd {
	a := answer{questionKey(q), verdict, q.Events}
	t.said[a.key] = verdict
	t.path = append(t.path, a)
	t.held, t.warned = "", ""
	if verdict == skipped {
		return t.count()
	}
	t.events += q.Events
	t.ctx.Post(kit.VerdictChosen{Entities: slices.Clone(q.Entities), Verdict: verdict})
	return t.count()
}

// count finds out how much the question that is asked touches.
func (t *triage) count() tea.Cmd {
	q := t.question()
	if q == nil || t.reach[questionKey(q)] != nil {
		return nil
	}
	return reachCmd(t.ctx, t, questionKey(q), slices.Clone(q.Entities))
}

func (t *triage) reached(msg reached) tea.Cmd {
	if msg.err != nil {
		return t.ctx.Post(kit.Noticed{Text: msg.err.Error(), Bad: true})
	}
	t.reach[msg.name] = msg.reach
	if q := t.question(); q != nil && t.held == questionKey(q) {
		return t.notMine(q)
	}
	return nil
}

// notMine says so; where it is likely a mistake, that is shown first.
func (t *triage) notMine(q *forensics.Question) tea.Cmd {
	name := questionKey(q)
	r := t.reach[name]
	switch {
	case r == nil:
		t.held = name
		return nil
	case r.Wide("not-mine") != "" && t.warned != name:
		t.held, t.warned = "", name
		return nil
	}
	return t.say(q, "not-mine")
}

// undo takes the last answer back, never more than was answered here.
func (t *triage) undo() tea.Cmd {
	if len(t.path) == 0 {
		return t.ctx.Post(kit.Noticed{Text: "no answer to take back"})
	}
	last := t.path[len(t.path)-1]
	t.path = t.path[:len(t.path)-1]
	delete(t.said, last.key)
	if last.verdict == skipped {
		return nil
	}
	t.events -= last.events
	return t.ctx.Post(kit.UndoChosen{})
}

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
		p.wrapped(st.Muted, "Looking for what only you can know.")
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
		p.wrapped(st.Text, "Either everything is settled by your verdicts, or the case holds nothing yet that only you can know. a adds evidence; 3 shows addresses, mail programs and keys to judge by hand.")
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
	next := "esc, then 2 shows the incidents step by step; e writes the report. Every answer can be taken back: u here, or c on it under 3 Entities."
	if count[skipped] > 0 {
		next = "What you left open stays as it is: ask again when you know more. " + next
	}
	p.wrapped(st.Text, next)
}
