package acquire

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// baselines finds the newest finished acquisition of the same mailbox beside this one, and the
// last observation of each of its folders by wire name.
func (s *store) baselines() (map[string]*Baseline, error) {
	parent := filepath.Dir(s.root)
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil, diskError{err}
	}
	var newest Header
	name := ""
	for _, e := range entries {
		root := filepath.Join(parent, e.Name())
		if !e.IsDir() || root == s.root || !Finished(root) {
			continue
		}
		h, err := ReadHeader(root)
		if err != nil || !strings.EqualFold(h.Host, s.header.Host) || h.User != s.header.User || !h.Started.Before(s.header.Started) {
			continue // another mailbox, or nothing that could be relied on
		}
		if name == "" || h.Started.After(newest.Started) {
			newest, name = h, e.Name()
		}
	}
	if name == "" {
		return nil, nil
	}
	found := make(map[string]*Baseline)
	for n := 1; ; n++ {
		index := fmt.Sprintf("%04d", n)
		b, err := os.ReadFile(filepath.Join(parent, name, indexName, index, folderName))
		if errors.Is(err, os.ErrNotExist) {
			return found, nil
		}
		var info FolderInfo
		if err == nil {
			err = json.Unmarshal(b, &info)
		}
		if err != nil {
			return nil, diskError{err}
		}
		if last := len(info.Observations); last > 0 { // of two UIDVALIDITYs the later one stands
			found[info.WireName] = &Baseline{Acquisition: name, Index: index, Observation: info.Observations[last-1]}
		}
	}
}

// compare notes what an earlier acquisition knows of a folder, and asks the server what left it
// since, where it can tell.
func (s *Session) compare(f *folder, o *Observation) error {
	if s.store.earlier == nil {
		earlier, err := s.store.baselines()
		if err != nil {
			return err
		}
		s.store.earlier = func(wire string) *Baseline { return earlier[wire] }
	}
	b := s.store.earlier(f.info.WireName)
	if b == nil {
		return nil
	}
	f.info.Baseline, f.info.Vanished = b, &Vanished{At: s.o.Now().UTC(), Since: b.HighestModSeq}
	v := f.info.Vanished
	switch {
	case b.UIDValidity != o.UIDValidity:
		v.NotAsked = fmt.Sprintf("UIDVALIDITY was %d and is %d: the numbers of then say nothing now", b.UIDValidity, o.UIDValidity)
	case b.HighestModSeq == 0:
		v.NotAsked = "the earlier acquisition has no HIGHESTMODSEQ of this folder"
	case !s.conn.caps["QRESYNC"]:
		v.NotAsked = "the server does not offer QRESYNC"
	default:
		uids, err := s.conn.vanished(b.HighestModSeq)
		var refused *statusError
		switch {
		case err == nil:
			v.UIDs = &uids
		case errors.As(err, &refused) && !transient(err):
			v.NotAsked = refused.Error()
		default:
			return err
		}
	}
	return nil
}

const maxVanished = 100_000 // ranges; a folder has hardly more gaps

// vanished asks which UIDs left the open folder since a MODSEQ, RFC 7162 section 3.2.6.
func (c *conn) vanished(since uint64) (string, error) {
	if !c.resync {
		if err := c.exchange(c.limits.Command, 0, "ENABLE QRESYNC", nil); err != nil {
			return "", err
		}
		c.resync = true
	}
	var gone []uidRange
	command := fmt.Sprintf("UID FETCH 1:* (FLAGS) (CHANGEDSINCE %d VANISHED)", since)
	err := c.exchange(c.limits.Command, c.limits.Messages, command, func(a *answer) error {
		if a.kind != "VANISHED" || len(a.values) != 2 || !slices.ContainsFunc(a.values[0].texts(), func(s string) bool { return strings.EqualFold(s, "EARLIER") }) {
			return nil // what changed since is in the copy
		}
		ranges, ok := parseRanges(a.values[1].text)
		if !ok || len(gone)+len(ranges) > maxVanished {
			return broken("%q is no list of vanished messages", bounded(a.values[1].text, 80))
		}
		gone = append(gone, ranges...)
		return nil
	})
	return rangesText(gone), err
}

// uidRange is a range of UIDs, both ends inclusive.
type uidRange struct{ first, last uint32 }

// parseRanges reads a UID set without a star.
func parseRanges(s string) ([]uidRange, bool) {
	var all []uidRange
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(part, ":")
		first, err := strconv.ParseUint(from, 10, 32)
		last := first
		if err == nil && isRange {
			last, err = strconv.ParseUint(to, 10, 32)
		}
		if err != nil || first == 0 || last == 0 || len(all) > maxVanished {
			return nil, false
		}
		all = append(all, uidRange{uint32(min(first, last)), uint32(max(first, last))})
	}
	return all, true
}

// rangesText writes ranges in order, joined where they touch.
func rangesText(all []uidRange) string {
	slices.SortFunc(all, func(a, b uidRange) int { return int(int64(a.first) - int64(b.first)) })
	var b strings.Builder
	for i := 0; i < len(all); {
		r := all[i]
		for i++; i < len(all) && int64(all[i].first) <= int64(r.last)+1; i++ {
			r.last = max(r.last, all[i].last)
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(decimal(uint64(r.first)))
		if r.last > r.first {
			b.WriteString(":" + decimal(uint64(r.last)))
		}
	}
	return b.String()
}
