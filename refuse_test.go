package selgora_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// A Response that is used again must not show the call before, whatever keeps
// the next one from being sent.
func TestRefusedCallEmptiesResponse(t *testing.T) {
	var resp selgora.Response
	fill := selgora.WithResponse(&resp)
	type ctx = context.Context
	type cl = *selgora.Client
	err2 := func(_ any, err error) error { return err }
	for name, call := range map[string]func(ctx, cl) error{
		"option before": func(x ctx, c cl) error { return err2(c.Courses.Get(x, "x", selgora.WithRequestRetries(-1), fill)) },
		"option after":  func(x ctx, c cl) error { return err2(c.Courses.Get(x, "x", fill, selgora.WithRequestRetries(-1))) },
		"id":            func(x ctx, c cl) error { return err2(c.Courses.Get(x, "", fill)) },
		"context":       func(_ ctx, c cl) error { return err2(c.Courses.Get(noContext, "x", fill)) },
		"list":          func(x ctx, c cl) error { return err2(c.Courses.List(x, &selgora.CourseListParams{Limit: -1}, fill)) },
		"iterator":      func(x ctx, c cl) error { return first(c.Courses.All(x, &selgora.CourseListParams{Limit: -1}, fill)) },
		"create":        func(x ctx, c cl) error { return err2(c.Courses.Create(x, nil, fill)) },
		"update":        func(x ctx, c cl) error { return err2(c.Courses.Update(x, "x", nil, fill)) },
		"enroll":        func(x ctx, c cl) error { return err2(c.Enrollments.Create(x, nil, fill)) },
		"batch":         func(x ctx, c cl) error { return err2(c.Enrollments.CreateBatch(x, nil, fill)) },
		"batch context": func(_ ctx, c cl) error {
			return err2(c.Enrollments.CreateBatch(noContext, &selgora.BatchEnrollParams{CourseID: "x"}, fill))
		},
		"upsert":         func(x ctx, c cl) error { return err2(c.Contacts.Upsert(x, nil, fill)) },
		"no tags":        func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "x", nil, fill)) },
		"blank tag":      func(x ctx, c cl) error { return err2(c.Contacts.AddTags(x, "x", []string{""}, fill)) },
		"event":          func(x ctx, c cl) error { return err2(c.Events.Create(x, nil, fill)) },
		"event update":   func(x ctx, c cl) error { return err2(c.Events.Update(x, "x", nil, fill)) },
		"register":       func(x ctx, c cl) error { return err2(c.Events.Register(x, "x", nil, fill)) },
		"register blank": func(x ctx, c cl) error { return err2(c.Events.Register(x, "x", &selgora.EventRegisterParams{}, fill)) },
		"webhook":        func(x ctx, c cl) error { return err2(c.Webhooks.Create(x, nil, fill)) },
		"webhook update": func(x ctx, c cl) error { return err2(c.Webhooks.Update(x, "x", nil, fill)) },
		"test event":     func(x ctx, c cl) error { return err2(c.Webhooks.SendTest(x, "x", "", fill)) },
		"Do method":      func(x ctx, c cl) error { return c.Do(x, "get", "/x", nil, nil, fill) },
		"Do path":        func(x ctx, c cl) error { return c.Do(x, "GET", "/../x", nil, nil, fill) },
		"Do body":        func(x ctx, c cl) error { return c.Do(x, "POST", "/x", []byte("{}"), nil, fill) },
		"Do out":         func(x ctx, c cl) error { return c.Do(x, "GET", "/x", nil, 1, fill) },
	} {
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), nil }))
		if err := getCourse(t.Context(), client, fill); err != nil || resp.StatusCode != 200 {
			t.Fatal(resp.StatusCode, err)
		}
		var refused *selgora.ParamError
		if err := call(t.Context(), client); !errors.As(err, &refused) {
			t.Errorf("%s: error %v, want a *ParamError", name, err)
		}
		if resp.StatusCode != 0 || resp.Attempts != 0 || resp.Header != nil || resp.Body != nil {
			t.Errorf("%s: the Response is still of the call before: %+v", name, resp)
		}
	}
}

// What NewClient did not make cannot work, but says so.
func TestNotMadeByNewClient(t *testing.T) {
	var client selgora.Client
	var courses selgora.CourseService
	var enrollments selgora.EnrollmentService
	var resp selgora.Response
	for name, err := range map[string]error{
		"Do":       client.Do(t.Context(), "GET", "/x", nil, nil),
		"Do, bad":  client.Do(t.Context(), "get", "/x", nil, nil, selgora.WithResponse(&resp)),
		"Delete":   courses.Delete(t.Context(), "x", selgora.WithResponse(&resp)),
		"iterator": first(courses.All(t.Context(), nil)),
		"batch": func() error {
			_, err := enrollments.CreateBatch(t.Context(), &selgora.BatchEnrollParams{CourseID: "x", Emails: []string{"a@example.com"}})
			return err
		}(),
		"Update, bad": func() error { _, err := courses.Update(t.Context(), "x", nil); return err }(),
	} {
		if err == nil || !errors.Is(err, selgora.ErrNotSent) || !strings.Contains(err.Error(), "NewClient") {
			t.Errorf("%s: %v", name, err)
		}
	}
	client.CloseIdleConnections()
	if got := client.BaseURL(); got != "" {
		t.Errorf("the zero Client sends to %q", got)
	}
	if got := (&selgora.BatchError{Failed: 2, Total: 3}).Error(); got != "selgora: batch enrollment: 2 of 3 addresses failed" {
		t.Errorf("a BatchError made by hand reads %q", got)
	}
}

// The result that CreateBatch returns beside an error of its parameters is nil;
// to pass on what failed must not crash all the same.
func TestNilBatchResult(t *testing.T) {
	client := newClient(t)
	res, err := client.Enrollments.CreateBatch(t.Context(), nil)
	if err == nil || res != nil || len(res.Failed()) != 0 || res.Count(selgora.BatchFailed) != 0 {
		t.Errorf("%v, %v", res, err)
	}
}

type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

// No timeout ends a reader that returns nothing, again and again: only the
// client can.
func TestBodyWithoutProgress(t *testing.T) {
	n := 0
	client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) {
		n++
		resp := respond(req, 200, "")
		resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"id":`), idleReader{})), -1
		return resp, nil
	}))
	if err := getCourse(t.Context(), client); !errors.Is(err, io.ErrNoProgress) || n != 3 {
		t.Errorf("error %v after %d attempts", err, n)
	}
}
