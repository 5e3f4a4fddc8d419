package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func ExampleWithBaseURL() {
	client, err := selgora.NewClient("test_key_123", selgora.WithBaseURL("http://127.0.0.1:8484/v1"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL())

	_, err = selgora.NewClient("sk_live_example", selgora.WithBaseURL("http://api.example.com/v1"))
	fmt.Println(err != nil) // a key in plain text
	// Output:
	// http://127.0.0.1:8484/v1
	// true
}

func ExampleWithEnvironment() {
	client, err := selgora.NewClient("sk_live_example", selgora.WithEnvironment(selgora.Staging))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL())
	// Output: https://staging-api.selgora.com/v1
}

func ExampleWithInsecureHTTP() {
	client, err := selgora.NewClient("test_key_123",
		selgora.WithBaseURL("http://selgora-mock.test-network:8484/v1"),
		selgora.WithInsecureHTTP()) // the name is not loopback
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL())
	// Output: http://selgora-mock.test-network:8484/v1
}

func ExampleWithAPIKeyFunc() {
	ctx := context.Background()
	key := "test_key_old"
	srv, client := sandbox(selgora.WithAPIKeyFunc(func(context.Context) (string, error) {
		return key, nil // from a file or a vault, as it is now
	}))
	defer srv.Close()

	_, before := client.Account.Get(ctx)
	key = "test_key_new" // rotated; the next attempt has it
	_, after := client.Account.Get(ctx)
	fmt.Println(before, after)
	// Output: <nil> <nil>
}

func ExampleWithHTTPClient() {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 50
	client, err := selgora.NewClient("test_key_123", selgora.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL())
	// Output: https://sandbox-api.selgora.com/v1
}

func ExampleWithMaxRetries() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithMaxRetries(0))
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Status: http.StatusServiceUnavailable})

	_, err := client.Account.Get(ctx)
	var e *selgora.Error
	if errors.As(err, &e) {
		fmt.Println(e.StatusCode, "after", e.Attempts, "attempt")
	}
	// Output: 503 after 1 attempt
}

func ExampleWithRetryWait() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithRetryWait(time.Millisecond, 4*time.Millisecond))
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Status: http.StatusServiceUnavailable, Times: 2})

	var resp selgora.Response
	_, err := client.Account.Get(ctx, selgora.WithResponse(&resp))
	fmt.Println(resp.Attempts, "attempts,", err)
	// Output: 3 attempts, <nil>
}

func ExampleWithMaxWait() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithMaxWait(5 * time.Second))
	defer srv.Close()
	srv.Inject(mockserver.Fault{
		Operation: mockserver.AccountGet,
		Status:    http.StatusTooManyRequests,
		Header:    http.Header{"Retry-After": {"3600"}},
	})

	_, err := client.Account.Get(ctx) // fails at once
	var e *selgora.Error
	if errors.As(err, &e) {
		fmt.Println("come back in", e.RetryAfter)
	}
	// Output: come back in 1h0m0s
}

func ExampleWithAttemptTimeout() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithAttemptTimeout(20 * time.Millisecond))
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Delay: time.Hour}) // hangs, once

	var resp selgora.Response
	_, err := client.Account.Get(ctx, selgora.WithResponse(&resp))
	fmt.Println(resp.Attempts, "attempts,", err)
	// Output: 2 attempts, <nil>
}

func ExampleWithRateLimit() {
	// Half of the documented limits, because another program has the same key.
	client, err := selgora.NewClient("sk_live_example",
		selgora.WithRateLimit(selgora.RateLimit{PerHour: 500, PerMinute: 50, Concurrent: 5}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.BaseURL())
	// Output: https://api.selgora.com/v1
}

func ExampleWithoutRateLimit() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithoutRateLimit()) // as Server.Client has it anyway
	defer srv.Close()

	for range 500 { // without a pause
		if _, err := client.Account.Get(ctx); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(len(srv.Calls(mockserver.AccountGet)))
	// Output: 500
}

func ExampleNewLimiter() {
	ctx := context.Background()
	limiter, err := selgora.NewLimiter(selgora.RateLimit{PerMinute: 3}) // the others: as documented
	if err != nil {
		log.Fatal(err)
	}
	// Two clients with one key share its budget.
	srv, site := sandbox(selgora.WithLimiter(limiter), selgora.WithMaxWait(0))
	defer srv.Close()
	job := srv.Client(selgora.WithLimiter(limiter), selgora.WithMaxWait(0))

	for _, client := range []*selgora.Client{site, job, site, job} {
		_, err := client.Account.Get(ctx)
		fmt.Println(err == nil, errors.Is(err, selgora.ErrRateLimited))
	}
	// Output:
	// true false
	// true false
	// true false
	// false true
}

func ExampleWithMaxResponseBytes() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithMaxResponseBytes(1000))
	defer srv.Close()

	_, err := client.Courses.List(ctx, &selgora.CourseListParams{Limit: 100})
	fmt.Println(errors.Is(err, selgora.ErrResponseTooLarge))
	// Output: true
}

func ExampleWithLogger() {
	ctx := context.Background()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { // what differs from run to run
			if a.Key == slog.TimeKey || a.Key == "duration" || a.Key == "wait" {
				return slog.Attr{}
			}
			return a
		},
	}))
	srv, client := sandbox(selgora.WithLogger(logger))
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Status: http.StatusBadGateway})

	if _, err := client.Account.Get(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// level=DEBUG msg="selgora: attempt" method=GET path=/account attempt=1 status=502 request_id=req_00000001
	// level=DEBUG msg="selgora: attempt" method=GET path=/account attempt=2 status=200 request_id=req_00000002
}

func ExampleWithUserAgent() {
	ctx := context.Background()
	srv, client := sandbox(selgora.WithUserAgent("my-crm/2.1"))
	defer srv.Close()

	if _, err := client.Account.Get(ctx); err != nil {
		log.Fatal(err)
	}
	agent := srv.Requests()[0].Header.Get("User-Agent")
	fmt.Println(strings.HasPrefix(agent, "my-crm/2.1 selgora-go/"))
	// Output: true
}

func ExampleWithMiddleware() {
	ctx := context.Background()
	attempts := 0 // a metric, say
	count := func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			attempts++
			return next.RoundTrip(r)
		})
	}
	srv, client := sandbox(selgora.WithMiddleware(count))
	defer srv.Close()
	srv.Inject(mockserver.Fault{Operation: mockserver.AccountGet, Reset: true})

	_, err := client.Account.Get(ctx)
	fmt.Println(attempts, err)
	// Output: 2 <nil>
}
