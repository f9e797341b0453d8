package widget

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// maxInput bounds what can be typed or pasted, in runes.
const maxInput = 4096

// Input is one line of text that is being typed.
type Input struct {
	text []rune
	pos  int // the caret stands before this rune
}

// NewInput begins with text and the caret at its end.
func NewInput(text string) Input {
	var in Input
	in.Set(text)
	return in
}

// Value is the text.
func (in *Input) Value() string { return string(in.text) }

// Caret is the caret's place, in runes.
func (in *Input) Caret() int { return in.pos }

// Set replaces the text and puts the caret at its end.
func (in *Input) Set(text string) {
	in.text = []rune(oneLine(text))
	in.text = in.text[:min(len(in.text), maxInput)]
	in.pos = len(in.text)
}

// Replace puts text in the place of the runes from start to the caret.
func (in *Input) Replace(start int, text string) {
	start = max(0, min(start, in.pos))
	rest := string(in.text[in.pos:])
	in.Set(string(in.text[:start]) + text)
	at := in.pos
	in.Set(in.Value() + rest)
	in.pos = min(at, len(in.text))
}

// Update takes a key or a paste; it reports whether the text or the caret changed.
func (in *Input) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		in.insert(msg.Content)
		return true
	case tea.KeyPressMsg:
		return in.key(msg)
	}
	return false
}

func (in *Input) key(msg tea.KeyPressMsg) bool {
	switch msg.String() {
	case "left", "ctrl+b":
		in.pos = max(0, in.pos-1)
	case "right", "ctrl+f":
		in.pos = min(len(in.text), in.pos+1)
	case "home", "ctrl+a":
		in.pos = 0
	case "end", "ctrl+e":
		in.pos = len(in.text)
	case "ctrl+left", "alt+left", "alt+b":
		in.pos = in.wordStart()
	case "ctrl+right", "alt+right", "alt+f":
		in.pos = in.wordEnd()
	case "backspace", "ctrl+h":
		in.cut(in.pos-1, in.pos)
	case "delete", "ctrl+d":
		in.cut(in.pos, in.pos+1)
	case "ctrl+w", "alt+backspace":
		in.cut(in.wordStart(), in.pos)
	case "ctrl+u":
		in.cut(0, in.pos)
	case "ctrl+k":
		in.cut(in.pos, len(in.text))
	default:
		if msg.Text == "" || msg.Mod&^tea.ModShift != 0 {
			return false
		}
		in.insert(msg.Text)
	}
	return true
}

func (in *Input) insert(text string) {
	add := []rune(oneLine(text))
	add = add[:min(len(add), maxInput-len(in.text))]
	out := make([]rune, 0, len(in.text)+len(add))
	out = append(append(append(out, in.text[:in.pos]...), add...), in.text[in.pos:]...)
	in.text, in.pos = out, in.pos+len(add)
}

func (in *Input) cut(from, to int) {
	from, to = max(0, from), min(to, len(in.text))
	if from < to {
		in.text = append(in.text[:from:from], in.text[to:]...)
		in.pos = from
	}
}

func (in *Input) wordStart() int {
	i := in.pos
	for i > 0 && unicode.IsSpace(in.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(in.text[i-1]) {
		i--
	}
	return i
}

func (in *Input) wordEnd() int {
	i := in.pos
	for i < len(in.text) && unicode.IsSpace(in.text[i]) {
		i++
	}
	for i < len(in.text) && !unicode.IsSpace(in.text[i]) {
		i++
	}
	return i
}

// Render adds the text with its caret to a line, in at most w cells. It
// returns how many cells before the caret are visible, and which rune is the first visible one.
func (in *Input) Render(l *kit.Line, st *kit.Styles, w int) (caretCell, first int) {
	w = min(w, l.Left())
	for first < in.pos && kit.Width(string(in.text[first:in.pos])) > w-2 {
		first += max(1, (in.pos-first)/8)
	}
	before := string(in.text[first:in.pos])
	under, after := " ", ""
	if in.pos < len(in.text) {
		under, after = string(in.text[in.pos:in.pos+1]), string(in.text[in.pos+1:])
	}
	l.Add(st.Strong, before).Add(st.Caret, under)
	l.Add(st.Strong, kit.Cut(after, max(0, w-kit.Width(before)-kit.Width(under))))
	return kit.Width(before), first
}

// oneLine turns what would break the line into spaces.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, strings.TrimRight(s, "\r\n"))
}
