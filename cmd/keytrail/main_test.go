package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram in the environment makes the test binary behave as keytrail, for tests that need a process to kill.
const asProgram = "KEYTRAIL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run())
	}
	testscript.Main(m, map[string]func(){"keytrail": func() { os.Exit(run()) }})
}

// TestScripts runs the program as a person does: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, ".config"))
			env.Setenv("TZ", "UTC")
			_, err := writeSample(filepath.Join(env.WorkDir, "evidence"))
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"touch": touch,
		},
	})
}

// touch gives a file the time of the sample, so that a log without a year is dated the same everywhere.
func touch(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		at := time.Date(2023, 3, 25, 12, 0, 0, 0, time.UTC)
		ts.Check(os.Chtimes(ts.MkAbs(name), at, at))
	}
}
