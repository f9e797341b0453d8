// Command keytrail lays what happened to a hijacked mailbox on one timeline.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones by name on machines that have no zone data of their own
)

func main() { os.Exit(run()) }

// run is main with an exit code, so that tests can run the program in-process.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return NewProgram().Run(ctx, os.Args[1:])
}
