package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

// rejections records what OnReject is told.
type rejections struct {
	mu  sync.Mutex
	all []webhook.Rejection
}

func (r *rejections) option() webhook.Option {
	return webhook.OnReject(func(_ *http.Request, rej webhook.Rejection) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = append(r.all, rej)
	})
}

func (r *rejections) reasons() (reasons []webhook.Reason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rej := range r.all {
		reasons = append(reasons, rej.Reason)
	}
	return reasons
}

func (r *rejections) last() webhook.Rejection {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		return webhook.Rejection{}
	}
	return r.all[len(r.all)-1]
}

func wrong(r *http.Request) {
	r.Header.Set(webhook.SignatureHeader, strings.Repeat("0", 64))
}

// The status table: each row a request, its answer, and whether handlers ran.
func TestAnswers(t *testing.T) {
	big := []byte(`{"type":"t","data":"` + strings.Repeat("x", 2000) + `"}`)
	full, typed := errors.New("full"), webhook.OrderCreated
	router := func(fn webhook.HandlerFunc) func(*testing.T) *webhook.Router {
		return func(t *testing.T) *webhook.Router { return anyRouter(t, fn) }
	}
	tests := []struct {
		name   string
		router func(*testing.T) *webhook.Router // nil: succeeds
		opts   []webhook.Option
		body   []byte // nil: event 1
		change webhooktest.RequestOption
		status int
		reason webhook.Reason
		err    error
		ran    bool
	}{
		{name: "success", status: 200, ran: true},
		{name: "GET of a prober", change: func(r *http.Request) { r.Method = "GET" }, status: 200},
		{name: "HEAD of a prober", change: func(r *http.Request) { r.Method = "HEAD" }, status: 200},
		{name: "GET with a signed body", body: numbered(7), change: func(r *http.Request) { r.Method = "GET" }, status: 200},
		{name: "PUT", change: func(r *http.Request) { r.Method = "PUT" }, status: 405, reason: webhook.ReasonMethod},
		{name: "OPTIONS", change: func(r *http.Request) { r.Method = "OPTIONS" }, status: 405, reason: webhook.ReasonMethod},
		{name: "an odd method", change: func(r *http.Request) { r.Method = strings.Repeat("X", 1000) }, status: 405, reason: webhook.ReasonMethod},
		{name: "too large", opts: []webhook.Option{webhook.MaxBody(1000)}, body: big, status: 413, reason: webhook.ReasonTooLarge, err: webhook.ErrTooLarge},
		{name: "too large, of unknown length", opts: []webhook.Option{webhook.MaxBody(1000)}, body: big, change: func(r *http.Request) { r.ContentLength = -1 },
			status: 413, reason: webhook.ReasonTooLarge, err: webhook.ErrTooLarge},
		{name: "too large comes before the signature", opts: []webhook.Option{webhook.MaxBody(1000)}, body: big, change: wrong, status: 413, reason: webhook.ReasonTooLarge},
		{name: "large, but allowed", opts: []webhook.Option{webhook.MaxBody(int64(len(big)))}, body: big, status: 200, ran: true},
		{name: "broken body", change: func(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF)) },
			status: 503, reason: webhook.ReasonBody, err: io.ErrUnexpectedEOF},
		{name: "body that panics", change: func(r *http.Request) { r.Body = panicBody{} }, status: 503, reason: webhook.ReasonBody},
		{name: "no signature", change: func(r *http.Request) { r.Header.Del(webhook.SignatureHeader) }, status: 401, reason: webhook.ReasonSignature, err: webhook.ErrMissingSignature},
		{name: "malformed signature", change: webhooktest.Header(webhook.SignatureHeader, "sha256=test"), status: 401, reason: webhook.ReasonSignature, err: webhook.ErrMalformedSignature},
		{name: "two signatures", change: func(r *http.Request) {
			r.Header.Add(webhook.SignatureHeader, r.Header.Get(webhook.SignatureHeader))
		}, status: 401, reason: webhook.ReasonSignature, err: webhook.ErrMalformedSignature},
		{name: "wrong signature", change: wrong, status: 401, reason: webhook.ReasonSignature, err: webhook.ErrSignatureMismatch},
		{name: "wrong signature during a rotation", opts: []webhook.Option{webhook.RetryUnverified()}, change: wrong, status: 503, reason: webhook.ReasonSignature, err: webhook.ErrSignatureMismatch},
		{name: "wrong signature of what is no JSON", body: []byte("{"), change: wrong, status: 401, reason: webhook.ReasonSignature},
		{name: "verified, but no event", body: []byte(`{"id":"evt_1"}`), status: 500, reason: webhook.ReasonPayload, err: webhook.ErrMalformedPayload},
		{name: "verified, but empty", body: []byte{}, status: 500, reason: webhook.ReasonPayload, err: webhook.ErrMalformedPayload},
		{name: "unknown type", router: func(t *testing.T) *webhook.Router { return webhook.NewRouter() }, status: 200},
		{name: "data does not fit the type", router: func(t *testing.T) *webhook.Router {
			r := webhook.NewRouter()
			must(t, webhook.On(r, typed, func(context.Context, *webhook.Event, *webhook.OrderCreatedData) error { return nil }))
			return r
		}, body: []byte(`{"id":"evt_1","type":"order.created","data":{"amount":"x"}}`), status: 500, reason: webhook.ReasonHandler, err: webhook.ErrMalformedPayload},
		{name: "handler fails", router: router(func(context.Context, *webhook.Event) error { return errHandler }), status: 500, reason: webhook.ReasonHandler, err: errHandler},
		{name: "handler panics", router: router(func(context.Context, *webhook.Event) error { panic(errHandler) }), status: 500, reason: webhook.ReasonHandler, err: errHandler},
		{name: "handler aborts", router: router(func(context.Context, *webhook.Event) error { panic(http.ErrAbortHandler) }), status: 500, reason: webhook.ReasonHandler, err: http.ErrAbortHandler},
		{name: "queue took it", opts: []webhook.Option{webhook.Enqueue(webhook.QueueFunc(succeed))}, status: 200},
		{name: "queue did not take it", opts: []webhook.Option{webhook.Enqueue(webhook.QueueFunc(func(context.Context, *webhook.Event) error { return full }))}, status: 503, reason: webhook.ReasonQueue, err: full},
		{name: "queue panics", opts: []webhook.Option{webhook.Enqueue(webhook.QueueFunc(func(context.Context, *webhook.Event) error { panic(full) }))}, status: 503, reason: webhook.ReasonQueue, err: full},
		{name: "accepted", opts: []webhook.Option{webhook.Async(1, 1)}, status: 200, ran: true},
		{name: "store down", opts: []webhook.Option{webhook.Dedup(brokenStore{err: full}, 0)}, status: 503, reason: webhook.ReasonStore, err: full},
		{name: "store panics", opts: []webhook.Option{webhook.Dedup(brokenStore{panics: true}, 0)}, status: 503, reason: webhook.ReasonStore},
		{name: "store answers nonsense", opts: []webhook.Option{webhook.Dedup(brokenStore{}, 0)}, status: 503, reason: webhook.ReasonStore},
		{name: "store is a nil pointer", opts: []webhook.Option{webhook.Dedup((*nilStore)(nil), 0)}, status: 503, reason: webhook.ReasonStore},
		{name: "any content type", change: webhooktest.Header("Content-Type", "text/plain"), status: 200, ran: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ran := false
				r := anyRouter(t, func(context.Context, *webhook.Event) error { ran = true; return nil })
				if test.router != nil {
					r = test.router(t)
				}
				var rejected rejections
				h, err := webhook.NewHandler(r, verifier(t), append(test.opts, webhook.WithLogger(nil), rejected.option())...)
				must(t, err)
				body := test.body
				if body == nil {
					body = numbered(1)
				}
				res := webhooktest.Post(h, webhook.FormatAPI, secret, body, test.change)
				expect(t, "status", res.StatusCode, test.status)
				text, _ := io.ReadAll(res.Body)
				if test.reason == "" && len(text) > 0 || len(text) > 100 {
					t.Errorf("answer has the body %q", text)
				}
				must(t, h.Shutdown(t.Context()))
				if ran != test.ran {
					t.Errorf("handler ran: %v, want %v", ran, test.ran)
				}
				var want []webhook.Reason
				if test.reason != "" {
					want = []webhook.Reason{test.reason}
				}
				if diff := cmp.Diff(want, rejected.reasons()); diff != "" {
					t.Errorf("OnReject (-want +got)\n%s", diff)
				}
				last := rejected.last()
				if test.reason != "" && (last.Status != test.status || last.Err == nil) || test.err != nil && !errors.Is(last.Err, test.err) {
					t.Errorf("OnReject: status %d, error %v, want %d, %v", last.Status, last.Err, test.status, test.err)
				}
			})
		})
	}
}

type panicBody struct{}

func (panicBody) Read([]byte) (int, error) { panic("in Read") }
func (panicBody) Close() error             { return nil }

// brokenStore fails as told, at every call.
type brokenStore struct {
	err    error
	panics bool
}

func (s brokenStore) fail() error {
	if s.panics {
		panic("in the store")
	}
	return s.err
}

func (s brokenStore) Claim(context.Context, string, string, time.Duration) (webhook.ClaimState, error) {
	return 0, s.fail()
}
func (s brokenStore) Renew(context.Context, string, string, time.Duration) error  { return s.fail() }
func (s brokenStore) Commit(context.Context, string, string, time.Duration) error { return s.fail() }
func (s brokenStore) Release(context.Context, string, string) error               { return s.fail() }

// nilStore panics when it is nil, as stores do.
type nilStore struct{ webhook.Store }

func TestMethodNotAllowedNamesTheMethods(t *testing.T) {
	w := httptest.NewRecorder()
	newHandler(t, succeed).ServeHTTP(w, httptest.NewRequest(http.MethodDelete, "/", nil))
	if allow := w.Header().Get("Allow"); allow != "GET, HEAD, POST" {
		t.Errorf("Allow: %q", allow)
	}
}

func TestHandlerTimeout(t *testing.T) {
	for _, obeys := range []bool{true, false} {
		t.Run(fmt.Sprint("obeys ", obeys), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var rejected rejections
				var cause error
				var seen calls
				h := newHandler(t, func(ctx context.Context, e *webhook.Event) error {
					if seen.add(e.ID) > 1 {
						return nil
					}
					if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) != 4500*time.Millisecond {
						t.Errorf("deadline %v, %v", deadline, ok)
					}
					<-ctx.Done()
					cause = context.Cause(ctx)
					if obeys {
						return ctx.Err()
					}
					pass(2 * time.Minute) // four leases
					return nil
				}, rejected.option())
				begin := time.Now()
				expect(t, "first delivery", post(h, numbered(1)), 503)
				if took := time.Since(begin); took != 4500*time.Millisecond {
					t.Errorf("answered after %v", took)
				}
				synctest.Wait()
				if !errors.Is(cause, webhook.ErrHandlerTimeout) {
					t.Errorf("cause of the context: %v", cause)
				}
				if last := rejected.last(); last.Reason != webhook.ReasonTimeout {
					t.Errorf("reason %q", last.Reason)
				}
				if obeys {
					expect(t, "redelivery", post(h, numbered(1)), 200)
					expect(t, "runs", seen.of("evt_1"), 2)
				} else {
					pass(time.Minute)
					expect(t, "redelivery while it still runs", post(h, numbered(1)), 503)
					if last := rejected.last(); last.Reason != webhook.ReasonRunning {
						t.Errorf("reason %q", last.Reason)
					}
					pass(2 * time.Minute)
					expect(t, "redelivery after it succeeded late", post(h, numbered(1)), 200)
					expect(t, "runs", seen.of("evt_1"), 1)
				}
				must(t, h.Shutdown(t.Context()))
			})
		})
	}
}

func TestHandlerTimeoutOption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, opts := range [][]webhook.Option{
			{webhook.HandlerTimeout(time.Second)},
			{webhook.HandlerTimeout(time.Second), webhook.Enqueue(webhook.QueueFunc(func(ctx context.Context, _ *webhook.Event) error {
				pass(time.Minute) // deaf
				return ctx.Err()
			}))},
		} {
			h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error { <-ctx.Done(); return nil }, opts...)
			begin := time.Now()
			if status := post(h, numbered(1)); status != 503 && status != 200 || time.Since(begin) != time.Second {
				t.Errorf("%d after %v", status, time.Since(begin))
			}
			must(t, h.Shutdown(t.Context()))
		}
	})
}

// The time for the answer runs from the arrival: a slow body takes from the
// handler's.
func TestSlowBodyThroughAnyWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rejected rejections
		var left time.Duration
		h := newHandler(t, func(ctx context.Context, _ *webhook.Event) error {
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
			return nil
		}, rejected.option())
		slow := func(pause time.Duration) int {
			in, out := io.Pipe()
			r := webhooktest.NewRequest(webhook.FormatAPI, secret, numbered(1))
			r.Body = in
			go func() {
				for _, b := range numbered(1) {
					if _, err := out.Write([]byte{b}); err != nil {
						return
					}
					pass(pause)
				}
				out.Close()
			}()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code
		}
		begin := time.Now()
		expect(t, "a byte a second", slow(time.Second), 503)
		if took := time.Since(begin); took != 4500*time.Millisecond {
			t.Errorf("answered after %v", took)
		}
		if last := rejected.last(); last.Reason != webhook.ReasonBody || !strings.Contains(last.Err.Error(), "reading the body") {
			t.Errorf("rejection %+v", last)
		}
		expect(t, "fast enough", slow(10*time.Millisecond), 200)
		if want := 4500*time.Millisecond - time.Duration(len(numbered(1)))*10*time.Millisecond; left != want {
			t.Errorf("the handler had %v left, want %v", left, want)
		}
	})
}

func TestAsyncAnswersInTimeToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, succeed, webhook.Async(1, 1), webhook.HandlerTimeout(time.Hour))
		in, out := io.Pipe()
		r := webhooktest.NewRequest(webhook.FormatAPI, secret, numbered(1))
		r.Body = in
		w, begin := httptest.NewRecorder(), time.Now()
		h.ServeHTTP(w, r)
		if took := time.Since(begin); w.Code != 503 || took != webhook.DefaultHandlerTimeout {
			t.Errorf("status %d after %v", w.Code, took)
		}
		must(t, out.Close())
	})
}

func TestObserverAndLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen recording
		var logs logBuffer
		fail := true
		h := newHandler(t, func(context.Context, *webhook.Event) error {
			pass(time.Second)
			if fail {
				return errHandler
			}
			return nil
		}, webhook.WithObserver(&seen), webhook.WithLogger(logs.logger()))
		deliver := func(want int, lines ...string) {
			t.Helper()
			logs.mu.Lock()
			logs.buf.Reset()
			logs.mu.Unlock()
			expect(t, "status", post(h, numbered(1), webhooktest.Delivery("dlv_1"), webhooktest.Retry(2)), want)
			if diff := cmp.Diff(lines, seen.take()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := logs.String(); !strings.Contains(got, "event=evt_1") || !strings.Contains(got, "delivery=dlv_1") || !strings.Contains(got, "retry=2") {
				t.Errorf("log: %s", got)
			}
		}
		deliver(500, "received evt_1", "failed evt_1 1: handler says no", "rejected handler 500")
		if got := logs.String(); !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "handler says no") || !strings.Contains(got, "duration=1s") {
			t.Errorf("log of a failure: %s", got)
		}
		fail = false
		deliver(200, "received evt_1", "handled evt_1 1")
		deliver(200, "received evt_1", "duplicate evt_1")
		expect(t, "wrong signature", post(h, numbered(1), wrong), 401)
		if diff := cmp.Diff([]string{"rejected signature 401"}, seen.take()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		// The clock of a bubble starts in 2000, when the events were made.
		want := []webhook.Handling{{Duration: time.Second, Age: 2 * time.Second, Attempt: 1}}
		if diff := cmp.Diff(want, seen.ages); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestAgeIsNeverNegative(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen recording
		h := newHandler(t, succeed, webhook.WithObserver(&seen))
		expect(t, "from the future", post(h, []byte(`{"id":"a","type":"t","created_at":"2999-01-01T00:00:00Z"}`)), 200)
		expect(t, "from nowhere", post(h, []byte(`{"id":"b","type":"t"}`)), 200)
		for _, handling := range seen.ages {
			if handling.Age != 0 {
				t.Errorf("age %v", handling.Age)
			}
		}
	})
}

// hostile panics wherever it is called.
type hostile struct{ webhook.NopObserver }

func (hostile) Received(context.Context, *webhook.Event) { panic("in Received") }
func (hostile) Rejected(context.Context, webhook.Rejection) {
	panic("in Rejected")
}

func (hostile) Handled(context.Context, *webhook.Event, webhook.Handling) { panic("in Handled") }

func TestHooksThatPanicHarmNobody(t *testing.T) {
	var logs logBuffer
	h := newHandler(t, succeed, webhook.WithObserver(hostile{}), webhook.WithLogger(logs.logger()),
		webhook.OnReject(func(*http.Request, webhook.Rejection) { panic("in OnReject") }))
	expect(t, "good", post(h, numbered(1)), 200)
	expect(t, "bad", post(h, numbered(1), wrong), 401)
	for _, where := range []string{"Received", "Rejected", "Handled", "OnReject"} {
		if !strings.Contains(logs.String(), "panic: in "+where) {
			t.Errorf("%s is not in the log", where)
		}
	}
}

func TestNewHandlerRefuses(t *testing.T) {
	v, r, q := verifier(t), webhook.NewRouter(), webhook.QueueFunc(succeed)
	store := webhook.NewMemoryStore(0)
	tests := map[string]struct {
		router   *webhook.Router
		verifier *webhook.Verifier
		opts     []webhook.Option
		says     string
	}{
		"nil router":               {nil, v, nil, "router is nil"},
		"nil verifier":             {r, nil, nil, "no secret"},
		"zero verifier":            {r, &webhook.Verifier{}, nil, "no secret"},
		"nil option":               {r, v, []webhook.Option{nil}, "option 1 is nil"},
		"two modes":                {r, v, []webhook.Option{webhook.Sync(), webhook.Async(1, 1)}, "more than one"},
		"other two modes":          {r, v, []webhook.Option{webhook.Async(1, 1), webhook.Enqueue(q)}, "more than one"},
		"no workers":               {r, v, []webhook.Option{webhook.Async(0, 1)}, "workers"},
		"too many workers":         {r, v, []webhook.Option{webhook.Async(1<<20, 1)}, "workers"},
		"negative queue":           {r, v, []webhook.Option{webhook.Async(1, -1)}, "queue"},
		"nil queue":                {r, v, []webhook.Option{webhook.Enqueue(nil)}, "queue is nil"},
		"nil queue function":       {r, v, []webhook.Option{webhook.Enqueue(webhook.QueueFunc(nil))}, "queue function is nil"},
		"nil store":                {r, v, []webhook.Option{webhook.Dedup(nil, 0)}, "store is nil"},
		"nil memory store":         {r, v, []webhook.Option{webhook.Dedup((*webhook.MemoryStore)(nil), 0)}, "store is nil"},
		"negative window":          {r, v, []webhook.Option{webhook.Dedup(store, -time.Hour)}, "negative"},
		"window too short":         {r, v, []webhook.Option{webhook.Dedup(store, 34*time.Hour+35*time.Minute-1)}, "AllowShortWindow"},
		"dedup on and off":         {r, v, []webhook.Option{webhook.Dedup(store, 0), webhook.WithoutDedup()}, "both"},
		"lease too short":          {r, v, []webhook.Option{webhook.DedupLease(time.Millisecond)}, "DedupLease"},
		"lease too long":           {r, v, []webhook.Option{webhook.DedupLease(5 * time.Minute)}, "DedupLease"},
		"no time":                  {r, v, []webhook.Option{webhook.HandlerTimeout(0)}, "HandlerTimeout"},
		"no body":                  {r, v, []webhook.Option{webhook.MaxBody(0)}, "MaxBody"},
		"endless body":             {r, v, []webhook.Option{webhook.MaxBody(1 << 62)}, "MaxBody"},
		"nil OnReject":             {r, v, []webhook.Option{webhook.OnReject(nil)}, "OnReject"},
		"nil observer":             {r, v, []webhook.Option{webhook.WithObserver(nil)}, "observer"},
		"nil OnDeadLetter":         {r, v, []webhook.Option{webhook.Async(1, 1), webhook.OnDeadLetter(nil)}, "OnDeadLetter"},
		"OnDeadLetter, not async":  {r, v, []webhook.Option{webhook.OnDeadLetter(func(context.Context, webhook.DeadLetter) {})}, "without Async"},
		"no attempts":              {r, v, []webhook.Option{webhook.Async(1, 1), webhook.AsyncRetry(0, 0, 0)}, "attempts"},
		"waits the wrong way":      {r, v, []webhook.Option{webhook.Async(1, 1), webhook.AsyncRetry(2, 2, 1)}, "waits"},
		"AsyncRetry, not async":    {r, v, []webhook.Option{webhook.AsyncRetry(2, 1, 2)}, "without Async"},
		"two mistakes, the second": {nil, v, []webhook.Option{webhook.MaxBody(0)}, "router is nil"},
	}
	for name, test := range tests {
		h, err := webhook.NewHandler(test.router, test.verifier, test.opts...)
		if err == nil || h != nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, which does not say %q", name, err, test.says)
		}
	}
	for name, opts := range map[string][]webhook.Option{
		"short window, forced": {webhook.Dedup(store, time.Minute), webhook.AllowShortWindow()},
		"shortest window":      {webhook.Dedup(store, webhook.MinDedupWindow)},
		"default window":       {webhook.Dedup(store, 0)},
		"Sync":                 {webhook.Sync()},
	} {
		if _, err := webhook.NewHandler(r, v, opts...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := webhook.NewHandler(nil, v, webhook.Enqueue(q)); err != nil {
		t.Errorf("Enqueue without a router: %v", err)
	}
}

func TestEnqueueHandsOverTheWholeEvent(t *testing.T) {
	var stored []byte
	h := newHandler(t, func(context.Context, *webhook.Event) error { t.Error("the router was called"); return nil },
		webhook.Enqueue(webhook.QueueFunc(func(_ context.Context, e *webhook.Event) error { stored = e.Body; return nil })))
	body := webhooktest.Sample(webhook.FormatDashboard, webhook.OrderCreated)
	expect(t, "post", webhooktest.Post(h, webhook.FormatDashboard, secret, body).StatusCode, 200)
	expect(t, "again", webhooktest.Post(h, webhook.FormatDashboard, secret, body).StatusCode, 200)
	event, err := webhook.ParseUnverified(stored)
	must(t, err)
	var amount int64
	worker := webhook.NewRouter()
	must(t, webhook.On(worker, webhook.OrderCreated, func(_ context.Context, _ *webhook.Event, o *webhook.OrderCreatedData) error {
		amount = o.Amount
		return nil
	}), worker.Handle(t.Context(), event))
	if amount != 19700 {
		t.Errorf("amount %d", amount)
	}
}
