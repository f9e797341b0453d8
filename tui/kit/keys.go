package kit

import "charm.land/bubbles/v2/key"

// Keys is the one table of keys. The help screen and the hints at the bottom
// are made from it.
type Keys struct {
	// everywhere
	Timeline, Incidents, Entities, Evidence, Help, Quit, Zone, Add, Export, Undo key.Binding
	// moving
	Up, Down, PageUp, PageDown, First, Last key.Binding
	// timeline
	Filter, GoTo, Details, Pane, Tag, Note, Similar, ZoomIn, ZoomOut, Prev, Next, NextDay, PrevDay key.Binding
	// judging what an event, a step or an entity came from
	Mine, NotMine, Unjudge, Questions key.Binding
	// incidents
	Score, Order, NotChecked, Findings, ItsIncidents, PrevIncident, NextIncident key.Binding
	// entities
	NextKind, PrevKind, Select, Sort, Reverse, Network, ShowHere key.Binding
	// questions
	AnswerMine, AnswerNotMine, AnswerSkip key.Binding
	// evidence
	Fold, Unfold, Warnings, ShowEvents, Folders, Acquire key.Binding
	// folders
	NextRun, PrevRun, NextMissing, PrevMissing key.Binding
	// start
	NewCase, OpenPath, Demo, Guide key.Binding
	// typing and choosing
	Accept, Cancel, Complete, CompleteBack, HistoryUp, HistoryDown key.Binding
	// quitting while an add runs
	StopAdd, WaitAdd key.Binding
	// copying a mailbox
	StopCopy, Again, Choose, AllOrNone, NextField key.Binding
}

// KeySection is a part of the help screen.
type KeySection struct {
	Title    string
	Bindings []key.Binding
}

// NewKeys makes the table.
func NewKeys() Keys {
	b := func(show, help string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, help))
	}
	return Keys{
		Timeline:  b("1", "timeline", "1"),
		Incidents: b("2", "incidents", "2"),
		Entities:  b("3", "entities", "3"),
		Evidence:  b("4", "evidence", "4"),
		Help:      b("?", "help", "?", "f1"),
		Quit:      b("q", "quit", "q", "ctrl+c"),
		Zone:      b("z", "zone", "z"),
		Add:       b("a", "add evidence", "a"),
		Export:    b("e", "export", "e"),
		Undo:      b("u", "undo", "u"),

		Up:       b("↑", "up", "up", "k"),
		Down:     b("↓", "down", "down", "j"),
		PageUp:   b("PgUp", "page up", "pgup", "ctrl+b"),
		PageDown: b("PgDn", "page down", "pgdown", "ctrl+f"),
		First:    b("Home", "first", "home"),
		Last:     b("End", "last", "end", "G"),

		Filter:  b("/", "filter", "/"),
		GoTo:    b("g", "go to time", "g"),
		Details: b("⏎", "details", "enter"),
		Pane:    b("tab", "scroll the details", "tab"),
		Tag:     b("t", "tag", "t"),
		Note:    b("n", "note", "n"),
		Similar: b("s", "similar events", "s"),
		ZoomIn:  b("+", "zoom in", "+", "="),
		ZoomOut: b("-", "zoom out", "-", "_"),
		Prev:    b("[", "event before", "["),
		Next:    b("]", "event after", "]"),
		NextDay: b("}", "next day", "}"),
		PrevDay: b("{", "day before", "{"),

		Mine:      b("m", "mine", "m"),
		NotMine:   b("x", "not mine", "x"),
		Unjudge:   b("c", "unknown again", "c"),
		Questions: b("t", "questions", "t"),

		Score:      b("s", "parts of the score", "s"),
		Order:      b("o", "order", "o"),
		NotChecked: b("n", "what was not checked", "n"),
		Findings:   b("v", "other findings", "v"),

		ItsIncidents: b("i", "its incidents", "i"),
		PrevIncident: b("[", "incident before", "["),
		NextIncident: b("]", "next incident", "]"),

		NextKind: b("tab", "next kind", "tab", "right", "l"),
		PrevKind: b("shift+tab", "kind before", "shift+tab", "left", "h"),
		Select:   b("space", "choose several", "space"),
		Sort:     b("o", "sort by the next column", "o"),
		Reverse:  b("O", "other way round", "O"),
		Network:  b("w", "all from this network", "w"),
		ShowHere: b("⏎", "its events", "enter"),

		AnswerMine:    b("m", "mine", "m", "y"),
		AnswerNotMine: b("x", "not mine", "x", "n"),
		AnswerSkip:    b("d", "don't know", "d", "space"),

		Fold:       b("←", "fold", "left", "h"),
		Unfold:     b("→", "unfold", "right", "l"),
		Warnings:   b("w", "warnings", "w"),
		ShowEvents: b("f", "show its events", "f"),
		Folders:    b("r", "folders and UIDs", "r"),
		Acquire:    b("i", "copy a mailbox", "i"),

		NextRun: b("→", "next run of UIDs", "right", "l"),
		PrevRun: b("←", "run before", "left", "h"),

		NextMissing: b("]", "next missing", "]"),
		PrevMissing: b("[", "missing before", "["),

		NewCase:  b("n", "new case", "n"),
		OpenPath: b("o", "open a case by its path", "o"),
		Demo:     b("d", "look at the sample case", "d"),
		Guide:    b("h", "I was hacked: help me", "h"),

		Accept:       b("⏎", "accept", "enter"),
		Cancel:       b("esc", "back", "esc"),
		Complete:     b("tab", "complete", "tab"),
		CompleteBack: b("shift+tab", "complete backwards", "shift+tab"),
		HistoryUp:    b("↑", "older", "up", "ctrl+p"),
		HistoryDown:  b("↓", "newer", "down", "ctrl+n"),

		StopAdd: b("s", "stop it and quit", "s"),
		WaitAdd: b("w", "quit when it is done", "w"),

		StopCopy: b("s", "stop", "s"),
		Again:    b("⏎", "try again", "enter"),

		Choose:    b("space", "in or out", "space"),
		AllOrNone: b("a", "all or none", "a"),
		NextField: b("tab", "the other day", "tab", "shift+tab", "up", "down"),
	}
}

// Sections lists the table for the help screen. The sections of the numbered screens bear the names of these.
func (k Keys) Sections() []KeySection {
	return []KeySection{
		{"Everywhere", []key.Binding{k.Timeline, k.Incidents, k.Entities, k.Evidence, k.Filter, k.Zone, k.Add, k.Export, k.Undo, k.Cancel, k.Help, k.Quit}},
		{"Moving", []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.First, k.Last}},
		{"Start", []key.Binding{k.NewCase, k.OpenPath, k.Demo, k.Guide}},
		{"Timeline", []key.Binding{k.Details, k.GoTo, k.PrevDay, k.NextDay, k.ZoomIn, k.ZoomOut, k.Similar, k.Tag, k.Note, k.ItsIncidents, k.Pane, k.Prev, k.Next}},
		{"Verdicts", []key.Binding{k.Mine, k.NotMine, k.Unjudge}},
		{"Incidents", []key.Binding{k.Details, k.PrevIncident, k.NextIncident, k.ShowEvents, k.Score, k.Order, k.Findings, k.NotChecked, k.Questions}},
		{"Entities", []key.Binding{k.NextKind, k.PrevKind, k.Select, k.ShowHere, k.Network, k.ItsIncidents, k.Sort, k.Reverse, k.Questions}},
		{"Questions", []key.Binding{k.AnswerMine, k.AnswerNotMine, k.AnswerSkip}},
		{"Evidence", []key.Binding{k.Unfold, k.Fold, k.Warnings, k.ShowEvents, k.Folders, k.Acquire}},
		{"Folders", []key.Binding{k.PrevRun, k.NextRun, k.NextMissing, k.PrevMissing, k.ShowHere, k.ZoomIn, k.ZoomOut}},
		{"Typing", []key.Binding{k.Complete, k.HistoryUp, k.HistoryDown, k.Accept, k.Cancel}},
	}
}
