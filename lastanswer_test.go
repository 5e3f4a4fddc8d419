package selgora_test

import (
	"context"
	"errors"
	"net/http"
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

func TestLastAnswerIsKept(t *testing.T) {
	busy := answer(503, `{"error":"busy"}`, "X-Request-Id: req_1")
	tooLarge := answer(200, strings.Repeat("x", 2000))
	for _, tt := range []struct {
		name    string
		script  []reply
		refuse  int // dials are refused after so many, if not 0
		status  int
		message string // in the *Error
		is      error
		body    string // in the Response
	}{
		{"three different", []reply{answer(500, ""), answer(502, ""), busy}, 0, 503, "busy", selgora.ErrServer, `{"error":"busy"}`},
		{"then refused", []reply{busy, busy}, 2, 503, "busy", syscall.ECONNREFUSED, `{"error":"busy"}`},
		{"then reset", []reply{busy, reset("")}, 0, 503, "busy", selgora.ErrServer, `{"error":"busy"}`},
		{"then a broken body", []reply{busy, reset("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"half\":")}, 0, 503, "busy", selgora.ErrServer, `{"error":"busy"}`},
		{"refused first", []reply{reset(""), busy}, 0, 503, "busy", selgora.ErrServer, `{"error":"busy"}`},
		{"then final", []reply{busy, answer(404, `{"error":"no such course"}`)}, 0, 404, "no such course", selgora.ErrNotFound, `{"error":"no such course"}`},
		{"then a redirect elsewhere", []reply{busy, answer(302, "", "Location: https://elsewhere.example/")}, 0, 302, "redirect not followed", nil, ""},
		{"then not modified", []reply{busy, answer(304, "")}, 0, 304, "the body is empty", nil, ""},
		{"then too large", []reply{busy, tooLarge}, 0, 200, "too large", selgora.ErrResponseTooLarge, ""},
		{"then no JSON", []reply{busy, answer(200, "<html>")}, 0, 200, "not valid JSON", nil, "<html>"},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: tt.script}
			opts := []selgora.Option{selgora.WithMaxResponseBytes(1000)}
			if tt.refuse > 0 {
				opts = append(opts, selgora.WithHTTPClient(&http.Client{Transport: refuseAfter(server, tt.refuse)}))
			}
			var resp selgora.Response
			err := getCourse(t.Context(), server.client(t, opts...), selgora.WithResponse(&resp))
			e := asError(t, err)
			if e.StatusCode != tt.status || !strings.Contains(e.Message, tt.message) {
				t.Errorf("error is %d %q, want %d %q", e.StatusCode, e.Message, tt.status, tt.message)
			}
			want := len(tt.script)
			if want < 3 && tt.status >= 500 {
				want = 3
			}
			if e.Attempts != want || resp.Attempts != want {
				t.Errorf("Attempts %d and %d, want %d", e.Attempts, resp.Attempts, want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v does not match %v", err, tt.is)
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

// A redirect that net/http or the caller refuses to follow is an answer too.
func TestRefusedRedirectIsAnAnswer(t *testing.T) {
	mine := errors.New("no detours")
	for name, tt := range map[string]struct {
		location string
		check    func(*http.Request, []*http.Request) error
	}{
		"malformed Location": {location: "http://[::1"},
		"CheckRedirect":      {location: "/v1/courses/other", check: func(*http.Request, []*http.Request) error { return mine }},
	} {
		bubble(t, name, func(t *testing.T) {
			server := &wire{script: []reply{answer(302, "gone there", "Location: "+tt.location)}}
			client := server.client(t, selgora.WithHTTPClient(&http.Client{Transport: server.transport(), CheckRedirect: tt.check}))
			var resp selgora.Response
			err := getCourse(t.Context(), client, selgora.WithResponse(&resp))
			e := asError(t, err)
			if e.StatusCode != 302 || e.Attempts != 1 || !strings.HasPrefix(e.Message, "redirect not followed: ") || string(e.Body) != "gone there" || resp.StatusCode != 302 {
				t.Errorf("error %v, %+v", err, resp)
			}
			if tt.check != nil && !errors.Is(err, mine) {
				t.Errorf("%v does not match the caller's error", err)
			}
		})
	}
}

func TestRepeatedDelete(t *testing.T) {
	const gone = `{"error":"no such course"}`
	missing := answer(404, gone)
	for _, tt := range []struct {
		name   string
		script []reply
		refuse int
		want   error
	}{
		{"404 first", []reply{missing}, 0, selgora.ErrNotFound},
		{"404 after 503", []reply{answer(503, ""), missing}, 0, nil},
		{"404 after 500", []reply{answer(500, ""), missing}, 0, nil},
		{"404 after 408", []reply{answer(408, ""), missing}, 0, nil},
		{"404 after a reset", []reply{reset(""), missing}, 0, nil},
		{"404 after a truncated answer", []reply{raw("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"), missing}, 0, nil},
		{"404 after a timeout", []reply{stall, missing}, 0, nil},
		{"404 after 429", []reply{answer(429, "", "Retry-After: 0"), missing}, 0, selgora.ErrNotFound},
		{"404 after a refused dial", []reply{missing}, 1, selgora.ErrNotFound},
		{"404 after 503 and 429", []reply{answer(503, ""), answer(429, "", "Retry-After: 0"), missing}, 0, nil},
		{"409 after 503", []reply{answer(503, ""), answer(409, "")}, 0, selgora.ErrConflict},
		{"410 after 503", []reply{answer(503, ""), answer(410, "")}, 0, errAny},
		{"204", []reply{raw("HTTP/1.1 204 No Content\r\n\r\n")}, 0, nil},
		{"200", []reply{answer(200, `{"id":"course_1","deleted":true}`)}, 0, nil},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			server := &wire{script: tt.script, refuse: tt.refuse}
			client := server.client(t, selgora.WithAttemptTimeout(time.Second))
			for name, del := range map[string]func(context.Context) error{
				"Courses.Delete": func(ctx context.Context) error { return client.Courses.Delete(ctx, "course_1") },
			} {
				err := del(t.Context())
				if (err != nil) != (tt.want != nil) || (tt.want != nil && tt.want != errAny && !errors.Is(err, tt.want)) {
					t.Errorf("%s: %v, want %v", name, err, tt.want)
				}
			}
		})
	}
	bubble(t, "an answer that is needed", func(t *testing.T) {
		server := &wire{script: []reply{answer(503, ""), missing}}
		if _, err := server.client(t).Enrollments.Cancel(t.Context(), "enr_1"); !errors.Is(err, selgora.ErrNotFound) {
			t.Errorf("Cancel: %v, want a 404: there is no enrollment to return", err)
		}
	})
	bubble(t, "GET", func(t *testing.T) {
		server := &wire{script: []reply{answer(503, ""), missing}}
		if err := server.client(t).Do(t.Context(), "GET", "/courses/course_1", nil, nil); !errors.Is(err, selgora.ErrNotFound) {
			t.Errorf("GET: %v, want a 404", err)
		}
	})
}

var errAny = errors.New("any error")
