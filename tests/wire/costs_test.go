package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// What is not sent costs no budget.
func TestUnsentCostsNothing(t *testing.T) {
	one := selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1, PerHour: 1, Concurrent: 1})
	mine := errors.New("vault is sealed")
	for name, fail := range map[string]func(t *testing.T, client *selgora.Client, key *error) error{
		"an ended context": func(t *testing.T, client *selgora.Client, _ *error) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return getCourse(ctx, client)
		},
		"a key function that fails": func(t *testing.T, client *selgora.Client, key *error) error {
			*key = mine
			defer func() { *key = nil }()
			return createCourse(t.Context(), client)
		},
		"parameters": func(t *testing.T, client *selgora.Client, _ *error) error {
			_, err := client.Courses.Get(t.Context(), "")
			return err
		},
		"a wait that is given up": func(t *testing.T, client *selgora.Client, _ *error) error {
			err := getCourse(t.Context(), client)
			if err == nil {
				err = getCourse(t.Context(), client, selgora.WithRequestTimeout(time.Second))
			}
			time.Sleep(time.Hour)
			return err
		},
	} {
		bubble(t, name, func(t *testing.T) {
			var keyErr error
			client := limited(t, &ledger{}, one, selgora.WithAPIKeyFunc(func(context.Context) (string, error) { return testKey, keyErr }))
			for range 3 {
				if err := fail(t, client, &keyErr); !errors.Is(err, selgora.ErrNotSent) {
					t.Fatalf("error %v", err)
				}
			}
			start := time.Now()
			if err := getCourse(t.Context(), client); err != nil || time.Since(start) != 0 {
				t.Errorf("the next call ended after %v with %v", time.Since(start), err)
			}
		})
	}
	bubble(t, "a refused connection", func(t *testing.T) {
		server := &wire{script: []reply{ok}, refuse: 3}
		client := server.client(t, one)
		start := time.Now()
		if err := createCourse(t.Context(), client); !errors.Is(err, selgora.ErrNotSent) {
			t.Fatalf("error %v", err)
		}
		if err := createCourse(t.Context(), client); err != nil || time.Since(start) != 0 {
			t.Errorf("the next call ended after %v with %v", time.Since(start), err)
		}
	})
}

// keyName picks the key for a call.
type keyName struct{}

func keyed(opts ...selgora.Option) []selgora.Option {
	return append(opts, selgora.WithAPIKeyFunc(func(ctx context.Context) (string, error) {
		name, _ := ctx.Value(keyName{}).(string)
		return "key_" + name, nil
	}))
}

func TestKeysHaveTheirOwnBudgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &ledger{}
		client := limited(t, server, keyed(selgora.WithRateLimit(selgora.RateLimit{PerMinute: 1}))...)
		a, b := context.WithValue(t.Context(), keyName{}, "a"), context.WithValue(t.Context(), keyName{}, "b")
		start := time.Now()
		for _, tt := range []struct {
			ctx  context.Context
			want time.Duration
		}{{a, 0}, {b, 0}, {a, time.Minute}, {b, time.Minute}} {
			if err := getCourse(tt.ctx, client); err != nil || time.Since(start) != tt.want {
				t.Errorf("a call ended after %v, want %v (%v)", time.Since(start), tt.want, err)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		server := &ledger{response: func(n int, req *http.Request) *http.Response {
			if n == 1 {
				return respond(req, 429, "", "Retry-After: 40")
			}
			return nil
		}}
		client := limited(t, server, keyed(selgora.WithMaxRetries(0))...)
		getCourse(context.WithValue(t.Context(), keyName{}, "a"), client)
		start := time.Now()
		if err := getCourse(context.WithValue(t.Context(), keyName{}, "b"), client); err != nil || time.Since(start) != 0 {
			t.Errorf("another key's 429 held the call back for %v (%v)", time.Since(start), err)
		}
	})
}

func batchOf(n int) *selgora.EnrollmentCreateBatchParams {
	p := &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Concurrency: 10}
	for i := range n {
		p.Emails = append(p.Emails, fmt.Sprintf("s%d@example.com", i))
	}
	return p
}

// batches responds to reads, and to the first chunks of a batch with failures.
func batches(failures int, status int, header ...string) *ledger {
	posts := make(chan struct{}, failures)
	return &ledger{response: func(_ int, req *http.Request) *http.Response {
		if req.Method != http.MethodPost {
			return nil
		}
		select {
		case posts <- struct{}{}:
			return respond(req, status, "", header...)
		default:
			return respond(req, 200, "{}")
		}
	}}
}

// Chunks that wait hold nothing that another call could use.
func TestGetBesideWaitingChunks(t *testing.T) {
	for name, tt := range map[string]struct {
		server *ledger
		limit  selgora.RateLimit
		took   time.Duration
		keys   [2]string
	}{
		"for the server":              {batches(10, 503, "Retry-After: 50"), selgora.RateLimit{}, 50 * time.Second, [2]string{"a", "a"}},
		"for the budget of their key": {batches(0, 0), selgora.RateLimit{PerMinute: 1}, 9 * time.Minute, [2]string{"a", "b"}},
	} {
		bubble(t, name, func(t *testing.T) {
			client := limited(t, tt.server, keyed(selgora.WithRateLimit(tt.limit))...)
			start := time.Now()
			ended := make(chan error)
			go func() {
				_, err := client.Enrollments.CreateBatch(context.WithValue(t.Context(), keyName{}, tt.keys[0]), batchOf(500), selgora.WithRetryUnsafe())
				ended <- err
			}()
			time.Sleep(time.Second)
			before := time.Now()
			if err := getCourse(context.WithValue(t.Context(), keyName{}, tt.keys[1]), client); err != nil || time.Since(before) != 0 {
				t.Errorf("the call beside the batch ended after %v with %v", time.Since(before), err)
			}
			if err := <-ended; err != nil || time.Since(start) != tt.took {
				t.Errorf("the batch took %v, want %v (%v)", time.Since(start), tt.took, err)
			}
		})
	}
}

// A batch waits for longer than WithMaxWait, though not longer than its context
// lasts.
func TestBatchIsPatient(t *testing.T) {
	for name, tt := range map[string]struct {
		server *ledger
		limit  selgora.RateLimit
		lasts  time.Duration
		took   time.Duration
		unsent int
		failed int
	}{
		"budget":                 {batches(0, 0), selgora.RateLimit{PerMinute: 1}, time.Hour, 2 * time.Minute, 0, 0},
		"budget, in vain":        {batches(0, 0), selgora.RateLimit{PerMinute: 1}, 90 * time.Second, 60 * time.Second, 50, 0},
		"503":                    {batches(3, 503, "Retry-After: 300"), selgora.RateLimit{}, time.Hour, 5 * time.Minute, 0, 0},
		"503, in vain":           {batches(3, 503, "Retry-After: 300"), selgora.RateLimit{}, 299 * time.Second, 0, 0, 150},
		"429":                    {batches(3, 429, "Retry-After: 300"), selgora.RateLimit{}, time.Hour, 5 * time.Minute, 0, 0},
		"429 beyond what can be": {batches(3, 429, "Retry-After: 99999999999999999999"), selgora.RateLimit{}, time.Hour, 0, 0, 150},
	} {
		bubble(t, name, func(t *testing.T) {
			tt.server.latency = 100 * time.Millisecond // all chunks are under way before the first response
			client := limited(t, tt.server, selgora.WithRateLimit(tt.limit), selgora.WithMaxWait(time.Second))
			ctx, cancel := context.WithTimeout(t.Context(), tt.lasts)
			defer cancel()
			start := time.Now()
			res, err := client.Enrollments.CreateBatch(ctx, batchOf(150), selgora.WithRetryUnsafe())
			if res == nil {
				t.Fatal(err)
			}
			if n := res.Count(selgora.BatchNotSent); n != tt.unsent {
				t.Errorf("%d not sent, want %d (%v)", n, tt.unsent, err)
			}
			if n := res.Count(selgora.BatchFailed); n != tt.failed {
				t.Errorf("%d failed, want %d (%v)", n, tt.failed, err)
			}
			if took := time.Since(start); took < tt.took || took > tt.took+time.Second {
				t.Errorf("took %v, want %v and a little", took, tt.took)
			}
			if err != nil && !strings.Contains(err.Error(), "batch enrollment") {
				t.Errorf("error %v", err)
			}
		})
	}
}
