package selgora_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// "What every further request would fail with ends the batch … The rest is then
// not sent": also what waits for its permit, which may take an hour.
func TestFatalResponseEndsTheRequestsThatWaitForAPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int32
		client := newClient(t,
			selgora.WithRateLimit(selgora.RateLimit{PerHour: 1, PerMinute: 1, Concurrent: 10}),
			inProcess(func(req *http.Request) (*http.Response, error) {
				requests.Add(1)
				return respond(req, 401, `{"error":"key revoked"}`), nil
			}))
		begun := time.Now()
		res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(1000)})
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("the batch ended %v after the response that was fatal for all of it", took)
		}
		if n := requests.Load(); n != 1 {
			t.Errorf("%d requests with a key that was refused", n)
		}
		if !errors.Is(err, selgora.ErrUnauthorized) || res.Count(selgora.BatchNotSent) != 950 {
			t.Errorf("%v; %d not sent", err, res.Count(selgora.BatchNotSent))
		}
	})
}

// The same for a request that waits to be repeated.
func TestFatalResponseEndsTheRequestsThatWaitForARetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int32
		client := newClient(t, selgora.WithoutRateLimit(), inProcess(func(req *http.Request) (*http.Response, error) {
			if requests.Add(1) == 1 {
				return respond(req, 429, `{"error":"Rate limit exceeded"}`, "Retry-After: 3600"), nil
			}
			time.Sleep(time.Second)
			return respond(req, 404, `{"error":"no such course"}`), nil
		}))
		begun := time.Now()
		client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(200)})
		if took := time.Since(begun); took > 5*time.Minute {
			t.Errorf("the batch took %v; a request waited for its turn to meet a 404 that was known", took)
		}
	})
}

// The course is the one of the call, though the parameters are used again.
func TestParamsCanBeReusedFromProgress(t *testing.T) {
	var courses []string
	params := &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(150), Concurrency: 1}
	params.OnProgress = func(selgora.BatchProgress) { params.CourseID = "course_2" }
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		buf := make([]byte, 40)
		req.Body.Read(buf)
		if strings.Contains(string(buf), "course_2") {
			courses = append(courses, "course_2")
		}
		return respond(req, 200, ``), nil
	}))
	client.Enrollments.CreateBatch(t.Context(), params)
	if len(courses) > 0 {
		t.Errorf("%d requests were for another course than the call's", len(courses))
	}
}
