package screen

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// maxNames bounds how many names of a folder are offered.
const maxNames = 500

// NewAddSheet asks for evidence to add.
func NewAddSheet(ctx *kit.Context) kit.Sheet {
	p := newPrompt(ctx, "add evidence", "file or folder", "")
	p.hint = "a mailbox, an audit log, a mail server's log, an archive, or a folder of them; it is only read"
	p.look = lookAtPath
	p.done = func(text string) tea.Msg {
		if text = cleanPath(text); text == "" {
			return nil
		}
		return kit.PathsChosen{Paths: []string{text}}
	}
	return p
}

// lookAtPath says what stands at a path, and completes its last name.
func lookAtPath(text string) (found looked) {
	path := expandHome(text)
	found.candidates = completePath(text)
	found.start = len([]rune(text)) - len([]rune(lastName(text)))
	switch info, err := os.Stat(cleanPath(text)); {
	case text == "":
	case err == nil && info.IsDir():
		found.info = "a folder: everything in it is looked at"
	case err == nil:
		found.info = "a file of " + kit.Bytes(info.Size())
		if len(found.candidates) == 1 && strings.HasSuffix(path, found.candidates[0]) {
			found.candidates = nil
		}
	case errors.Is(err, fs.ErrPermission):
		found.info, found.bad = "may not be read: ask for the right to read it, or copy it", true
	case len(found.candidates) == 0:
		found.info, found.bad = "nothing stands at this path", true
	}
	return found
}

// completePath lists the names that could stand at the end of the text.
func completePath(text string) []string {
	path := expandHome(text)
	dir, prefix := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var folders, files []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(strings.ToLower(name), strings.ToLower(prefix)) || prefix == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if e.IsDir() {
			folders = append(folders, name+string(filepath.Separator))
		} else {
			files = append(files, name)
		}
	}
	sort.Strings(folders)
	sort.Strings(files)
	all := append(folders, files...)
	return all[:min(len(all), maxNames)]
}

func lastName(text string) string {
	_, name := filepath.Split(text)
	return name
}

// cleanPath makes a usable path of what was typed or dropped onto the terminal.
func cleanPath(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n > 1 && (text[0] == '\'' || text[0] == '"') && text[n-1] == text[0] {
		text = text[1 : n-1]
	}
	if text == "" {
		return ""
	}
	return filepath.Clean(expandHome(strings.TrimPrefix(text, "file://")))
}

func expandHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return home + string(filepath.Separator) + rest
		}
	}
	return path
}
