package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

// The exit statuses.
const (
	exitOK    = 0
	exitError = 1 // the server could not start or stop
	exitUsage = 2 // flags or variables are wrong
)

// stopTimeout is how long requests in progress may take to finish at the end.
const stopTimeout = 5 * time.Second

// run serves until the context ends, and returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	set, err := parse(args, getenv)
	switch {
	case errors.Is(err, flag.ErrHelp):
		say(stdout, "%s", help())
		return exitOK
	case err != nil:
		say(stderr, "selgora-mock: %v\nRun selgora-mock -h for help.\n", err)
		return exitUsage
	case set.version:
		say(stdout, "selgora-mock %s\n", version())
		return exitOK
	}
	srv, err := mockserver.Start(set.options(stderr)...)
	if err != nil {
		say(stderr, "selgora-mock: %v\n", explain(err))
		return exitError
	}
	announce(stdout, srv, set.json)
	<-ctx.Done()
	// The context of the server has ended, that of its stop begins.
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := srv.Shutdown(stopping); errors.Is(err, context.DeadlineExceeded) {
		say(stderr, "selgora-mock: requests were still in progress after %v and have been cut\n", stopTimeout)
		return exitError
	}
	return exitOK
}

// say writes to the terminal, which has nobody to tell of a failure to do so.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// ready is what a program that has started this one waits for.
type ready struct {
	URL        string `json:"url"`
	ControlURL string `json:"control_url"`
	APIKey     string `json:"api_key"`
}

func announce(w io.Writer, srv *mockserver.Server, asJSON bool) {
	r := ready{srv.URL(), srv.ControlURL(), srv.APIKey()}
	if asJSON {
		line, _ := json.Marshal(r) // three strings
		say(w, "%s\n", line)
		return
	}
	say(w, "selgora-mock: ready at %s with the key %s; control API at %s/_mock\n", r.URL, r.APIKey, r.ControlURL)
}

// explain adds what to do about the most common failure.
func explain(err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: another program has the port; choose another with -addr, or a free one with -addr 127.0.0.1:0", err)
	}
	return err
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown version)"
	}
	return info.Main.Version
}
