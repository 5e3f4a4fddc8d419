package mockserver_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

func TestAuthentication(t *testing.T) {
	t.Parallel()
	opts := []mockserver.Option{
		mockserver.WithLenient(),
		mockserver.WithAPIKey("test_key_all"),
		mockserver.WithAPIKey("test_key_reader", "courses:read"),
		mockserver.WithAPIKey("sk_live_known"),
	}
	bothDoors(t, opts, func(t *testing.T, srv *mockserver.Server, d door) {
		if got := srv.APIKey(); got != "test_key_all" {
			t.Errorf("APIKey() = %q, want the first that was added", got)
		}
		for _, test := range []struct {
			name, authorization, method, path string
			status                            int
			reason                            string
		}{
			{"good", "Bearer test_key_all", "GET", "/courses", 200, ""},
			{"scheme in another case", "bearer test_key_all", "GET", "/courses", 200, ""},
			{"any sandbox key", "Bearer test_key_never_seen", "POST", "/courses", 201, ""},
			{"production key that was added", "Bearer sk_live_known", "GET", "/courses", 200, ""},
			{"none", "", "GET", "/courses", 401, "no API key"},
			{"other scheme", "Basic dGVzdDp0ZXN0", "GET", "/courses", 401, "no Bearer token"},
			{"empty token", "Bearer ", "GET", "/courses", 401, "no API key after Bearer"},
			{"unknown", "Bearer nonsense", "GET", "/courses", 401, "unknown API key"},
			{"only the prefix", "Bearer test_key_", "GET", "/courses", 401, "unknown API key"},
			{"production", "Bearer sk_live_other", "GET", "/courses", 401, "production environment"},
			{"public production", "Bearer pk_live_other", "GET", "/courses", 401, "production environment"},
			{"permission", "Bearer test_key_reader", "GET", "/courses", 200, ""},
			{"no permission", "Bearer test_key_reader", "POST", "/courses", 401, "lacks the permission courses:write"},
			{"before 404 of a route", "", "GET", "/nothing", 401, "no API key"},
			{"before 404 of an id", "", "GET", "/courses/course_x", 401, "no API key"},
			{"before 405", "", "PUT", "/courses", 401, "no API key"},
			{"before 404 of an id, permission", "Bearer test_key_reader", "DELETE", "/courses/course_x", 401, "courses:write"},
		} {
			body := ""
			if test.method == "POST" {
				body = `{"title":"A"}`
			}
			r := d.send(t, test.method, test.path, body, "Authorization", test.authorization)
			if r.status != test.status {
				t.Errorf("%s: status %d, want %d: %s", test.name, r.status, test.status, r.body)
				continue
			}
			if test.status != 401 {
				continue
			}
			if got := r.field(t, "error"); !strings.Contains(got, test.reason) {
				t.Errorf("%s: error %q does not say %q", test.name, got, test.reason)
			}
			if r.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: no WWW-Authenticate", test.name)
			}
			if strings.Contains(r.body, "nonsense") || strings.Contains(r.body, "sk_live_other") {
				t.Errorf("%s: the key is in the answer: %s", test.name, r.body)
			}
		}
	})
}

func TestAPIKeysOfARunningServer(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t)
	d := inProcess(srv)
	d.send(t, "GET", "/courses", "").want(t, 200)
	srv.RevokeAPIKey(d.key)
	if got := d.send(t, "GET", "/courses", "").want(t, 401).field(t, "error"); !strings.Contains(got, "revoked") {
		t.Errorf("after revoking: %q", got)
	}
	if err := srv.AddAPIKey("sk_live_new", "courses:read"); err != nil {
		t.Fatal(err)
	}
	d.key = "sk_live_new"
	d.send(t, "GET", "/courses", "").want(t, 200)
	for _, test := range []struct{ key, permission, want string }{
		{"", "courses:read", "empty"},
		{"  ", "courses:read", "empty"},
		{"with space", "courses:read", "position 4"},
		{"key\n", "courses:read", "position 3"},
		{"key", "course:read", "did you mean courses:read?"},
	} {
		err := srv.AddAPIKey(test.key, test.permission)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("AddAPIKey(%q, %q) = %v, want an error with %q", test.key, test.permission, err, test.want)
		}
	}
	if _, err := mockserver.Start(mockserver.WithAPIKey("key", "write")); err == nil {
		t.Error("Start took an unknown permission")
	}
}

func TestRoutes404And405(t *testing.T) {
	t.Parallel()
	bothDoors(t, []mockserver.Option{mockserver.WithLenient()}, func(t *testing.T, _ *mockserver.Server, d door) {
		id := d.send(t, "POST", "/courses", `{"title":"A"}`).want(t, 201).field(t, "id")
		for _, path := range []string{
			"/nothing", "/courses/", "/courses/" + id + "/", "/courses/" + id + "/lessons", "//courses", "/courses/a%2Fb", "/Courses",
			"/courses/%20", "/courses/x/../" + id,
		} {
			r := d.send(t, "GET", path, "").want(t, 404)
			if r.field(t, "error") == "" || r.header.Get("X-Request-Id") == "" || r.header.Get("X-RateLimit-Limit") != "1000" {
				t.Errorf("%s: %v %s", path, r.header, r.body)
			}
			// An empty segment is no id.
			if strings.HasSuffix(path, "/") && !strings.Contains(r.body, "no such route") {
				t.Errorf("%s: %s", path, r.body)
			}
		}
		for _, test := range []struct{ method, path, allow string }{
			{"PUT", "/courses", "GET, POST"},
			{"HEAD", "/courses", "GET, POST"},
			{"OPTIONS", "/courses/" + id, "GET, PATCH, DELETE"},
			{"POST", "/courses/" + id, "GET, PATCH, DELETE"},
		} {
			r := d.send(t, test.method, test.path, "").want(t, 405)
			if got := r.header.Get("Allow"); got != test.allow {
				t.Errorf("%s %s: Allow %q, want %q", test.method, test.path, got, test.allow)
			}
			if (r.body == "") != (test.method == "HEAD") {
				t.Errorf("%s %s: body %q", test.method, test.path, r.body)
			}
		}
		if escaped := strings.ReplaceAll(id, "c", "%63"); escaped != id {
			d.send(t, "GET", "/courses/"+escaped, "").want(t, 200)
		}
	})
}

func TestContentNegotiation(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, _ *mockserver.Server, d door) {
		for accept, status := range map[string]int{
			"application/vnd.selgora.v1+json": 200,
			"application/json":                200,
			"*/*":                             200,
			"application/*":                   200,
			"":                                200,
			"text/html, application/xhtml+xml, */*;q=0.8":       200,
			"text/html, application/json;q=0.5":                 200,
			"application/json; charset=utf-8":                   200,
			"application/vnd.selgora.v2+json":                   406,
			"application/vnd.selgora.v2+json, application/json": 200,
			"application/vnd.selgora.v2+json, */*;q=0":          406,
			"text/html": 406,
			"nonsense":  406,
			"application/json;q=0, application/vnd.selgora.v1+xml": 406,
		} {
			if got := d.send(t, "GET", "/courses", "", "Accept", accept); got.status != status {
				t.Errorf("Accept %q: %d, want %d: %s", accept, got.status, status, got.body)
			}
		}
		for contentType, status := range map[string]int{
			"application/json":                  201,
			"application/json; charset=UTF-8":   201,
			"Application/JSON":                  201,
			"":                                  415,
			"application/x-www-form-urlencoded": 415,
			"text/json":                         415,
			"application/json; charset=latin1":  415,
			"application/":                      415,
		} {
			if got := d.send(t, "POST", "/courses", `{"title":"A"}`, "Content-Type", contentType); got.status != status {
				t.Errorf("Content-Type %q: %d, want %d: %s", contentType, got.status, status, got.body)
			}
		}
		// The API guide's JavaScript client sends a type without a body.
		d.send(t, "GET", "/courses", "", "Content-Type", "text/plain").want(t, 200)
		if got := d.send(t, "GET", "/courses", "").header.Get("Content-Type"); got != "application/json" {
			t.Errorf("answer's Content-Type %q", got)
		}
	})
}

func TestBodies(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, _ *mockserver.Server, d door) {
		for _, test := range []struct {
			name, body string
			status     int
			reason     string
		}{
			{"object", ` {"title":"A"} `, 201, ""},
			{"empty", "", 400, "no body"},
			{"cut", `{"title":"A"`, 400, "malformed JSON"},
			{"more behind it", `{"title":"A"} x`, 400, "malformed JSON"},
			{"two", `{"title":"A"}{"title":"B"}`, 400, "malformed JSON"},
			{"array", `[{"title":"A"}]`, 400, "an object is expected"},
			{"string", `"title"`, 400, "an object is expected"},
			{"null", `null`, 400, "an object is expected"},
			{"repeated name", `{"title":"A","title":"B"}`, 400, "repeated"},
			{"repeated name, escaped", `{"title":"A","\u0074itle":"B"}`, 400, "repeated"},
			{"invalid UTF-8", "{\"title\":\"\xff\"}", 400, "UTF-8"},
			{"byte order mark", "\ufeff{\"title\":\"A\"}", 400, "malformed JSON"},
			{"deep", `{"title":` + strings.Repeat("[", 100000), 400, "malformed JSON"},
			{"largest", `{"title":"A"` + strings.Repeat(" ", 1<<20-13) + `}`, 201, ""},
			{"too large", `{"title":"A"` + strings.Repeat(" ", 1<<20-12) + `}`, 413, "1048576"},
		} {
			r := d.send(t, "POST", "/courses", test.body, "Content-Type", "application/json")
			if r.status != test.status {
				t.Errorf("%s: %d, want %d: %s", test.name, r.status, test.status, r.body)
			} else if test.reason != "" && !strings.Contains(r.field(t, "error"), test.reason) {
				t.Errorf("%s: %s does not say %q", test.name, r.body, test.reason)
			}
		}
	})
}

func TestCommonHeaders(t *testing.T) {
	t.Parallel()
	opts := []mockserver.Option{mockserver.WithClock(t0), mockserver.WithRateLimits(mockserver.RateLimits{PerHour: 7})}
	bothDoors(t, opts, func(t *testing.T, srv *mockserver.Server, d door) {
		srv.Advance(time.Hour)
		r := d.send(t, "GET", "/courses", "").want(t, 200)
		for name, want := range map[string]string{
			"Date":                  "Sun, 01 Mar 2026 13:30:15 GMT",
			"Content-Type":          "application/json",
			"Content-Length":        "69",
			"X-Request-Id":          "req_00000001",
			"X-RateLimit-Limit":     "7",
			"X-RateLimit-Remaining": "6",
			"X-RateLimit-Reset":     "1772373600",
		} {
			if got := r.header.Get(name); got != want && (d.exact || name != "Date") {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if n := len(r.header); n != 7 {
			t.Errorf("%d headers: %v", n, r.header)
		}
		if got := d.send(t, "GET", "/courses", "").header.Get("X-Request-Id"); got != "req_00000002" {
			t.Errorf("second request id %q", got)
		}
		if r := d.send(t, "GET", "/courses", "", "Authorization", ""); r.header.Get("X-RateLimit-Limit") != "" {
			t.Errorf("limits of nobody's key: %v", r.header)
		}
	})
}

func TestRateLimitWindows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(t0), mockserver.WithRateLimits(mockserver.RateLimits{PerHour: 5, PerMinute: 3}))
		d := inProcess(srv)
		expect := func(status int, remaining, retryAfter, message string) {
			t.Helper()
			r := d.send(t, "GET", "/courses", "").want(t, status)
			if got := r.header.Get("X-RateLimit-Remaining"); got != remaining {
				t.Errorf("remaining %s, want %s", got, remaining)
			}
			if got := r.header.Get("Retry-After"); got != retryAfter {
				t.Errorf("Retry-After %q, want %q", got, retryAfter)
			}
			if status != 429 {
				return
			}
			if got := r.field(t, "retry_after"); got != retryAfter {
				t.Errorf("retry_after %q, want %q", got, retryAfter)
			}
			if got := r.field(t, "error"); got != message {
				t.Errorf("error %q, want %q", got, message)
			}
		}
		// 12:30:15 by the server's clock.
		expect(200, "4", "", "")
		expect(200, "3", "", "")
		expect(200, "2", "", "")
		expect(429, "2", "45", "Rate limit exceeded: 3 requests per minute")
		expect(429, "2", "45", "Rate limit exceeded: 3 requests per minute")
		srv.Advance(45 * time.Second)
		expect(200, "1", "", "")
		expect(200, "0", "", "")
		expect(429, "0", "1740", "Rate limit exceeded: 5 requests per hour")

		other := d
		other.key = "test_key_other"
		if got := other.send(t, "GET", "/courses", "").want(t, 200).header.Get("X-RateLimit-Remaining"); got != "4" {
			t.Errorf("another key has %s left, want 4", got)
		}
		// Neither a missing key nor a refused one counts for anybody.
		d.send(t, "GET", "/courses", "", "Authorization", "").want(t, 401)

		srv.Advance(29 * time.Minute)
		expect(200, "4", "", "")
	})
}

func TestConcurrencyLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithRateLimits(mockserver.RateLimits{Concurrent: 2}))
		d := inProcess(srv)
		srv.Inject(mockserver.Fault{Operation: mockserver.CoursesList, Delay: time.Second, Times: 2})
		done := make(chan int, 2)
		for range 2 {
			go func() {
				r, err := d.try(t, "GET", "/courses", "")
				if err != nil {
					t.Error(err)
				}
				done <- r.status
			}()
		}
		synctest.Wait()
		r := d.send(t, "GET", "/courses", "").want(t, 429)
		if r.header.Get("Retry-After") != "1" || r.field(t, "retry_after") != "1" ||
			r.field(t, "error") != "Rate limit exceeded: 2 concurrent requests" {
			t.Errorf("refusal: %v %s", r.header, r.body)
		}
		if got := []int{<-done, <-done}; !slices.Equal(got, []int{200, 200}) {
			t.Errorf("the two slow requests: %v", got)
		}
		d.send(t, "GET", "/courses", "").want(t, 200)
	})
}

// A client that reads an answer to its end and asks again at once must never
// find its own slot taken.
func TestSlotIsFreeBeforeTheAnswerEnds(t *testing.T) {
	t.Parallel()
	opts := []mockserver.Option{mockserver.WithRateLimits(mockserver.RateLimits{Concurrent: 1})}
	bothDoors(t, opts, func(t *testing.T, srv *mockserver.Server, d door) {
		srv.Inject(mockserver.Fault{Nth: 5, Times: 1, SlowBody: time.Millisecond})
		for range 100 {
			d.send(t, "GET", "/courses", "").want(t, 200)
		}
		// Also after an answer that nobody reads, or that was cut.
		for range 3 {
			response, err := srv.HTTPClient().Do(d.request(t, "GET", "/courses", ""))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
		}
		for _, f := range []mockserver.Fault{{Reset: true}, {Empty: true}, {Truncate: true}, {ResetBody: true}, {Status: http.StatusBadGateway}} {
			srv.Inject(f)
			if _, err := d.try(t, "GET", "/courses", ""); err == nil && f.Status == 0 {
				t.Errorf("%v: no error", f)
			}
		}
		d.send(t, "GET", "/courses", "").want(t, 200)
	})
}

// The bytes that a client sees last are written by then: a large answer does
// not wait in net/http's buffers for the handler to return.
func TestSlotIsFreeBeforeTheLastWrite(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"at once": {Delay: 1},
		"slow":    {SlowBody: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := mockserver.New(t, mockserver.WithRateLimits(mockserver.RateLimits{Concurrent: 1}))
			d := inProcess(srv)
			w := &askingWriter{header: http.Header{}, ask: func() int { return d.send(t, "GET", "/courses", "").status }}
			srv.Inject(fault)
			srv.Handler().ServeHTTP(w, d.request(t, "GET", "/account", ""))
			if len(w.statuses) == 0 || w.statuses[len(w.statuses)-1] != 200 {
				t.Errorf("requests during the writes were answered %v, want 200 at the last", w.statuses)
			}
			if name == "slow" && w.statuses[0] != 429 {
				t.Errorf("requests during the writes were answered %v, want 429 at the first", w.statuses)
			}
		})
	}
}

// askingWriter makes another request during each write.
type askingWriter struct {
	header   http.Header
	ask      func() int
	statuses []int
}

func (w *askingWriter) Header() http.Header { return w.header }
func (*askingWriter) WriteHeader(int)       {}
func (*askingWriter) Flush()                {}

func (w *askingWriter) Write(p []byte) (int, error) {
	w.statuses = append(w.statuses, w.ask())
	return len(p), nil
}
