package selgora_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// maxBatchErrorBody: a batch keeps little of each request that failed.
func TestBatchKeepsLittleOfEachFailure(t *testing.T) {
	fields := new(strings.Builder)
	for i := range 100 {
		if i > 0 {
			fields.WriteString(",")
		}
		fields.WriteString(`"` + strings.Repeat("n", 1000) + string(rune('a'+i%26)) + strings.Repeat("x", i) + `":"` + strings.Repeat("v", 1000) + `"`)
	}
	for name, transport := range map[string]func() roundTripper{
		"fields": func() roundTripper {
			return func(req *http.Request) (*http.Response, error) {
				return respond(req, 422, `{"error":"no","fields":{`+fields.String()+`}}`), nil
			}
		},
		"an earlier response": func() roundTripper {
			var n atomic.Int32
			return func(req *http.Request) (*http.Response, error) {
				if n.Add(1)%2 == 1 {
					return respond(req, 429, `{"error":"`+strings.Repeat("x", 60000)+`"}`, "Retry-After: 0"), nil
				}
				return nil, errors.New("connection lost")
			}
		},
		"plain": func() roundTripper {
			return func(req *http.Request) (*http.Response, error) {
				return respond(req, 500, strings.Repeat("x", 60000)), nil
			}
		},
	} {
		client := newClient(t, selgora.WithoutRateLimit(), selgora.WithMaxRetries(1), selgora.WithRetryWait(0, 1), inProcess(transport()))
		const requests = 400
		emails := addresses(requests * 50)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: emails, Concurrency: 1})
		runtime.GC()
		runtime.ReadMemStats(&after)
		kept := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / requests
		t.Logf("%s: %d bytes per request", name, kept)
		if kept > 30<<10 {
			t.Errorf("%s: %d KiB are kept of each request that failed", name, kept>>10)
		}
		runtime.KeepAlive(res)
		runtime.KeepAlive(err)
	}
}

// endings is a tracer of how calls end.
type endings func(selgora.CallEnd)

func (f endings) StartCall(ctx context.Context, _ selgora.CallStart) context.Context { return ctx }
func (f endings) EndCall(_ context.Context, end selgora.CallEnd)                     { f(end) }

// What a tracer was given it may read at any later time.
func TestBatchDoesNotChangeTheErrorThatATracerHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var exporter sync.WaitGroup
		tracer := endings(func(end selgora.CallEnd) {
			e := asError(t, end.Err)
			before := len(e.Body)
			exporter.Go(func() {
				time.Sleep(time.Second) // orders nothing: a race under -race
				if after := len(e.Body); after != before {
					t.Errorf("the error's body had %d bytes in EndCall and has %d now", before, after)
				}
			})
		})
		client := newClient(t, selgora.WithTracer(tracer), selgora.WithMaxRetries(0), inProcess(func(req *http.Request) (*http.Response, error) {
			return respond(req, 400, `{"error":"`+strings.Repeat("x", 20000)+`"}`), nil
		}))
		if _, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(3)}); err == nil {
			t.Error("no error")
		}
		exporter.Wait()
	})
}
