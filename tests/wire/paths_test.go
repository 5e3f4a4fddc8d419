package wire_test

import (
	"errors"
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
