// Command debug-logging shows the guides' "Debug Mode": one record for each
// attempt, through log/slog, and a middleware for what is to be seen beyond.
//
//	go run ./examples/debug-logging
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"strings"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return err
	}
	defer srv.Close()
	srv.Inject(
		mockserver.Fault{Operation: mockserver.CoursesGet, Status: http.StatusServiceUnavailable},
		mockserver.Fault{Operation: mockserver.CoursesGet, Truncate: true},
	)

	// The client logs at debug level; without WithLogger it logs nothing.
	var logged strings.Builder
	logger := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := srv.Client(selgora.WithLogger(logger), selgora.WithMiddleware(showSize))

	var resp selgora.Response
	course, err := client.Courses.Get(ctx, "course_abc123", selgora.WithResponse(&resp))
	if err != nil {
		return err
	}
	_, notFound := client.Courses.Get(ctx, "course_unknown")

	fmt.Printf("\nThe log, one record for each attempt:\n%s", logged.String())
	fmt.Printf("\nWithResponse: %q took %d attempts, the last is %s\n", course.Title, resp.Attempts, resp.RequestID)
	fmt.Println("The error:   ", notFound)
	fmt.Println("The key is in the log:", strings.Contains(logged.String(), srv.APIKey()))
	fmt.Printf("Printing the client with %%+v: %+v\n", client)
	return nil
}

// showSize sees each attempt as it goes out and comes back. Unlike the log, it
// sees the Authorization header and bodies too: take care what it prints.
func showSize(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err == nil {
			fmt.Printf("middleware: %s %s is %s, %d bytes announced\n", r.Method, r.URL.Path, resp.Status, resp.ContentLength)
		}
		return resp, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
