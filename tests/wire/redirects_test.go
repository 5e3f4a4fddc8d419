package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// redirector responds to the first request with a redirect and every later one
// with a course, and writes down where they went and with which key.
type redirector struct {
	status   int
	location string
	loop     bool
	seen     []string
	keys     []string
}

func (r *redirector) RoundTrip(req *http.Request) (*http.Response, error) {
	r.seen = append(r.seen, req.Method+" "+req.URL.String())
	r.keys = append(r.keys, req.Header.Get("Authorization"))
	if len(r.seen) > 1 && !r.loop {
		return respond(req, 200, courseJSON), nil
	}
	header := []string{}
	if r.location != "" {
		header = append(header, "Location: "+r.location)
	}
	return respond(req, r.status, `{"error":"over there"}`, header...), nil
}

func TestRedirects(t *testing.T) {
	const base = "https://api.example.com/v1"
	const there = "https://api.example.com/v1/courses/other"
	for _, tt := range []struct {
		name, location, to string // to is "" where it is not followed
		base               string
	}{
		{"same origin", there, there, base},
		{"relative", "other", there, base},
		{"absolute path", "/v1/courses/other", there, base},
		{"no scheme", "//api.example.com/v1/courses/other", there, base},
		{"explicit port", "https://api.example.com:443/v1/courses/other", "https://api.example.com:443/v1/courses/other", base},
		{"host in capitals", "https://API.example.com/v1/courses/other", "https://API.example.com/v1/courses/other", base},
		{"other host", "https://evil.example.com/v1/courses/other", "", base},
		{"subdomain", "https://x.api.example.com/", "", base},
		{"parent domain", "https://example.com/", "", base},
		{"other port", "https://api.example.com:8443/", "", base},
		{"plain http", "http://api.example.com/v1/courses/other", "", base},
		{"other scheme", "ftp://api.example.com/", "", base},
		{"user info", "https://evil@example.com/", "", base},
		{"host behind user info", "https://api.example.com@evil.example.com/", "", base},
		{"trailing dot", "https://api.example.com./v1/courses/other", "", base},
		{"no Location", "", "", base},
		{"loopback, other port", "http://127.0.0.1:2/v1/courses/other", "", wireBase},
		{"loopback, other name", "http://localhost:1/v1/courses/other", "", wireBase},
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for method, call := range map[string]func(context.Context, *selgora.Client, ...selgora.RequestOption) error{
				"GET":  getCourse,
				"POST": createCourse,
				"PATCH": func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
					_, err := c.Courses.Update(ctx, "course_1", &selgora.CourseUpdateParams{}, opts...)
					return err
				},
				"DELETE": func(ctx context.Context, c *selgora.Client, opts ...selgora.RequestOption) error {
					return c.Courses.Delete(ctx, "course_1", opts...)
				},
			} {
				server := &redirector{status: status, location: tt.location}
				client := newClient(t, selgora.WithBaseURL(tt.base), selgora.WithHTTPClient(&http.Client{Transport: server}))
				var resp selgora.Response
				err := call(t.Context(), client, selgora.WithResponse(&resp))
				if followed := method == "GET" && tt.to != ""; followed {
					if err != nil || len(server.seen) != 2 || server.seen[1] != "GET "+tt.to || resp.Attempts != 2 || server.keys[1] != "Bearer "+testKey {
						t.Errorf("%s %d, %s: %v, %v", method, status, tt.name, server.seen, err)
					}
					continue
				}
				if len(server.seen) != 1 {
					t.Errorf("%s %d, %s: followed to %v", method, status, tt.name, server.seen)
				}
				if e := asError(t, err); e.StatusCode != status || e.Message != "over there" {
					t.Errorf("%s %d, %s: %v", method, status, tt.name, err)
				}
			}
		}
	}
}

func TestRedirectLoop(t *testing.T) {
	server := &redirector{status: 302, location: "/v1/courses/course_1", loop: true}
	client := newClient(t, selgora.WithHTTPClient(&http.Client{Transport: server}))
	e := asError(t, getCourse(t.Context(), client))
	if e.StatusCode != 302 || e.Attempts != 10 || len(server.seen) != 10 {
		t.Errorf("%v after %d requests", e, len(server.seen))
	}
}

// What redirected responses say without a body of the API.
func TestRedirectMessage(t *testing.T) {
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		return respond(req, 302, "", "Location: https://elsewhere.example/?token="+testKey), nil
	}))
	err := getCourse(t.Context(), client)
	if text := err.Error(); !strings.Contains(text, "redirect not followed") || strings.Contains(text, testKey) {
		t.Error(text)
	}
}

// A hop is an attempt like any other: with its own headers, behind the limiter.
func TestRedirectHops(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		server := &wire{script: []reply{response(302, "", "Location: /v1/courses/course_2"), response(503, ""), response(302, "", "Location: /v1/courses/course_2"), ok}}
		keys := []string{"key_a", "key_b", "key_c", "key_d"}
		n := 0
		client := server.client(t, selgora.WithAPIKeyFunc(func(context.Context) (string, error) { n++; return keys[n-1], nil }))
		if err := getCourse(t.Context(), client, selgora.WithHeader("X-Mine", "1")); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range server.seen() {
			got = append(got, r.Path+" "+r.Header.Get("Authorization")+" "+strings.Join(r.Header["X-Mine"], ","))
		}
		want := []string{"/v1/courses/course_1 Bearer key_a 1", "/v1/courses/course_2 Bearer key_b 1", "/v1/courses/course_1 Bearer key_c 1", "/v1/courses/course_2 Bearer key_d 1"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestCallersCheckRedirect(t *testing.T) {
	asked := 0
	hc := &http.Client{Transport: &redirector{status: 302, location: "other"}, CheckRedirect: func(*http.Request, []*http.Request) error {
		asked++
		return http.ErrUseLastResponse
	}}
	if e := asError(t, getCourse(t.Context(), newClient(t, selgora.WithHTTPClient(hc)))); e.StatusCode != 302 || asked != 1 {
		t.Errorf("%v, asked %d times", e, asked)
	}
	hc.Transport = &redirector{status: 302, location: "https://elsewhere.example/"}
	if getCourse(t.Context(), newClient(t, selgora.WithHTTPClient(hc))); asked != 1 {
		t.Error("asked about a redirect that is not followed anyway")
	}
}

// It sees the headers that the call was given, and what it changes goes out.
func TestCallersCheckRedirectHeaders(t *testing.T) {
	server := &redirector{status: 302, location: "other"}
	var last *http.Request
	hc := &http.Client{
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) { last = req; return server.RoundTrip(req) }),
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			for _, r := range append(via, req) {
				if got := r.Header.Get("X-Kept") + r.Header.Get("X-Dropped") + r.Header.Get("X-Changed") + r.Header.Get("Authorization"); got != "123" {
					t.Errorf("it sees %q of the call's headers, want 123", got)
				}
			}
			req.Header.Del("X-Dropped")
			req.Header.Set("X-Changed", "4")
			req.Header.Set("X-Added", "5")
			req.Host = "virtual.example.com"
			return nil
		},
	}
	err := getCourse(t.Context(), newClient(t, selgora.WithHTTPClient(hc)),
		selgora.WithHeader("X-Kept", "1"), selgora.WithHeader("X-Dropped", "2"), selgora.WithHeader("X-Changed", "3"))
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"Accept": {"application/vnd.selgora.v1+json"}, "User-Agent": {"selgora-go/" + selgora.Version}, "Authorization": {"Bearer " + testKey},
		"X-Kept": {"1"}, "X-Changed": {"4"}, "X-Added": {"5"},
	}
	if diff := cmp.Diff(want, last.Header); diff != "" || last.Host != "virtual.example.com" {
		t.Errorf("host %s, headers (-want +got):\n%s", last.Host, diff)
	}
}

// A redirect that net/http or the caller refuses to follow is a response too.
func TestRefusedRedirectIsAResponse(t *testing.T) {
	mine := errors.New("no detours")
	for name, tt := range map[string]struct {
		location string
		check    func(*http.Request, []*http.Request) error
	}{
		"malformed Location": {location: "http://[::1"},
		"CheckRedirect":      {location: "/v1/courses/other", check: func(*http.Request, []*http.Request) error { return mine }},
	} {
		bubble(t, name, func(t *testing.T) {
			server := &wire{script: []reply{response(302, "gone there", "Location: "+tt.location)}}
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
