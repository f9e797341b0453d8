package screen

import (
	"fmt"
	"strings"
	"time"

	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// View draws the present step.
func (s *acquire) View(width, height int) []string {
	var out []string
	switch s.step {
	case isListing:
		out = []string{s.doing(width)}
	case askFolders:
		out = s.folders(width, height)
	case askDays:
		out = s.days(width)
	case isCopying:
		out = s.copying(width)
	case isDone:
		out = s.done(width)
	case hasFailed:
		out = s.failed(width)
	default:
		out = s.asking(width)
	}
	return out[:min(len(out), height)]
}

// asking shows what was typed so far and the line that is typed now.
func (s *acquire) asking(width int) []string {
	st := s.ctx.Styles
	out := s.field("address", &s.address, s.step == askAddress, width)
	switch {
	case s.step == askAddress:
		return append(out, s.words(width, st.Muted,
			"of the mailbox. It is only looked at: no mail is marked as read, moved or deleted. The copy goes into this case.")...)
	case s.host.Known:
		out = append(out, kit.NewLine(width).Space(1).Cell(st.Muted, "server", askWidth).Add(st.Text, s.host.Host).Space(2).Add(st.Muted, s.host.Provider).String())
	default:
		out = append(out, s.field("server", &s.server, s.step == askServer, width)...)
	}
	if s.step == askServer {
		return append(out, s.words(width, st.Muted,
			"The mail server of this address is not known. The provider's help names it under IMAP, often imap.DOMAIN; the connection is always encrypted.")...)
	}
	l := kit.NewLine(width).Space(1).Cell(st.Muted, "password", askWidth)
	if s.password.Value() == "" {
		l.Add(st.Caret, " ")
	} else {
		l.Add(st.Strong, "typed").Add(st.Caret, " ")
	}
	out = append(out, l.Space(2).Add(st.Muted, "it is not shown, and not stored").String())
	if advice := s.host.Advice + s.typed.Advice; advice != "" {
		out = append(out, s.words(width, st.Text, sentence(advice))...)
	} else {
		out = append(out, s.words(width, st.Text, "Many providers want an app password here, made in the security settings of the account, and IMAP switched on in the web mail.")...)
	}
	return append(out, s.wrap(width, st.Muted,
		"Making an app password is itself an event of the kind that is looked for: note the minute. It will show on the timeline; mark it as yours there (m).")...)
}

// askWidth is the width of the column of questions.
const askWidth = 10

// field is one question with its answer.
func (s *acquire) field(name string, in *widget.Input, now bool, width int) []string {
	st := s.ctx.Styles
	l := kit.NewLine(width).Space(1).Cell(st.Muted, name, askWidth)
	if now {
		in.Render(l, st, l.Left()-1)
	} else {
		l.Add(st.Text, in.Value())
	}
	return []string{l.String()}
}

// words are what is wrong with the answer, else a piece of advice.
func (s *acquire) words(width int, look kit.Style, text string) []string {
	if s.wrong == "" {
		return s.wrap(width, look, text)
	}
	out := s.wrap(width, s.ctx.Styles.Bad, s.wrong)
	if s.host.NoPassword && s.step == askAddress {
		out = append(out, s.wrap(width, look, sentence(s.host.Advice))...)
	}
	return out
}

func (s *acquire) wrap(width int, look kit.Style, text string) []string {
	var out []string
	for _, line := range kit.Wrap(text, min(width-askWidth-3, 100), 6) {
		out = append(out, kit.NewLine(width).Space(1+askWidth).Add(look, line).String())
	}
	return out
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// doing says what happens now.
func (s *acquire) doing(width int) string {
	st, p := s.ctx.Styles, s.progress
	head := kit.NewLine(width).Space(1).Add(st.Accent, "● ").Add(st.Strong, s.address.Value()).Space(2)
	switch {
	case s.stopping && s.step == isListing:
		head.Add(st.Muted, "stopping")
	case s.stopping:
		head.Add(st.Muted, "stopping: what is on its way is written first")
	case p.Waiting > 0:
		head.Add(st.Warn, "waits "+kit.Duration(p.Waiting)+", as the server asks: ").Add(st.Muted, p.Why)
	case p.Stage == "checking":
		head.Add(st.Muted, "an earlier copy is taken up; its files are checked: ").Add(st.Text, kit.Plural(p.Messages, "message"))
	case p.Stage == "copying":
		head.Add(st.Muted, "is copied, and not changed")
	case p.Stage == "finishing":
		head.Add(st.Muted, "the copy is made durable and read-only")
	case p.Stage == "":
		head.Add(st.Muted, "is connected to and logged in to")
	default:
		head.Add(st.Muted, "its folders are listed")
	}
	return head.String()
}

// copying shows how far it is, whole and in the folder.
func (s *acquire) copying(width int) []string {
	st, p := s.ctx.Styles, s.progress
	out := []string{s.doing(width), s.bar("whole", p.Messages, p.Total, width)}
	if p.Folder != "" {
		out = append(out, s.bar("folder", p.FolderDone, p.FolderTotal, width))
	} else {
		out = append(out, kit.NewLine(width).String())
	}
	l := kit.NewLine(width).Space(1 + askWidth)
	if p.Folder != "" {
		l.Add(st.Text, kit.Cut(p.Folder, max(12, width/3))).Add(st.Muted, fmt.Sprintf("  folder %d of %d", p.Folders, p.Of)).Space(2)
	}
	l.Add(st.Muted, kit.Bytes(p.Bytes))
	if p.Elapsed > time.Second && p.Rate > 0 {
		l.Space(2).Add(st.Muted, kit.Count(int64(p.Rate+0.5))+" messages/s")
		if p.Left > 0 {
			l.Space(2).Add(st.Muted, kit.Duration(p.Left)+" left")
		}
	}
	return append(out, l.String())
}

func (s *acquire) bar(name string, done, total int64, width int) string {
	st := s.ctx.Styles
	cells := max(10, min(40, width/3))
	full := 0
	if total > 0 {
		full = int(min(int64(cells), int64(cells)*done/total))
	}
	l := kit.NewLine(width).Space(1).Cell(st.Muted, name, askWidth)
	l.Add(st.Accent, strings.Repeat("━", full)).Add(st.Faint, strings.Repeat("─", cells-full)).Space(2)
	if total > 0 {
		l.Add(st.Strong, kit.Count(done)).Add(st.Muted, " of "+kit.Plural(total, "message"))
	}
	return l.String()
}

func (s *acquire) done(width int) []string {
	st, r := s.ctx.Styles, s.result
	of := ""
	if r.Folders > 0 {
		of = " of " + kit.Plural(int64(r.Folders), "folder")
	}
	out := []string{kit.NewLine(width).Space(1).Add(st.Good, "✓ ").Add(st.Strong, kit.Plural(r.Messages, "message")).
		Add(st.Text, of+", "+kit.Bytes(r.Bytes)+", copied").String()}
	out = append(out, s.wrap(width, st.Muted, "Every message has its SHA-256, the files are read-only, and the custody log names the server. They are added to the case now; you can look at the rest meanwhile.")...)
	if r.Outside > 0 {
		out = append(out, s.wrap(width, st.Text, kit.Plural(r.Outside, "message")+" outside of the days left there")...)
	}
	for i, problem := range r.Problems {
		if i == 3 {
			out = append(out, s.wrap(width, st.Warn, fmt.Sprintf("and %d more, named in acquisition.json", len(r.Problems)-3))...)
			break
		}
		out = append(out, s.wrap(width, st.Warn, problem)...)
	}
	return out
}

func (s *acquire) failed(width int) []string {
	st := s.ctx.Styles
	what := s.wrap(width, st.Bad, s.problem.What) // the words say it, not the colour
	if s.problem.Err == nil && s.problem.Kept {
		what = s.wrap(width, st.Strong, s.problem.What)
	}
	return append(what, s.wrap(width, st.Text, s.problem.Do)...)
}
