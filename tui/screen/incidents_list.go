package screen

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// install takes a new answer; the cursor stays on its incident, and on its step.
func (s *Incidents) install() tea.Cmd {
	if s.ctx.Analysis == nil {
		return nil
	}
	old := s.chosen
	var step forensics.StepName
	if s.step < len(s.lanes) {
		step = s.lanes[s.step].Step.Step
	}
	s.arrange()
	s.find(old)
	cmd := s.choose()
	for i := range s.lanes {
		if s.inStory && s.lanes[i].Step.Step == step {
			s.step = i
			break
		}
	}
	s.step = max(0, min(s.step, len(s.lanes)-1))
	s.lay()
	return cmd
}

// find puts the cursor on an incident that was seen before, or on the one that is most like it.
func (s *Incidents) find(name incidentName) {
	if name == (incidentName{}) {
		s.scroll.Move(0, len(s.list), s.listHeight())
		return
	}
	at := s.scroll.Cursor
	best := 0
	for i, n := range s.list {
		same := nameOf(&s.ctx.Analysis.Incidents[n]).like(name)
		if same > best {
			at, best = i, same
		}
	}
	if best == 0 {
		s.inStory = false
		at = min(at, max(0, len(s.list)-1))
	}
	s.scroll.Move(at, len(s.list), s.listHeight())
}

func nameOf(in *forensics.Incident) incidentName {
	n := incidentName{id: in.ID, account: in.Account, start: in.Start, end: in.End}
	if len(in.Steps) > 0 && len(in.Steps[0].Rows) > 0 {
		n.row = in.Steps[0].Rows[0]
	}
	return n
}

// arrange sorts the list.
func (s *Incidents) arrange() {
	all := s.ctx.Analysis.Incidents
	s.list, s.longest = s.list[:0], incidentColumns{account: 7}
	var lost []forensics.Loss
	s.losses = make([]string, len(all))
	folded := s.filter.words()
	for i := range all {
		if !s.filter.holds(&all[i], folded) {
			continue
		}
		lost = append(lost, all[i].Loss...)
		s.list = append(s.list, i)
		_, what := stepNames(&all[i])
		s.longest.what = max(s.longest.what, what)
		s.longest.account = max(s.longest.account, kit.Width(kit.Cut(all[i].Account, 40)))
		s.losses[i] = lossText(all[i].Loss)
		s.longest.loss = max(s.longest.loss, kit.Width(s.losses[i]))
		if s.longest.state = max(s.longest.state, kit.Width(kit.Cut(all[i].State, 40))); all[i].Campaign != "" {
			s.longest.campaign = 9
		}
	}
	s.lost = []string{lossText(lost)}
	if !strings.Contains(s.lost[0], "$") { // nothing has a value in dollars: each asset, where there is room
		s.lost = []string{strings.Join(lossSums(lost), ", "), s.lost[0]}
	}
	slices.SortStableFunc(s.list, func(i, j int) int {
		a, b := &all[i], &all[j]
		order := 0
		switch s.order {
		case byScore:
			order = cmp.Compare(b.Score, a.Score)
		case byAccount:
			order = cmp.Compare(a.Account, b.Account)
		}
		return cmp.Or(order, cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID))
	})
}
