package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"keytrail/forensics/casefile"
	"keytrail/tui/kit"
)

// maxRecent is how many cases the start screen offers.
const maxRecent = 9

// recentFile is where the paths of recent cases are kept: nothing else about them is.
func recentFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "keytrail", "recent.json"), nil
}

type recentEntry struct {
	Path   string    `json:"path"`
	Opened time.Time `json:"opened"`
}

func readRecent() []recentEntry {
	name, err := recentFile()
	if err != nil {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	var list []recentEntry
	if json.Unmarshal(data, &list) != nil {
		return nil
	}
	return list
}

// recent lists the cases that were open before and still exist, newest first.
func (p *Program) recent() []kit.RecentCase {
	var out []kit.RecentCase
	for _, r := range readRecent() {
		if casefile.Exists(r.Path) {
			out = append(out, kit.RecentCase{Name: filepath.Base(r.Path), Path: r.Path, Opened: r.Opened})
		}
	}
	return out
}

// remember puts a case on top of the list. A list that cannot be written costs a
// convenience only, so that is passed over.
func (p *Program) remember(c *casefile.Case) {
	path, err := filepath.Abs(c.Path())
	if err != nil || filepath.Dir(filepath.Dir(path)) == filepath.Clean(os.TempDir()) {
		return // a sample case, gone at the next start
	}
	list := slices.DeleteFunc(readRecent(), func(r recentEntry) bool { return r.Path == path })
	list = append([]recentEntry{{path, p.Now()}}, list...)
	name, err := recentFile()
	if err != nil {
		return
	}
	data, err := json.MarshalIndent(list[:min(len(list), maxRecent)], "", "  ")
	if err != nil || os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	_ = os.WriteFile(name, append(data, '\n'), 0o600)
}
