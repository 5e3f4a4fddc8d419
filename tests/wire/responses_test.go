package wire_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/selgora/selgora-go"
)

// refuseAfter lets so many dials of a wire succeed.
func refuseAfter(w *wire, n int) http.RoundTripper {
	tr := w.transport()
	dials := 0
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		if dials++; dials > n {
			w.mu.Lock()
			w.refuse = -1
			w.mu.Unlock()
		}
		return tr.RoundTrip(req)
	})
}

func TestLastResponseIsKept(t *testing.T) {
	busy := response(503, `{"error":"busy"}`, "X-Request-Id: req_1")
	tooLarge := response(200, strings.Repeat("x", 2000))
	for _, tt := range []struct {
		name    string
		script  []reply
		status  int
		message string // in the *Error
		is      error
		body    string // in the Response
	}{
		{"three different", []reply{response(500, ""), response(502, ""), busy}, 503, "busy", selgora.ErrServer, `{"error":"busy"}`},
		{"then a broken body", []reply{busy, reset("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"half\":")}, 200, "the response did not come whole", io.ErrUnexpectedEOF, `{"half":`},
		{"refused first", []reply{reset(""), busy}, 503, "busy", selgora.ErrServer, `{"error":"busy"}`},
		{"then final", []reply{busy, response(404, `{"error":"no such course"}`)}, 404, "no such course", selgora.ErrNotFound, `{"error":"no such course"}`},
		{"then a redirect elsewhere", []reply{busy, response(302, "", "Location: https://elsewhere.example/")}, 302, "redirect not followed", nil, ""},
		{"then not modified", []reply{busy, response(304, "")}, 304, "the body is empty", nil, ""},
		{"then too large", []reply{busy, tooLarge}, 200, "too large", selgora.ErrResponseTooLarge, ""},
		{"then no JSON", []reply{busy, response(200, "<html>")}, 200, "not valid JSON", nil, "<html>"},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: tt.script}
			var resp selgora.Response
			err := getCourse(t.Context(), server.client(t, selgora.WithMaxResponseBytes(1000)), selgora.WithResponse(&resp))
			e := asError(t, err)
			if e.StatusCode != tt.status || !strings.Contains(e.Message, tt.message) {
				t.Errorf("error is %d %q, want %d %q", e.StatusCode, e.Message, tt.status, tt.message)
			}
			want := len(tt.script)
			if tt.is == selgora.ErrServer || tt.is == io.ErrUnexpectedEOF {
				want = 3
			}
			if e.Attempts != want || resp.Attempts != want {
				t.Errorf("Attempts %d and %d, want %d", e.Attempts, resp.Attempts, want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v does not match %v", err, tt.is)
			}
			if errors.Is(err, selgora.ErrServer) != (tt.status >= 500) {
				t.Errorf("%v speaks of another response than the last", err)
			}
			if resp.StatusCode != tt.status || string(resp.Body) != tt.body {
				t.Errorf("response %d %q, want %d %q", resp.StatusCode, resp.Body, tt.status, tt.body)
			}
			if text := err.Error(); strings.Contains(text, "\n") || strings.Count(text, "selgora:") != 1 {
				t.Errorf("error text %q", text)
			}
		})
	}
}

// A response before a last attempt without one is beside the error, not in it.
func TestEarlierResponseIsKept(t *testing.T) {
	busy := response(503, `{"error":"busy"}`, "X-Request-Id: req_1")
	for _, tt := range []struct {
		name   string
		script []reply
		refuse int // dials are refused after so many, if not 0
		is     error
	}{
		{"then refused", []reply{busy, busy}, 2, syscall.ECONNREFUSED},
		{"then reset", []reply{busy, reset("")}, 0, io.EOF},
		{"then stalled", []reply{busy, stall}, 0, os.ErrDeadlineExceeded},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: tt.script}
			var opts []selgora.Option
			if tt.refuse > 0 {
				opts = append(opts, selgora.WithHTTPClient(&http.Client{Transport: refuseAfter(server, tt.refuse)}))
			}
			var resp selgora.Response
			err := getCourse(t.Context(), server.client(t, opts...), selgora.WithResponse(&resp))
			var e *selgora.Error
			if errors.As(err, &e) || errors.Is(err, selgora.ErrServer) || errors.Is(err, selgora.ErrNotSent) || !errors.Is(err, tt.is) {
				t.Errorf("error %v, want one of the last attempt alone", err)
			}
			var call *selgora.CallError
			if !errors.As(err, &call) || call.Attempts != 3 || call.Earlier == nil {
				t.Fatalf("error %#v after %d attempts has no earlier response", err, resp.Attempts)
			}
			if e := call.Earlier; e.StatusCode != 503 || e.Message != "busy" || e.RequestID != "req_1" || string(e.Body) != `{"error":"busy"}` {
				t.Errorf("earlier response %+v", e)
			}
			if resp.StatusCode != 503 || string(resp.Body) != `{"error":"busy"}` || resp.Attempts != 3 {
				t.Errorf("response %+v", resp)
			}
			if text := err.Error(); !strings.Contains(text, "503 busy") || strings.Count(text, "selgora:") != 1 {
				t.Errorf("error text %q", text)
			}
		})
	}
}

func TestResponse(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{
			response(503, "busy"),
			response(201, courseJSON, "X-Request-Id: req_1", "X-RateLimit-Limit: 1000", "X-RateLimit-Remaining: 999", "X-RateLimit-Reset: 1705312800"),
		}}
		resp := selgora.Response{StatusCode: 999}
		err := getCourse(t.Context(), server.client(t), selgora.WithResponse(&resp))
		if err != nil {
			t.Fatal(err)
		}
		limit := selgora.RateLimitStatus{Limit: 1000, Remaining: 999, Reset: time.Unix(1705312800, 0).UTC()}
		if resp.StatusCode != 201 || resp.RequestID != "req_1" || resp.Attempts != 2 || string(resp.Body) != courseJSON || resp.RateLimit != limit || resp.Header.Get("X-Request-Id") != "req_1" {
			t.Errorf("response %+v", resp)
		}
		before := resp.Body
		if err := getCourse(t.Context(), server.client(t)); err != nil || string(before) != courseJSON {
			t.Errorf("%v; the body of the call before is %q now", err, before)
		}
		server.refuse = -1
		getCourse(t.Context(), server.client(t), selgora.WithResponse(&resp))
		if resp.StatusCode != 0 || resp.Attempts != 3 || resp.Body != nil || resp.Header != nil {
			t.Errorf("response without a response %+v", resp)
		}
	})
}

func TestDeleteResponses(t *testing.T) {
	for _, r := range []reply{raw("HTTP/1.1 204 No Content\r\n\r\n"), response(200, ""), response(200, `{"id":"x","deleted":true}`), response(202, "accepted")} {
		bubble(t, "", func(t *testing.T) {
			if err := (&wire{script: []reply{r}}).client(t).Courses.Delete(t.Context(), "course_1"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUnusableSuccess(t *testing.T) {
	for name, tt := range map[string]struct{ body, says string }{
		"empty":         {"", "empty"},
		"null":          {"null", "JSON but not an object"},
		"array":         {"[]", "JSON but not an object"},
		"string":        {`"fine"`, "JSON but not an object"},
		"HTML":          {"<html>log in</html>", "not valid JSON"},
		"truncated":     {`{"id":"course_1"`, "not valid JSON"},
		"two values":    {`{"id":"course_1"}{}`, "not valid JSON"},
		"wrong type":    {`{"id":7}`, "number"},
		"wrong time":    {`{"created_at":"yesterday"}`, "yesterday"},
		"wrong price":   {`{"price":"dear"}`, "dear"},
		"data is null":  {`{"data": null}`, "an envelope with null as its data"},
		"data no JSON":  {`{"data":{"id":"course_1"}`, "not valid JSON"},
		"data is wrong": {`{"data":{"id":7}}`, "number"},
	} {
		bubble(t, name, func(t *testing.T) {
			server := &wire{script: []reply{response(200, tt.body)}}
			course, err := server.client(t).Courses.Get(t.Context(), "course_1")
			e := asError(t, err)
			if course != nil || e.StatusCode != 200 || !strings.Contains(e.Message, "the response cannot be used") || !strings.Contains(err.Error(), tt.says) || string(e.Body) != tt.body {
				t.Errorf("%+v, %v", course, err)
			}
			if errors.Unwrap(err) == nil || len(server.seen()) != 1 {
				t.Errorf("cause %v, %d requests", errors.Unwrap(err), len(server.seen()))
			}
		})
	}
	bubble(t, "list", func(t *testing.T) {
		server := &wire{script: []reply{response(200, `[{"id":"course_1"}]`)}}
		if page, err := server.client(t).Courses.List(t.Context(), nil); page != nil || asError(t, err).StatusCode != 200 {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestObjectShapes(t *testing.T) {
	for name, body := range map[string]string{
		"bare":            `{"id":"con_1","email":"a@example.com"}`,
		"under data":      `{"data":{"id":"con_1","email":"a@example.com"}}`,
		"unknown fields":  `{"id":"con_1","email":"a@example.com","new":{"data":{"id":"x"}}}`,
		"blanks":          "\r\n\t {\"id\":\"con_1\",\"email\":\"a@example.com\"} \n",
		"nulls":           `{"id":"con_1","email":"a@example.com","first_name":null,"tags":null,"last_activity":null,"lifetime_value":null,"custom_fields":null}`,
		"names in a case": `{"ID":"con_1","Email":"a@example.com"}`,
		"data with meta":  `{"meta":{},"data":{"id":"con_1","email":"a@example.com"}}`,
	} {
		bubble(t, name, func(t *testing.T) {
			server := &wire{script: []reply{response(200, body)}}
			contact, err := server.client(t).Contacts.Get(t.Context(), "con_1")
			if err != nil || contact.ID != "con_1" || contact.Email != "a@example.com" || contact.FirstName != "" || !contact.LastActivity.IsZero() {
				t.Errorf("%+v, %v", contact, err)
			}
		})
	}
}
