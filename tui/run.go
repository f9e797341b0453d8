package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// Options say what the screen opens on and what it can ask for. A nil function
// means that the thing is not offered.
type Options struct {
	// Case is the case to open on; nil opens the start screen.
	Case kit.Case
	// AddPaths are added to Case at once.
	AddPaths []string
	kit.Services

	Zone    *time.Location // UTC where nil
	NoColor bool           // also taken from NO_COLOR and TERM=dumb

	// The following are for tests.
	Now    func() time.Time
	Input  io.Reader
	Output io.Writer

	ctx context.Context
}

func (o Options) withDefaults() Options {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.ctx == nil {
		o.ctx = context.Background()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		o.NoColor = true
	}
	return o
}

// framesPerSecond bounds how late a change is drawn.
const framesPerSecond = 120

// Run shows the screen until the user quits or ctx ends. A running add has ended
// when it returns. After a panic the terminal is as it was before, and the error says what to report.
func Run(ctx context.Context, o Options) error {
	o.ctx = ctx
	a := newApp(o)
	a.ctx.Typed.Store(time.Now().UnixNano()) // whoever starts the program is about to type
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(framesPerSecond)}
	if o.Input != nil {
		opts = append(opts, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		opts = append(opts, tea.WithOutput(o.Output))
	}
	_, err := tea.NewProgram(a, opts...).Run()
	if a.add.running {
		a.add.stop()
		for range a.add.news { // closed when the add has ended
		}
	}
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the screen broke down; nothing in the case is lost. Please report the lines above, without names from your evidence: %w", err)
	case errors.Is(err, tea.ErrInterrupted), errors.Is(err, context.Canceled):
		return ctx.Err()
	}
	return err
}
