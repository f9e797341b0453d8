package tui

import (
	"image/color"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// TestThemes checks that only colours differ between the themes, and that there
// are none where the user wants none.
func TestThemes(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		told []string // what has to be said without colours
	}{
		{"timeline", attack, []string{"K key", "L login", "R reset", "D deletion", "$ money", "· mail"}},
		{"incidents", []string{"2", "enter", "down"}, []string{"K key", "L login", "R reset", "D deletion", "$ money", "+ owner", "○", "▌ L"}},
		{"entities", []string{"3", "space", "m", "x"}, []string{"not mine", "‹IP›", "▌"}},
		{"questions", []string{"2", "t"}, []string{"▸ m", "x   not mine"}},
		{"folders", []string{"4", "r"}, []string{">>>", "x missing"}},
	} {
		t.Run(c.name, func(t *testing.T) { testThemes(t, c.keys, c.told) })
	}
}

func testThemes(t *testing.T, keys, told []string) {
	look := func(mono bool, background color.Color) (content, text string) {
		o, _ := analysed()
		o.NoColor = mono
		screenTest(t, 120, 36, o, func(d *driver) {
			if background != nil {
				d.send(tea.BackgroundColorMsg{Color: background})
			}
			d.keys(keys...)
			d.wait(time.Second)
			d.exact()
			content, text = frame{d.app}.content(), d.screen()
		})
		return content, text
	}
	dark, darkText := look(false, color.Black)
	light, lightText := look(false, color.White)
	mono, monoText := look(true, nil)
	if dark == light {
		t.Error("a light terminal gets the colours of a dark one")
	}
	if darkText != lightText || darkText != monoText {
		t.Error("the themes differ in more than their looks")
	}
	if strings.Contains(mono, "38;") || strings.Contains(mono, "48;") {
		t.Error("a colour is written in spite of NoColor")
	}
	for _, text := range told {
		if !strings.Contains(monoText, text) {
			t.Errorf("without colours %q is not told:\n%s", text, monoText)
		}
	}
}

func TestNoColorEnvironment(t *testing.T) {
	for _, env := range [][2]string{{"NO_COLOR", "1"}, {"TERM", "dumb"}} {
		t.Run(env[0], func(t *testing.T) {
			t.Setenv(env[0], env[1])
			if o := (Options{}).withDefaults(); !o.NoColor {
				t.Errorf("%s=%s is not honoured", env[0], env[1])
			}
		})
	}
}

// TestKeysAreUnique checks that no key means two things on the same screen, and that
// every key has a help text.
func TestKeysAreUnique(t *testing.T) {
	k := kit.NewKeys()
	sections := map[string][]key.Binding{}
	for _, s := range k.Sections() {
		sections[s.Title] = s.Bindings
	}
	for _, group := range [][]string{
		{"Everywhere", "Moving", "Timeline", "Verdicts"}, {"Everywhere", "Moving", "Verdicts", "Incidents"},
		{"Everywhere", "Moving", "Verdicts", "Entities"}, {"Questions"}, {"Everywhere", "Moving", "Evidence"}, {"Folders"}, {"Moving", "Start"},
	} {
		seen := map[string]string{}
		for _, title := range group {
			if len(sections[title]) == 0 {
				t.Errorf("no section is called %s", title)
			}
			for _, b := range sections[title] {
				if b.Help().Desc == "" || b.Help().Key == "" {
					t.Errorf("%q has no help", b.Keys())
				}
				for _, name := range b.Keys() {
					if other, ok := seen[name]; ok {
						t.Errorf("%s means %q and %q", name, other, b.Help().Desc)
					}
					seen[name] = b.Help().Desc
				}
			}
		}
	}
}
