// Command quickstart shows what the client does, against the embedded fake of
// the API: no key and no network.
//
//	go run ./examples/quickstart
//
// With -live it talks to the real API instead, at SELGORA_BASE_URL with
// SELGORA_API_KEY, and only reads, unless -write is given too.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func main() {
	live := flag.Bool("live", false, "use SELGORA_API_KEY and SELGORA_BASE_URL instead of the embedded fake")
	write := flag.Bool("write", false, "with -live: create, change and delete things too")
	flag.Parse()
	log.SetFlags(0)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *live {
		err = runLive(ctx, *write)
	} else {
		err = runFake(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func runLive(ctx context.Context, write bool) error {
	client, err := selgora.NewClientFromEnv()
	if err != nil {
		return err
	}
	fmt.Println("Talking to", client.BaseURL())
	if err := list(ctx, client); err != nil || !write {
		return err
	}
	return writeCourse(ctx, client)
}

func runFake(ctx context.Context) error {
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return err
	}
	defer srv.Close()
	// Short waits between attempts, for the sake of this demonstration; the
	// default is between 1 s and 8 s.
	client := srv.Client(selgora.WithRetryWait(10*time.Millisecond, 100*time.Millisecond))
	fmt.Println("Talking to the embedded fake, with the sandbox's data")

	// Two things go wrong on the way, to show that the client gets over them.
	srv.Inject(
		mockserver.Fault{Operation: mockserver.CoursesUpdate, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}},
		mockserver.Fault{Operation: mockserver.CoursesDelete, Status: http.StatusServiceUnavailable},
	)
	steps := []func() error{
		func() error { return list(ctx, client) },
		func() error { return writeCourse(ctx, client) },
		func() error { return students(ctx, client) },
		func() error { return calendar(ctx, client) },
		func() error { return webhooks(ctx, srv, client) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
