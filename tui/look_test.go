package tui

import (
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// TestThemes checks that only colours differ between the themes, and that there
// are none where the user wants none.
func TestThemes(t *testing.T) {
	look := func(o Options, background color.Color) (content, text string) {
		screenTest(t, 120, 36, o, func(d *driver) {
			if background != nil {
				d.send(tea.BackgroundColorMsg{Color: background})
			}
			d.keys(attack...)
			d.wait(time.Second)
			d.exact()
			content, text = frame{d.app}.content(), d.screen()
		})
		return content, text
	}
	o, _ := story()
	dark, darkText := look(o, color.Black)
	o, _ = story()
	light, lightText := look(o, color.White)
	o, _ = story()
	o.NoColor = true
	mono, monoText := look(o, nil)
	if dark == light {
		t.Error("a light terminal gets the colours of a dark one")
	}
	if darkText != lightText || darkText != monoText {
		t.Error("the themes differ in more than their looks")
	}
	if strings.Contains(mono, "38;") || strings.Contains(mono, "48;") {
		t.Error("a colour is written in spite of NoColor")
	}
	for _, group := range []string{"K key", "L login", "R reset", "D deletion", "$ money", "· mail"} {
		if !strings.Contains(monoText, group) {
			t.Errorf("without colours %q is not told", group)
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
	sections := k.Sections()
	for _, group := range [][]int{{0, 1, 2}, {0, 1, 3}, {0, 1, 4}, {5}, {0, 1, 6}, {7}} {
		seen := map[string]string{}
		for _, i := range group {
			for _, b := range sections[i].Bindings {
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
