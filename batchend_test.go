package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// What every request would fail with ends the batch, and what is under way then
// ends as it would have.
func TestCreateBatchEndsOnFatal(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		fatal  error
	}{
		"unauthorized":   {401, `{"error":"no"}`, selgora.ErrUnauthorized},
		"forbidden":      {403, `{"error":"no"}`, selgora.ErrForbidden},
		"no such path":   {404, `<html>`, selgora.ErrNotFound},
		"unknown course": {422, `{"error":"no","fields":{"course_id":"is unknown"}}`, selgora.ErrValidation},
		"bad addresses":  {422, `{"error":"no","fields":{"emails":"are bad"}}`, nil},
		"bad request":    {400, `{"error":"no"}`, nil},
		"outage":         {503, ``, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &school{enrolled: map[string]int{}, took: time.Second}
				s.fail = func(n int, _ []string) (int, string) {
					if n == 6 { // the second of the second four
						return tt.status, tt.body
					}
					return 0, ""
				}
				emails := addresses(5000)
				res, err := s.client(t).Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: emails})
				var batch *selgora.BatchError
				if !errors.As(err, &batch) {
					t.Fatalf("error is %v", err)
				}
				if tt.fatal == nil {
					if s.requests != 100 || res.Count(selgora.BatchEnrolled) != 4950 || res.Count(selgora.BatchFailed) != 50 {
						t.Errorf("%d requests, %d enrolled", s.requests, res.Count(selgora.BatchEnrolled))
					}
					return
				}
				if s.requests > 11 { // the three that came back together with it may have been followed by others
					t.Errorf("%d requests", s.requests)
				}
				enrolled := 50 * (s.requests - 1)
				got := []int{res.Count(selgora.BatchEnrolled), res.Count(selgora.BatchFailed), res.Count(selgora.BatchNotSent)}
				if diff := cmp.Diff([]int{enrolled, 50, 4950 - enrolled}, got); diff != "" {
					t.Errorf("enrolled, failed, not sent (-want +got):\n%s", diff)
				}
				if len(res.Retryable()) != 5000-enrolled || res.Refused() != nil || batch.Failed != 5000-enrolled {
					t.Errorf("%d to repeat, refused %q, %v", len(res.Retryable()), res.Refused(), err)
				}
				rest := res.Items[len(emails)-1]
				if !errors.Is(rest.Err, selgora.ErrNotSent) || !errors.Is(rest.Err, tt.fatal) || asError(t, rest.Err).StatusCode != tt.status {
					t.Errorf("the rest ended with %v", rest.Err)
				}
				if !errors.Is(err, tt.fatal) || len(batch.Unwrap()) != 2 {
					t.Errorf("%d causes: %v", len(batch.Unwrap()), err)
				}
			})
		})
	}
}

// A batch that is refused as a whole takes no more requests than go out at once.
func TestCreateBatchFatalRequests(t *testing.T) {
	for _, concurrency := range []int{1, 3, 50} {
		s := &school{enrolled: map[string]int{}}
		s.fail = func(int, []string) (int, string) { return 401, `{"error":"no"}` }
		res, err := s.client(t).Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{
			CourseID: "course_1", Emails: addresses(10_000), Concurrency: concurrency,
		})
		if !errors.Is(err, selgora.ErrUnauthorized) || s.requests > concurrency || len(res.Retryable()) != 10_000 {
			t.Errorf("%d at once: %d requests, %d to repeat, %v", concurrency, s.requests, len(res.Retryable()), err)
		}
	}
	calls := 0
	client := newClientWithKeyFunc(t, func(context.Context) (string, error) {
		calls++
		return " ", nil
	})
	res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(1000), Concurrency: 1})
	if !errors.Is(err, selgora.ErrNotSent) || calls != 1 || res.Count(selgora.BatchNotSent) != 1000 || len(res.Retryable()) != 1000 {
		t.Errorf("unusable key: %d calls, %d not sent, %v", calls, res.Count(selgora.BatchNotSent), err)
	}
}

// newClientWithKeyFunc makes a client of a transport that nothing may reach.
func newClientWithKeyFunc(t *testing.T, key func(context.Context) (string, error)) *selgora.Client {
	t.Helper()
	client, err := selgora.NewClient("", selgora.WithBaseURL(wireBase), selgora.WithAPIKeyFunc(key),
		inProcess(func(*http.Request) (*http.Response, error) {
			t.Error("something was sent")
			return nil, errors.New("no")
		}))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Each address that is not enrolled is in one of the two lists.
func TestCreateBatchRetryableOrRefused(t *testing.T) {
	for status, refused := range map[int]bool{
		301: false, 400: true, 401: false, 403: false, 404: false, 408: false, 409: true, 413: true, 415: true,
		422: true, 429: false, 500: false, 501: false, 503: false,
	} {
		res, _ := enrollIn(t, status, "", "a@example.com", " ", "A@example.com", "")
		wantRetryable, wantRefused := []string{"a@example.com"}, []string{" "}
		if refused {
			wantRetryable, wantRefused = nil, []string{"a@example.com", " "}
		}
		if diff := cmp.Diff([][]string{wantRetryable, wantRefused}, [][]string{res.Retryable(), res.Refused()}); diff != "" {
			t.Errorf("%d: retryable and refused (-want +got):\n%s", status, diff)
		}
	}
	byHand := &selgora.BatchResult{Items: []selgora.BatchItem{{Email: "a"}, {Email: "b", Status: selgora.BatchFailed}, {Email: "c", Status: selgora.BatchNotSent}}}
	if diff := cmp.Diff([]string{"b", "c"}, byHand.Retryable()); diff != "" || byHand.Refused() != nil {
		t.Errorf("refused %q, retryable (-want +got):\n%s", byHand.Refused(), diff)
	}
}

// All reports together have each input once, with its final result, also where
// the batch is ended before its time.
func TestCreateBatchProgressItems(t *testing.T) {
	emails := []string{" ", "a@example.com"}
	for i := range 1000 {
		emails = append(emails, fmt.Sprintf("student%05d@example.com", i))
		if i%10 == 0 {
			emails = append(emails, "", "A@example.com", fmt.Sprintf(" STUDENT%05d@example.com", i/2))
		}
	}
	blank := slices.Repeat([]string{" "}, 120)
	for name, tt := range map[string]struct {
		emails []string
		end    string
		status int
	}{
		"all": {emails: emails}, "fatal": {emails: emails, status: 403}, "failing": {emails: emails, status: 503},
		"canceled": {emails: emails, end: "progress"}, "canceled before": {emails: emails, end: "before"},
		"canceled in a request": {emails: emails, end: "request"},
		"blank alone":           {emails: blank}, "none": {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s := &school{enrolled: map[string]int{}, took: time.Second}
				s.fail = func(n int, _ []string) (int, string) {
					if n == 7 {
						if tt.end == "request" {
							cancel()
						}
						return tt.status, ""
					}
					return 0, ""
				}
				if tt.end == "before" {
					cancel()
				}
				var reports []selgora.BatchProgress
				res, err := s.client(t).Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{
					CourseID: "course_1", Emails: tt.emails, Concurrency: 3,
					OnProgress: func(p selgora.BatchProgress) {
						reports = append(reports, p)
						if tt.end == "progress" && len(reports) == 5 {
							cancel()
						}
					},
				})
				if ended := tt.end != ""; ended != errors.Is(err, context.Canceled) {
					t.Errorf("error is %v", err)
				}
				seen := map[string][]selgora.BatchItem{} // by spelling, in order
				done, failed := 0, 0
				for n, p := range reports {
					done += len(p.Items)
					for _, it := range p.Items {
						seen[it.Email] = append(seen[it.Email], it)
						if it.Err != nil {
							failed++
						}
						if n > 0 && strings.TrimSpace(it.Email) == "" {
							t.Errorf("report %d has a blank address", n)
						}
					}
					if p.Done != done || p.Failed != failed || p.Total != len(tt.emails) || len(p.Items) == 0 {
						t.Fatalf("report %d: %d, %d failed, of %d, with %d items", n, p.Done, p.Failed, p.Total, len(p.Items))
					}
				}
				if done != len(tt.emails) || len(res.Items) != done {
					t.Fatalf("reports of %d items, result of %d", done, len(res.Items))
				}
				for i, it := range res.Items {
					if it.Email != tt.emails[i] || it.Status == "" || !slices.Contains(seen[it.Email], it) {
						t.Errorf("item %d is %+v, reported as %+v", i, it, seen[it.Email])
					}
				}
				if n := len(res.Retryable()) + len(res.Refused()); failed == 0 && n > 0 {
					t.Errorf("%d to repeat or refused", n)
				}
			})
		})
	}
}

// A context that ends at whatever step leaves what was not begun not sent.
func TestCreateBatchCanceledAtEachStep(t *testing.T) {
	for step := range 12 {
		ctx, cancel := context.WithCancel(t.Context())
		var requests atomic.Int32
		client := newClient(t, selgora.WithoutRateLimit(), inProcess(func(req *http.Request) (*http.Response, error) {
			if int(requests.Add(1)) == step {
				cancel()
				return nil, req.Context().Err()
			}
			return respond(req, 200, ""), nil
		}))
		if step == 0 {
			cancel()
		}
		res, err := client.Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(500), Concurrency: 3})
		cancel()
		accepted, failed := res.Count(selgora.BatchAccepted), res.Count(selgora.BatchFailed)
		if wantErr := step <= 10; errors.Is(err, context.Canceled) != wantErr || (err != nil) != wantErr {
			t.Errorf("step %d: %v", step, err)
		}
		if n := int(requests.Load()) * 50; accepted+failed != n || len(res.Retryable()) != 500-accepted || (step > 0) != (n > 0) {
			t.Errorf("step %d: %d sent, %d accepted, %d failed, %d to repeat", step, n, accepted, failed, len(res.Retryable()))
		}
	}
}

// What a failed request's error keeps of the response must not add up.
func TestCreateBatchKeepsLittleOfErrors(t *testing.T) {
	page := strings.Repeat("x", 1<<20)
	for _, body := range []string{page, `{"error":"` + page + `","fields":{"emails":"` + page + `"}}`} {
		s := &school{enrolled: map[string]int{}}
		s.fail = func(int, []string) (int, string) { return 500, body }
		client := s.client(t, selgora.WithMaxRetries(0))
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := heap()
		res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(1000)})
		if kept := int64(heap()) - int64(before); kept > 4<<20 {
			t.Errorf("20 errors keep %d KiB", kept>>10)
		}
		if e := asError(t, res.Items[999].Err); len(e.Body) != 4<<10 || len(e.Message) > 5<<10 || e.StatusCode != 500 {
			t.Errorf("body of %d bytes, message of %d", len(e.Body), len(e.Message))
		}
		runtime.KeepAlive(err)
	}
}
