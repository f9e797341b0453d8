package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"keytrail/forensics"
	"keytrail/forensics/acquire"
)

// secretFlags say where a password or token comes from. None of them holds it.
type secretFlags struct {
	env, command, token string
	fd                  int
}

func (s *secretFlags) register(f *pflag.FlagSet) {
	f.StringVar(&s.env, "password-env", "", "`NAME` of the environment variable with the password")
	f.IntVar(&s.fd, "password-fd", -1, "`NUMBER` of an open file descriptor to read the password from")
	f.StringVar(&s.command, "password-command", "", "`COMMAND` that prints the password")
	f.StringVar(&s.token, "token-command", "", "`COMMAND` that prints an OAuth 2 token; it is run again for every login")
}

const (
	longestSecret = 64 << 10 // bytes; tokens have a few thousand
	secretTime    = 5 * time.Minute
)

// secret gives what the flags ask for. A password is asked for once and kept in memory for
// connections that have to be made again; a token is made anew each time.
func (p *Program) secret(t acquire.Target, flags secretFlags) (secret acquire.Secret, token bool, err error) {
	given := 0
	for _, is := range []bool{flags.env != "", flags.fd >= 0, flags.command != "", flags.token != ""} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, false, usagef("one way to get the password is enough: --password-env, --password-fd, --password-command or --token-command")
	case flags.token != "":
		return func(ctx context.Context) (string, error) { return output(ctx, "--token-command", flags.token) }, true, nil
	case flags.command != "":
		return once(func(ctx context.Context) (string, error) { return output(ctx, "--password-command", flags.command) }), false, nil
	case flags.env != "":
		value, found := os.LookupEnv(flags.env)
		if !found {
			return nil, false, usagef("--password-env: there is no environment variable %s", flags.env)
		}
		return once(func(context.Context) (string, error) { return value, nil }), false, nil
	case flags.fd >= 0:
		return once(func(context.Context) (string, error) { return fromDescriptor(flags.fd) }), false, nil
	}
	in, ok := p.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return nil, false, usageError{&forensics.Error{What: "there is no terminal to ask for the password on", Byte: -1,
			Hint: "use --password-env NAME, --password-fd N, --password-command CMD or --token-command CMD"}}
	}
	return once(func(ctx context.Context) (string, error) { return p.ask(ctx, in, t) }), false, nil
}

func once(get acquire.Secret) acquire.Secret {
	var kept string
	return func(ctx context.Context) (string, error) {
		if kept != "" {
			return kept, nil
		}
		var err error
		kept, err = get(ctx)
		return kept, err
	}
}

// oneLine reads one line without its end.
func oneLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, longestSecret)).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

func fromDescriptor(fd int) (string, error) {
	f := os.NewFile(uintptr(fd), "password")
	if f == nil {
		return "", usagef("--password-fd %d is not open", fd)
	}
	defer f.Close()
	line, err := oneLine(f)
	if err != nil {
		return "", usageError{&forensics.Error{What: fmt.Sprintf("cannot read the password from descriptor %d", fd), Err: err, Byte: -1}}
	}
	return line, nil
}

// output runs a command in the shell of the system and gives its first line. What it writes to
// standard error is shown: it may ask something.
func output(ctx context.Context, flag, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, secretTime)
	defer cancel()
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1], command)
	cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", &forensics.Error{What: "the command of " + flag + " failed", Err: err, Hint: "run it by itself to see why", Byte: -1}
	}
	return oneLine(strings.NewReader(string(out)))
}

// ask asks on the terminal, without echo.
func (p *Program) ask(ctx context.Context, in *os.File, t acquire.Target) (string, error) {
	if t.Provider != nil {
		p.say("%s: %s", t.Provider.Name, t.Provider.HowTo)
	}
	fmt.Fprintf(p.Err, "Password for %s at %s (it is not shown): ", clean(t.User), clean(t.Host))
	defer fmt.Fprintln(p.Err)
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return "", err
	}
	type result struct {
		line []byte
		err  error
	}
	got := make(chan result, 1)
	go func() {
		line, err := term.ReadPassword(int(in.Fd()))
		got <- result{line, err}
	}()
	select {
	case r := <-got:
		return string(r.line), r.err
	case <-ctx.Done(): // the reader stays behind; the terminal must not stay without echo
		if err := term.Restore(int(in.Fd()), before); err != nil {
			return "", err
		}
		return "", ctx.Err()
	}
}
