// Command selgora-mock serves a fake of the Selgora API for programs in any
// language, with the provider's sandbox data and the documented rate limits.
//
//	go run github.com/selgora/selgora-go/cmd/selgora-mock@latest
//
// Run it with -h for its flags, the environment variables in their place, the
// control API and the magic addresses that ask for failures. Go programs can
// use package mockserver without a process of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}
