// Command connection-pool shows how many connections a burst of calls opens,
// the API guide's "Connection Pooling": the client keeps as many open as it
// lets requests run at once, so there is nothing to mount or tune.
//
//	go run ./examples/connection-pool
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

const waves, width = 30, 10

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
	srv.Inject(mockserver.Fault{Times: -1, Delay: 2 * time.Millisecond}) // a network's

	// A pool of one's own: for another size, a client certificate, a proxy,
	// or, as here, to count. Everything else of the client works on top of it.
	var opened atomic.Int32
	dialer := net.Dialer{Timeout: 5 * time.Second}
	pool := func(idle int) *http.Client {
		return &http.Client{Transport: &http.Transport{
			MaxIdleConnsPerHost: idle,
			IdleConnTimeout:     90 * time.Second,
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				opened.Add(1)
				return dialer.DialContext(ctx, network, addr)
			},
		}}
	}
	for _, idle := range []int{http.DefaultMaxIdleConnsPerHost, 10} {
		hc := pool(idle)
		client, err := selgora.NewClient(srv.APIKey(), selgora.WithBaseURL(srv.URL()), selgora.WithHTTPClient(hc),
			// Ten at once, as documented, but no bound on how many a minute.
			selgora.WithRateLimit(selgora.RateLimit{PerHour: 100_000, PerMinute: 100_000, Concurrent: 10}))
		if err != nil {
			return err
		}
		opened.Store(0)
		start := time.Now()
		if err := burst(ctx, client); err != nil {
			return err
		}
		fmt.Printf("%2d idle connections kept: %d calls opened %3d connections, in %v\n", idle, waves*width, opened.Load(), time.Since(start).Round(time.Millisecond))
		hc.CloseIdleConnections()
	}
	return nil
}

// burst makes calls in waves of as many as may run at once.
func burst(ctx context.Context, client *selgora.Client) error {
	errs := make([]error, width)
	for range waves {
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = client.Courses.Get(ctx, "course_abc123") })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}
