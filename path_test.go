package selgora_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/selgora/selgora-go"
)

// recorder is a real server that writes down what the request lines said.
type recorder struct {
	mu   sync.Mutex
	line string
	path string
	body string
}

func (rec *recorder) client(t *testing.T, base string, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rec.mu.Lock()
		rec.line, rec.path, rec.body = r.Method+" "+r.RequestURI, r.URL.Path, string(body)
		rec.mu.Unlock()
		w.Write([]byte(`{}`))
	}))
	t.Cleanup(server.Close)
	return newClient(t, append([]selgora.Option{selgora.WithBaseURL(server.URL + base), selgora.WithoutRateLimit()}, opts...)...)
}

var hostileIDs = []string{
	"course_1", "a/b", "/", "//", "/etc/passwd", "../x", "..%2f..", "%2e%2e", "%2F", "%", "%%", "%zz", "...", " ", "a b", "\t", "\n", "\r\nX-Evil: 1", "\x00", "\x7f",
	"?", "?a=b", "#", "#f", "a?b#c", ";", "a;b=c", ":", "a:b", "@", "a@b", "&", "=", "+", "$", ",", "!", "*", "'", "(", ")", "[", "]", "{", "}", "|", "\\", "^", "`", "\"", "<", ">", "~", "-", "_",
	"ü", "漢", "😀", "\u2028", "\xff", "\xc3\x28", "http://evil.example.com/", "//evil.example.com", "a/../b", "./a", "batch", strings.Repeat("long/", 500),
}

// Whatever an id is, it arrives as exactly one segment.
func TestHostileIDs(t *testing.T) {
	for _, base := range []string{"/v1", "", "/a%2Fb/v1", "/a%2F"} {
		rec := new(recorder)
		client := rec.client(t, base)
		prefix := strings.TrimSuffix(base, "/")
		for _, id := range hostileIDs {
			for name, call := range map[string]struct {
				do            func() error
				before, after string
			}{
				"Courses.Get":          {func() error { return getOnly(client.Courses.Get(t.Context(), id)) }, "GET " + prefix + "/courses/", ""},
				"Enrollments.Progress": {func() error { return getOnly(client.Enrollments.Progress(t.Context(), id)) }, "GET " + prefix + "/enrollments/", "/progress"},
				"Webhooks.Resend, second": {func() error { return getOnly(client.Webhooks.Resend(t.Context(), "wh_1", id)) },
					"POST " + prefix + "/webhooks/wh_1/deliveries/", "/resend"},
			} {
				rec.line = ""
				if err := call.do(); err != nil {
					t.Errorf("%s %q: %v", name, id, err)
					continue
				}
				rest, ok1 := strings.CutPrefix(rec.line, call.before)
				segment, ok2 := strings.CutSuffix(rest, call.after)
				got, err := url.PathUnescape(segment)
				if !ok1 || !ok2 || err != nil || strings.ContainsAny(segment, "/?#") || got != id {
					t.Errorf("%s %q arrived as %q: %q, %v", name, id, rec.line, got, err)
				}
			}
		}
	}
}

func getOnly(_ any, err error) error { return err }

func TestRefusedIDs(t *testing.T) {
	for _, id := range []string{"", ".", ".."} {
		for _, tt := range []struct {
			field string
			call  func(context.Context, *selgora.Client) error
		}{
			{"id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Courses.Get(ctx, id)) }},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Courses.Update(ctx, id, &selgora.CourseUpdateParams{}))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error { return c.Courses.Delete(ctx, id) }},
			{"id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Enrollments.Get(ctx, id)) }},
			{"id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Enrollments.Cancel(ctx, id)) }},
			{"id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Enrollments.Progress(ctx, id)) }},
			{"id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Contacts.Get(ctx, id)) }},
			{"id", func(ctx context.Context, c *selgora.Client) error { return c.Contacts.Delete(ctx, id) }},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Contacts.AddTags(ctx, id, []string{"a"}))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Events.Get(ctx, id)) }},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Events.Update(ctx, id, &selgora.EventUpdateParams{}))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error { return c.Events.Delete(ctx, id) }},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Events.Register(ctx, id, &selgora.EventRegisterParams{Email: "a@example.com"}))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Events.Registrations(ctx, id, nil))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return first(c.Events.AllRegistrations(ctx, id, nil))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Webhooks.Get(ctx, id)) }},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Webhooks.Update(ctx, id, &selgora.WebhookUpdateParams{}))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error { return c.Webhooks.Delete(ctx, id) }},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Webhooks.SendTest(ctx, id, "order.created"))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Webhooks.Deliveries(ctx, id, nil))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return first(c.Webhooks.AllDeliveries(ctx, id, nil))
			}},
			{"id", func(ctx context.Context, c *selgora.Client) error {
				return getOnly(c.Webhooks.Resend(ctx, id, "dlv_1"))
			}},
			{"second id", func(ctx context.Context, c *selgora.Client) error { return getOnly(c.Webhooks.Resend(ctx, "wh_1", id)) }},
		} {
			checkParamError(t, tt.field, tt.call)
		}
	}
}

func TestDoPaths(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"/courses", "/v1/courses"},
		{"courses", "/v1/courses"},
		{"", "/v1/"},
		{"/courses?limit=1&page=2", "/v1/courses?limit=1&page=2"},
		{"courses?limit=1", "/v1/courses?limit=1"},
		{"?limit=1", "/v1/?limit=1"},
		{"/courses/a%2Fb/x", "/v1/courses/a%2Fb/x"},
		{"/courses/a b", "/v1/courses/a%20b"},
		{"/courses/ü", "/v1/courses/%C3%BC"},
		{"/courses/a:b", "/v1/courses/a:b"},
		{"/courses?tag=a%20b+c", "/v1/courses?tag=a%20b+c"},
		{"/courses/...", "/v1/courses/..."},
		{"/courses/", "/v1/courses/"},
		{"/courses#", "/v1/courses"},
	} {
		rec := new(recorder)
		if err := rec.client(t, "/v1").Do(t.Context(), "GET", tt.path, nil, nil); err != nil || rec.line != "GET "+tt.want {
			t.Errorf("%q arrived as %q (%v), want %q", tt.path, rec.line, err, tt.want)
		}
	}
	for _, path := range []string{
		"https://evil.example.com/", "//evil.example.com/x", "http:courses", "mailto:a@example.com", "//me@127.0.0.1:1/", "/x#frag", "/\x00", "/a\nb", "/%zz",
		"/..", "/../x", "/a/../b", "/a/.", "/%2e%2e/x", "/a/%2E/b", "..", "/x?a=b c", "/x?ü", "/x?a=\"\u2028\"", "courses:batch", ":",
	} {
		checkParamError(t, "path", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, "GET", path, nil, nil) })
	}
}

func TestDoMethods(t *testing.T) {
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PURGE"} {
		rec := new(recorder)
		if err := rec.client(t, "/v1").Do(t.Context(), method, "/x", nil, nil); err != nil || rec.line != method+" /v1/x" {
			t.Errorf("%s arrived as %q (%v)", method, rec.line, err)
		}
	}
	for _, method := range []string{"", "get", "Post", "GE T", "GET\r\n", "GÉT", "G(T"} {
		checkParamError(t, "method", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, method, "/x", nil, nil) })
	}
}

func TestDoBodies(t *testing.T) {
	rec := new(recorder)
	client := rec.client(t, "/v1")
	var nothing *struct{}
	for _, tt := range []struct {
		body any
		want string
	}{
		{nil, ""},
		{nothing, "null"},
		{map[string]any{"b": "<&>", "a": 1}, `{"a":1,"b":"<&>"}`},
		{json.RawMessage("{ \"big\" : 12345678901234567890,\n\"a\":\"\u2028\\u003c\" }"), "{ \"big\" : 12345678901234567890,\n\"a\":\"\u2028\\u003c\" }"},
		{[]int{}, "[]"},
		{"text", `"text"`},
		{struct {
			A selgora.Opt[int] `json:"a,omitzero"`
			B selgora.Opt[int] `json:"b,omitzero"`
		}{B: selgora.Set(0)}, `{"b":0}`},
	} {
		if err := client.Do(t.Context(), "POST", "/x", tt.body, nil); err != nil || rec.body != tt.want {
			t.Errorf("%#v was sent as %q (%v), want %q", tt.body, rec.body, err, tt.want)
		}
	}
	for _, body := range []any{make(chan int), func() {}, map[string]any{"x": make(chan int)}, json.RawMessage("{"), json.RawMessage(nil), failingJSON{},
		[]byte("{}"), strings.NewReader("{}"), new(bytes.Buffer)} {
		checkParamError(t, "body", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, "POST", "/x", body, nil) })
	}
}

type failingJSON struct{}

func (failingJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("not today") }

func TestDoAnswers(t *testing.T) {
	decode := func(status int, body string, out any) error {
		client := newClient(t, selgora.WithMaxRetries(0), inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, status, body), nil }))
		return client.Do(t.Context(), "GET", "/x", nil, out)
	}
	var list []int
	if err := decode(200, "[1,2]", &list); err != nil || fmt.Sprint(list) != "[1 2]" {
		t.Errorf("%v, %v", list, err)
	}
	var raw json.RawMessage
	if err := decode(201, ` {"data":{"id":1}} `, &raw); err != nil || strings.TrimSpace(string(raw)) != `{"data":{"id":1}}` {
		t.Errorf("%s, %v", raw, err)
	}
	var data struct{ Data struct{ ID int } }
	if err := decode(200, `{"data":{"id":1}}`, &data); err != nil || data.Data.ID != 1 {
		t.Errorf("the caller's own type is not unwrapped: %+v, %v", data, err)
	}
	for _, body := range []string{"", "<html>", "[1]", "null"} {
		if err := decode(200, body, nil); err != nil {
			t.Errorf("%q without a place for it: %v", body, err)
		}
	}
	for _, body := range []string{"", "<html>", `{"a":`, `"x"`} {
		if err := decode(200, body, &list); err == nil || asError(t, err).StatusCode != 200 {
			t.Errorf("%q into a slice: %v", body, err)
		}
	}
	for _, out := range []any{7, "", struct{}{}, list, map[string]any{}, (*int)(nil)} {
		checkParamError(t, "out", func(ctx context.Context, c *selgora.Client) error { return c.Do(ctx, "POST", "/x", nil, out) })
	}
	if err := decode(404, "", &list); !errors.Is(err, selgora.ErrNotFound) {
		t.Error(err)
	}
}

// Do counts a POST as not repeatable, all else as repeatable.
func TestDoRetries(t *testing.T) {
	for method, want := range map[string]int{"GET": 3, "PUT": 3, "PATCH": 3, "DELETE": 3, "POST": 1} {
		n := 0
		client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) { n++; return respond(req, 503, ""), nil }))
		if e := asError(t, client.Do(t.Context(), method, "/x", nil, nil)); n != want || e.Attempts != want {
			t.Errorf("%s: %d attempts, want %d", method, n, want)
		}
	}
}

func FuzzDoPath(f *testing.F) {
	for _, id := range hostileIDs {
		f.Add("/courses/" + id)
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, path string) {
		client, err := selgora.NewClient(testKey, selgora.WithBaseURL(wireBase), selgora.WithMaxRetries(0), inProcess(func(req *http.Request) (*http.Response, error) {
			uri := req.URL.RequestURI()
			if req.URL.Host != "127.0.0.1:1" || !strings.HasPrefix(uri, "/v1/") || strings.ContainsAny(uri, " \r\n\x00#") {
				t.Errorf("%q became %q at %s", path, uri, req.URL.Host)
			}
			for segment := range strings.SplitSeq(strings.SplitN(uri, "?", 2)[0], "/") {
				if plain, _ := url.PathUnescape(segment); plain == "." || plain == ".." {
					t.Errorf("%q became %q, with dot segments", path, uri)
				}
			}
			return respond(req, 200, ""), nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		var refused *selgora.ParamError
		if err := client.Do(t.Context(), "GET", path, nil, nil); err != nil && !errors.As(err, &refused) {
			t.Errorf("%q: %v", path, err)
		}
	})
}
