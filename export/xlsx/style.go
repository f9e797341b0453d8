package xlsx

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// style is a cell's style as the encoder writes it: the end of the attribute r, and s.
type style string

// groupColour is how a group looks: strong in the chart, pale behind its name. The name always stands there
// too, so colour never carries meaning alone.
type groupColour struct{ strong, pale, ink string }

var groupColours = map[forensics.Group]groupColour{
	forensics.GroupKey:      {"D97706", "FDEBC8", "7C4A03"},
	forensics.GroupLogin:    {"2563EB", "DCE7FD", "1E3A8A"},
	forensics.GroupReset:    {"9333EA", "EFE0FC", "581C87"},
	forensics.GroupDeletion: {"DC2626", "FBDDDD", "7F1D1D"},
	forensics.GroupSettings: {"0D9488", "D3F2EE", "134E4A"},
	forensics.GroupMoney:    {"16A34A", "D9F5E1", "14532D"},
	forensics.GroupMail:     {"94A3B8", "EDF1F5", "475569"},
	forensics.GroupOther:    {"CBD5E1", "F4F5F7", "52525B"},
}

const (
	headFill = "1F2937"
	fontName = "Arial" // there, or with a replacement of the same widths, on every system
)

// styles are the ones of a workbook.
type styles struct {
	text, wrap, small, bold, faint style
	head, title, part, lead        style
	number, sum, headR             style
	amount, amountSum              style // of coins: up to ten places
	dollars, dollarSum             style
	yes, no                        style // in the middle of their column
	smallWrap                      style
	repair                         style // what the owner or the provider did against an attack
	link                           style
	dates                          [4]style // by precision: day, minute, second, millisecond
	unsure                         [4]style // the same, for moments whose zone is assumed or unknown
	group                          map[forensics.Group]style
	alarm, alarmNumber             style
}

// dateFormats are by precision, in the order of styles.dates.
var dateFormats = [4]string{"yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd hh:mm:ss.000"}

// styleMaker collects the first error of many calls.
type styleMaker struct {
	f   *excelize.File
	err error
}

func (m *styleMaker) make(s excelize.Style) style {
	if s.Font == nil {
		s.Font = &excelize.Font{}
	}
	s.Font.Family = fontName
	if s.Font.Size == 0 {
		s.Font.Size = 9
	}
	if s.Alignment == nil {
		s.Alignment = &excelize.Alignment{}
	}
	if s.Alignment.Vertical == "" {
		s.Alignment.Vertical = "top"
	}
	id, err := m.f.NewStyle(&s)
	if err != nil && m.err == nil {
		m.err = fmt.Errorf("make a style: %w", err)
	}
	return style(fmt.Sprintf(`" s="%d"`, id))
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func newStyles(f *excelize.File) (*styles, error) {
	// The unit of column widths is the width of a digit in the default font: one that every
	// system has, or replaces by one of the same widths, gives the same columns everywhere.
	if err := f.SetDefaultFont(fontName); err != nil {
		return nil, err
	}
	*f.Styles.Fonts.Font[0].Sz.Val = 10
	m := &styleMaker{f: f}
	wrapped := func() *excelize.Alignment { return &excelize.Alignment{WrapText: true} }
	left := func() *excelize.Alignment { return &excelize.Alignment{Horizontal: "left"} }
	right := func() *excelize.Alignment { return &excelize.Alignment{Horizontal: "right", Indent: 1} }
	thousands, coins, cents := "#,##0", "#,##0.00########", "#,##0.00"
	rule := []excelize.Border{{Type: "top", Color: "6B7280", Style: 1}}
	s := &styles{
		text:        m.make(excelize.Style{}),
		wrap:        m.make(excelize.Style{Alignment: wrapped()}),
		small:       m.make(excelize.Style{Font: &excelize.Font{Size: 8, Color: "6B7280"}}),
		bold:        m.make(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: wrapped()}),
		faint:       m.make(excelize.Style{Font: &excelize.Font{Color: "6B7280", Italic: true}, Alignment: wrapped()}),
		head:        m.make(excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill(headFill), Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}}),
		title:       m.make(excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Color: headFill}}),
		part:        m.make(excelize.Style{Font: &excelize.Font{Bold: true, Size: 11, Color: headFill}, Border: []excelize.Border{{Type: "bottom", Color: headFill, Style: 2}}}),
		lead:        m.make(excelize.Style{Font: &excelize.Font{Size: 10}, Alignment: wrapped()}),
		number:      m.make(excelize.Style{CustomNumFmt: &thousands, Alignment: right()}),
		sum:         m.make(excelize.Style{CustomNumFmt: &thousands, Font: &excelize.Font{Bold: true}, Border: rule, Alignment: right()}),
		amount:      m.make(excelize.Style{CustomNumFmt: &coins, Alignment: right()}),
		amountSum:   m.make(excelize.Style{CustomNumFmt: &coins, Font: &excelize.Font{Bold: true}, Border: rule, Alignment: right()}),
		dollars:     m.make(excelize.Style{CustomNumFmt: &cents, Alignment: right()}),
		dollarSum:   m.make(excelize.Style{CustomNumFmt: &cents, Font: &excelize.Font{Bold: true}, Border: rule, Alignment: right()}),
		yes:         m.make(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Horizontal: "center"}}),
		no:          m.make(excelize.Style{Font: &excelize.Font{Color: "6B7280", Italic: true}, Alignment: &excelize.Alignment{Horizontal: "center"}}),
		smallWrap:   m.make(excelize.Style{Font: &excelize.Font{Size: 8, Color: "6B7280"}, Alignment: wrapped()}),
		repair:      m.make(excelize.Style{Fill: fill("E0F2FE"), Font: &excelize.Font{Bold: true, Color: "075985"}}),
		headR:       m.make(excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill(headFill), Alignment: &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "right", Indent: 1}}),
		link:        m.make(excelize.Style{Font: &excelize.Font{Bold: true, Color: "1D4ED8", Underline: "single"}}),
		alarm:       m.make(excelize.Style{Font: &excelize.Font{Bold: true, Color: "7F1D1D"}, Alignment: wrapped()}),
		alarmNumber: m.make(excelize.Style{CustomNumFmt: &thousands, Font: &excelize.Font{Bold: true, Color: "7F1D1D"}, Alignment: left()}),
		group:       map[forensics.Group]style{},
	}
	for i := range dateFormats {
		s.dates[i] = m.make(excelize.Style{CustomNumFmt: &dateFormats[i], Alignment: left()})
		s.unsure[i] = m.make(excelize.Style{CustomNumFmt: &dateFormats[i], Alignment: left(), Font: &excelize.Font{Italic: true, Color: "6B7280"}})
	}
	for _, g := range forensics.Groups() {
		c := groupColours[g]
		s.group[g] = m.make(excelize.Style{Fill: fill(c.pale), Font: &excelize.Font{Bold: true, Color: c.ink}})
	}
	return s, m.err
}

// dateStyle gives the index of a precision in styles.dates.
func dateStyle(p forensics.Precision) int {
	switch p {
	case forensics.PrecisionNone, forensics.PrecisionDay:
		return 0
	case forensics.PrecisionMinute:
		return 1
	case forensics.PrecisionSecond:
		return 2
	}
	return 3
}
