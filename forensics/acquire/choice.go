package acquire

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics/utf7"
)

// Folder is a folder that can be copied, as the server lists it.
type Folder struct {
	Name     string // as Options.Folders takes it; the server's word, so hostile
	Use      string // its mark of RFC 6154, such as \Trash; empty: none was told
	Messages int64  // -1: the server did not tell
}

// uses are the marks of RFC 6154 section 2, the one that says most first.
var uses = []string{`\Trash`, `\Sent`, `\All`, `\Junk`, `\Drafts`, `\Archive`, `\Flagged`}

// Folders lists the folders with their number of messages, ordered by their names on the wire. It
// opens none of them and writes nothing. Its errors are those of Open.
func (s *Session) Folders(ctx context.Context) ([]Folder, error) {
	var folders []Folder
	s.state.Stage = "listing"
	err := s.try(ctx, func() error {
		all, err := s.list()
		if err != nil {
			return err
		}
		counts, err := s.counts(ctx, all)
		if err != nil {
			return err
		}
		folders = make([]Folder, len(all))
		for i, l := range all {
			folders[i] = Folder{Name: utf7.Decode(l.wire), Messages: counts[i]}
			if use := slices.IndexFunc(uses, l.has); use >= 0 {
				folders[i].Use = uses[use]
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return folders, nil
}

// plan lists the folders, chooses those that were asked for and counts their messages.
func (s *Session) plan(ctx context.Context) ([]listed, error) {
	folders, err := s.list()
	if err == nil && len(s.o.Folders) > 0 {
		folders, err = choose(folders, s.o.Folders)
	}
	if err != nil {
		return nil, err
	}
	_, err = s.counts(ctx, folders)
	return folders, err
}

// list names the folders that can be opened, each once.
func (s *Session) list() ([]listed, error) {
	all, err := s.conn.list()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(l listed) bool { return l.has(`\Noselect`) || l.has(`\NonExistent`) })
	slices.SortStableFunc(all, func(a, b listed) int { return strings.Compare(a.wire, b.wire) })
	return slices.CompactFunc(all, func(a, b listed) bool { return a.wire == b.wire }), nil
}

// counts asks how many messages each folder has, -1 where the server does not tell.
func (s *Session) counts(ctx context.Context, folders []listed) ([]int64, error) {
	counts := make([]int64, len(folders))
	s.state.Total = 0
	for i, l := range folders {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := s.conn.count(l.wire)
		var refused *statusError
		if err != nil && (!errors.As(err, &refused) || transient(err)) {
			return nil, err
		}
		counts[i] = n
		s.state.Total += min(max(n, 0), int64(s.o.Limits.Messages))
		s.report(false)
	}
	return counts, nil
}

// choose picks folders by name, or by a mark such as \Trash.
func choose(all []listed, asked []string) ([]listed, error) {
	var chosen []listed
	for _, name := range asked {
		found := false
		for _, l := range all {
			match := utf7.Decode(l.wire) == name || l.wire == name || strings.EqualFold(l.wire, "INBOX") && strings.EqualFold(name, "INBOX") ||
				strings.HasPrefix(name, `\`) && l.has(name)
			if match {
				found = true
				if !slices.ContainsFunc(chosen, func(c listed) bool { return c.wire == l.wire }) {
					chosen = append(chosen, l)
				}
			}
		}
		if !found {
			return nil, say(fmt.Sprintf("the mailbox has no folder %q", name), "it has: "+folderNames(all), nil)
		}
	}
	return chosen, nil
}

func folderNames(all []listed) string {
	var names []string
	for _, l := range all[:min(40, len(all))] {
		names = append(names, fmt.Sprintf("%q", bounded(utf7.Decode(l.wire), 80)))
	}
	if len(all) > 40 {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}
