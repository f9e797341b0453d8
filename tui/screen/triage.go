package screen

import (
	"context"
	"slices"
	"strings"
	"time"

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
	began   time.Time // of the reading
	cancel  context.CancelFunc
	tick    int // number of the last tick that is due

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

// questionsTicked says that reading the questions takes long.
type questionsTicked struct {
	of   *triage
	tick int
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
	switch {
	case t.question() != nil:
	case t.reading || !t.read:
		return []key.Binding{k.Cancel}
	case len(t.path) == 0:
		return []key.Binding{k.Cancel, k.Add, k.Entities}
	default:
		return []key.Binding{k.Incidents, k.Export, k.Undo, k.Cancel}
	}
	end := key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "end; answers stay"))
	return []key.Binding{k.AnswerMine, k.AnswerNotMine, k.AnswerSkip, k.Undo, end}
}

func (t *triage) load() tea.Cmd {
	if t.reading {
		t.again = true
		t.cancel() // what is being computed is of yesterday
		return nil
	}
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(context.Background())
	t.reading, t.began = true, time.Now()
	t.tick++
	c := t.ctx.Case
	return tea.Batch(t.ticker(), func() tea.Msg {
		list, err := c.Questions(ctx)
		return questionsRead{t, list, err}
	})
}

func (t *triage) ticker() tea.Cmd {
	tick := t.tick
	return tea.Tick(tickTime, func(time.Time) tea.Msg { return questionsTicked{t, tick} })
}

// Update takes an answer of the user or of the case.
func (t *triage) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case questionsRead:
		if msg.of != t {
			return t, nil
		}
		t.reading = false
		if msg.err == nil {
			t.list, t.read, t.err = msg.list, true, nil
		}
		if t.again {
			t.again = false
			return t, tea.Batch(t.load(), t.count())
		}
		t.err = msg.err
		return t, t.count()
	case questionsTicked:
		if msg.of == t && msg.tick == t.tick && t.reading {
			return t, t.ticker()
		}
	case reached:
		if msg.of == any(t) {
			return t, t.reached(msg)
		}
	case kit.CaseChanged, kit.Analysed:
		if came, ok := msg.(kit.Analysed); ok && t.before < 0 && came.Analysis != nil {
			t.before = len(came.Analysis.Incidents)
		}
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
		return t.close(nil)
	case key.Matches(msg, k.Undo):
		return t.undo()
	case q == nil && key.Matches(msg, k.Timeline, k.Incidents, k.Entities, k.Evidence, k.Add, k.Export, k.Quit, k.Help):
		return t.close(msg) // nothing is asked: the key means what it means on every screen
	case q == nil:
	case key.Matches(msg, k.AnswerMine):
		return t.say(q, "mine")
	case key.Matches(msg, k.AnswerNotMine):
		return t.notMine(q)
	case key.Matches(msg, k.AnswerSkip):
		return t.say(q, skipped)
	default: // enter would be a guess at what is meant
		say := func(b key.Binding) string { return b.Help().Key + " " + b.Help().Desc }
		return t.ctx.Post(kit.Noticed{Text: "the answers are " + say(k.AnswerMine) + ", " + say(k.AnswerNotMine) + ", " + say(k.AnswerSkip)})
	}
	return nil
}

// close ends the questions, also those that are being looked for; then is a message that is sent on.
func (t *triage) close(then tea.Msg) tea.Cmd {
	if t.cancel != nil {
		t.cancel()
	}
	return t.ctx.Post(kit.SheetClosed{Answer: then})
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
