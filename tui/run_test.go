package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

// panicking is a case in which something is wrong that nobody thought of.
type panicking struct{ *kittest.Case }

func (panicking) Query(context.Context, filter.Expr) (kit.View, error) {
	panic("nobody thought of this")
}

func TestPanic(t *testing.T) {
	in, _ := io.Pipe()
	var out bytes.Buffer
	err := Run(context.Background(), Options{Case: panicking{kittest.New("pat", nil)}, Input: in, Output: &out})
	if !errors.Is(err, tea.ErrProgramPanic) || !strings.Contains(err.Error(), "Please report") {
		t.Errorf("got %v, want a panic with what to report", err)
	}
	if on, off := "\x1b[?1049h", "\x1b[?1049l"; strings.Count(out.String(), on) != strings.Count(out.String(), off) {
		t.Error("the terminal is left in its other screen")
	}
}

func TestCancel(t *testing.T) {
	in, _ := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Run(ctx, Options{Input: in, Output: io.Discard}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
