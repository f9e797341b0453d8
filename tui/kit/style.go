package kit

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"

	"keytrail/forensics"
)

// Style is a look: colours and weight. Its zero value is the terminal's own look. Two
// are equal where they are the same entry of Styles.
type Style struct{ look *lipgloss.Style }

// Render cleans text and paints it.
func (s Style) Render(text string) string { return s.paint(Clean(text)) }

func (s Style) paint(clean string) string {
	if s.look == nil || clean == "" {
		return clean
	}
	return s.look.Render(clean)
}

// Bold adds weight.
func (s Style) Bold() Style {
	if s.look == nil {
		return look(lipgloss.NewStyle().Bold(true))
	}
	return look(s.look.Bold(true))
}

// over lays s on top of base.
func (s Style) over(base Style) Style {
	switch {
	case base.look == nil:
		return s
	case s.look == nil:
		return base
	}
	return look(s.look.Inherit(*base.look))
}

func look(l lipgloss.Style) Style { return Style{&l} }

// tokens is one palette: 24-bit colours as 0xRRGGBB.
type tokens struct {
	text, muted, faint, accent, row, good, bad, owner uint32
	groups                                            [8]uint32
	dimLogin, dimMail, ground                         uint32
}

var darkTokens = tokens{
	text: 0xd5d9e0, muted: 0x8e96a3, faint: 0x4d5461, accent: 0xf2a65a, row: 0x262c36, good: 0x8fc983, bad: 0xf2777a, owner: 0xf0a6c8,
	dimLogin: 0x3d6a96, dimMail: 0x4d5461, ground: 0x14181f,
	groups: [8]uint32{
		forensics.GroupOther: 0x8e96a3, forensics.GroupMail: 0x8e96a3,
		forensics.GroupKey: 0xe9c46a, forensics.GroupLogin: 0x74b3f0, forensics.GroupReset: 0xc099f0,
		forensics.GroupDeletion: 0xf2777a, forensics.GroupSettings: 0x5fc9bd, forensics.GroupMoney: 0x8fc983,
	},
}

var lightTokens = tokens{
	text: 0x24292f, muted: 0x5f6873, faint: 0xb9c0c8, accent: 0xa34f00, row: 0xeaeff5, good: 0x27742c, bad: 0xc4262e, owner: 0xa8327e,
	dimLogin: 0x9cc3e8, dimMail: 0xc3c9d0, ground: 0xffffff,
	groups: [8]uint32{
		forensics.GroupOther: 0x5f6873, forensics.GroupMail: 0x5f6873,
		forensics.GroupKey: 0x8a6500, forensics.GroupLogin: 0x0b62b8, forensics.GroupReset: 0x7a3ec2,
		forensics.GroupDeletion: 0xc4262e, forensics.GroupSettings: 0x08756c, forensics.GroupMoney: 0x27742c,
	},
}

// Styles are all looks of the screen, named by what they mean. Screens use
// nothing else.
type Styles struct {
	Mono bool // no colours at all: letters and marks carry everything

	Text, Strong, Muted, Faint Style
	Title, Accent              Style // the accent: where you are, what you type
	Good, Bad, Warn            Style
	Owner                      Style // what the owner or the provider did to repair
	Row                        Style // laid under the chosen row
	Match                      Style // a value found in the raw record
	Caret                      Style
	Rule                       Style
	Key                        Style // a key in a hint
	Group                      [8]Style
	Block                      [8]Style // the group's letter on a ground of its colour
	Bar                        [8]Style // the group in the density strip: the everyday ones are dim
}

// NewStyles makes the looks of a dark or a light terminal, or of one without
// colours.
func NewStyles(dark, mono bool) *Styles {
	if mono {
		return monoStyles()
	}
	t := lightTokens
	if dark {
		t = darkTokens
	}
	reversed := look(lipgloss.NewStyle().Reverse(true))
	s := &Styles{
		Text: fg(t.text), Strong: fg(t.text).Bold(), Muted: fg(t.muted), Faint: fg(t.faint),
		Title: fg(t.accent).Bold(), Accent: fg(t.accent),
		Good: fg(t.good), Bad: fg(t.bad), Warn: fg(t.accent), Owner: fg(t.owner),
		Row: bg(t.row), Match: fg(t.text).Bold(), Caret: reversed, Rule: fg(t.faint), Key: fg(t.text),
	}
	for g, c := range t.groups {
		s.Group[g], s.Bar[g] = fg(c), fg(c)
		s.Block[g] = fg(t.ground).over(bg(c)).Bold()
	}
	s.Bar[forensics.GroupLogin] = fg(t.dimLogin)
	s.Bar[forensics.GroupMail], s.Bar[forensics.GroupOther] = fg(t.dimMail), fg(t.dimMail)
	return s
}

func monoStyles() *Styles {
	bold, reversed := look(lipgloss.NewStyle().Bold(true)), look(lipgloss.NewStyle().Reverse(true))
	s := &Styles{Mono: true, Strong: bold, Title: bold, Bad: bold, Warn: bold, Owner: bold, Row: bold, Match: bold, Caret: reversed, Key: bold}
	for g := range s.Block {
		s.Block[g] = bold
	}
	return s
}

// GroupStyle is the look of a group.
func (s *Styles) GroupStyle(g forensics.Group) Style {
	if int(g) < len(s.Group) {
		return s.Group[g]
	}
	return s.Muted
}

func fg(c uint32) Style { return look(lipgloss.NewStyle().Foreground(rgb(c))) }
func bg(c uint32) Style { return look(lipgloss.NewStyle().Background(rgb(c))) }

func rgb(c uint32) color.Color {
	return color.RGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 0xff}
}

// HRule is a rule line of w cells.
func (s *Styles) HRule(w int) string { return s.Rule.Render(strings.Repeat("─", max(0, w))) }

// groupLetters are the marks that stand for the groups wherever colour does.
var groupLetters = [8]string{
	forensics.GroupOther: "·", forensics.GroupMail: "·",
	forensics.GroupKey: "K", forensics.GroupLogin: "L", forensics.GroupReset: "R",
	forensics.GroupDeletion: "D", forensics.GroupSettings: "S", forensics.GroupMoney: "$",
}

// GroupLetter is the mark of a group: K, L, R, D, S, $ or ·.
func GroupLetter(g forensics.Group) string {
	if int(g) < len(groupLetters) {
		return groupLetters[g]
	}
	return "·"
}
