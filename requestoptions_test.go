package selgora_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/selgora/selgora-go"
)

func TestRequestOptionsRefuse(t *testing.T) {
	for name, tt := range map[string]struct {
		opt   selgora.RequestOption
		field string
	}{
		"header name":          {selgora.WithHeader("", "x"), "WithHeader name"},
		"header name, blank":   {selgora.WithHeader("X Y", "x"), "WithHeader name"},
		"header name, break":   {selgora.WithHeader("X\r\nY", "x"), "WithHeader name"},
		"header name, unicode": {selgora.WithHeader("Ünder", "x"), "WithHeader name"},
		"header value":         {selgora.WithHeader("x-y", "a\r\nAuthorization: z"), "WithHeader X-Y"},
		"header value, null":   {selgora.WithHeader("X-Y", "a\x00"), "WithHeader X-Y"},
		"Authorization":        {selgora.WithHeader("authorization", "Bearer x"), "WithHeader Authorization"},
		"Host":                 {selgora.WithHeader("HOST", "x"), "WithHeader Host"},
		"Content-Length":       {selgora.WithHeader("content-length", "3"), "WithHeader Content-Length"},
		"Transfer-Encoding":    {selgora.WithHeader("Transfer-Encoding", "chunked"), "WithHeader Transfer-Encoding"},
		"Connection":           {selgora.WithHeader("Connection", "close"), "WithHeader Connection"},
		"Trailer":              {selgora.WithHeader("Trailer", "X"), "WithHeader Trailer"},
		"timeout":              {selgora.WithRequestTimeout(0), "WithRequestTimeout"},
		"retries":              {selgora.WithRequestRetries(-1), "WithRequestRetries"},
		"response":             {selgora.WithResponse(nil), "WithResponse"},
	} {
		t.Run(name, func(t *testing.T) {
			checkParamError(t, tt.field, func(ctx context.Context, c *selgora.Client) error { return getCourse(ctx, c, tt.opt) })
			checkParamError(t, tt.field, func(ctx context.Context, c *selgora.Client) error {
				return c.Do(ctx, "GET", "/courses", nil, nil, nil, tt.opt)
			})
		})
	}
}

// A Response that is used again must not show the call before, whatever keeps
// the next one from being sent.
func TestRefusedCallEmptiesResponse(t *testing.T) {
	var resp selgora.Response
	fill := selgora.WithResponse(&resp)
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
			return err2(c.Enrollments.CreateBatch(noContext, &selgora.EnrollmentCreateBatchParams{CourseID: "x"}, fill))
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
