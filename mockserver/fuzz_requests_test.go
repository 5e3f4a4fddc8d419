package mockserver_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// serveFuzzed gives a request to a server and checks what every answer is held to.
func serveFuzzed(t *testing.T, srv *mockserver.Server, method, target, body string, header http.Header) {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return // net/http refuses it, or it is not for this server
	}
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	request.Method, request.URL, request.RequestURI, request.Header = method, u, target, header
	request.Host, request.RemoteAddr = "127.0.0.1", "127.0.0.1:1234"
	answer := httptest.NewRecorder()
	srv.Handler().ServeHTTP(answer, request)
	text, err := io.ReadAll(answer.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case answer.Code >= 500 && answer.Code != http.StatusServiceUnavailable:
		t.Fatalf("%s %q: status %d: %s", method, target, answer.Code, text)
	case strings.HasPrefix(answer.Header().Get("Content-Type"), "application/json") && len(text) > 0 && !json.Valid(text):
		t.Fatalf("%s %q: the answer is not JSON: %s", method, target, text)
	}
}

// checkState holds the account to being one that can be written down and read back.
func checkState(t *testing.T, srv *mockserver.Server) {
	t.Helper()
	exported := srv.Export()
	other, err := mockserver.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Import(exported); err != nil {
		t.Fatalf("%v: %s", err, exported)
	}
	if again := other.Export(); !bytes.Equal(again, exported) {
		t.Fatalf("%s became %s", exported, again)
	}
}

// FuzzRequest is any request of the API: its path, query, headers and body.
func FuzzRequest(f *testing.F) {
	add := func(method, target, body string) { f.Add(method, target, "application/json", "application/json", body) }
	add("POST", "/v1/courses", `{"title":"Go","price":49.99}`)
	add("PATCH", "/v1/courses/course_1", `{"price":null,"description":null}`)
	add("POST", "/v1/contacts", `{"email":"a@example.com","tags":["a"],"custom_fields":{"a":1.0,"b":"\u2028"}}`)
	add("POST", "/v1/enrollments", `{"course_id":"course_1","user_email":"a@example.com"}`)
	add("POST", "/v1/enrollments/batch", `{"course_id":"course_1","emails":["a@example.com","A@example.com",""]}`)
	add("POST", "/v1/events", `{"title":"A","start_time":"2999-01-31T14:00:00+14:00","duration_minutes":60,"recurring":{"frequency":"monthly","count":365}}`)
	add("POST", "/v1/webhooks", `{"url":"https://example.com/","events":["*"],"format":"api"}`)
	add("POST", "/v1/webhooks/wh_1/test", `{"event":"order.completed"}`)
	add("GET", "/v1/contacts?tag=a&created_after=2024-01-01T00:00:00Z&page=2&limit=100", "")
	add("GET", "/v1/courses?page=9223372036854775807&limit=100", "")
	add("DELETE", "/v1/courses/%2e%2e%2f", "")
	f.Add("GET", "/v1/courses", "text/plain; charset=\xff", "application/vnd.selgora.v2+json;q=0, */*;q=0.1", "")
	f.Fuzz(func(t *testing.T, method, target, contentType, accept, body string) {
		if isControl := !strings.HasPrefix(target, "/v1"); isControl {
			return // FuzzControl's
		}
		srv, err := mockserver.Start()
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		srv.AddCourse(mockserver.Course{ID: "course_1", Title: "One"})
		header := http.Header{"Authorization": {"Bearer test_key_123"}, "Content-Type": {contentType}, "Accept": {accept}}
		serveFuzzed(t, srv, method, target, body, header)
		serveFuzzed(t, srv, method, target, body, header)
		checkState(t, srv)
		for _, r := range srv.Requests() {
			if strings.Contains(r.Header.Get("Authorization"), "123") {
				t.Fatal("the key is in the journal")
			}
		}
	})
}

// FuzzControl is any request of the control API.
func FuzzControl(f *testing.F) {
	for target, body := range map[string]string{
		"/_mock/faults":                           `{"operation":"courses.get","status":503,"header":{"A":["b"]},"body":{"a":1},"delay":"1h","probability":0.5}`,
		"/_mock/clock/advance":                    `{"by":"35h"}`,
		"/_mock/import":                           `{"courses":[{"title":"A","lessons":[{"title":"B"}]}],"contacts":[{"email":"a@example.com"}]}`,
		"/_mock/webhooks":                         `{"url":"http://127.0.0.1:1/","events":["*"],"secret":"s"}`,
		"/_mock/simulate/orders":                  `{"customer_email":"a@example.com","products":[{"name":"A","price":100}]}`,
		"/_mock/snapshots":                        ``,
		"/_mock/snapshots/snapshot_1/restore":     ``,
		"/_mock/requests?limit=5&status=200":      ``,
		"/_mock/simulate/lessons?x=1":             `{"course_id":"course_1","user_email":"a@example.com"}`,
		"/_mock/webhooks/wh_1/test":               `{"event":"order.completed"}`,
		"/_mock/faults?operation=contacts.upsert": `{"reset":true,"after_commit":true,"times":-1}`,
	} {
		f.Add("POST", target, body)
		f.Add("GET", target, "")
	}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if !strings.HasPrefix(target, "/_mock/") {
			return
		}
		srv, err := mockserver.Start()
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		srv.AddCourse(mockserver.Course{ID: "course_1", Title: "One", Lessons: []mockserver.Lesson{{Title: "A"}}})
		header := http.Header{"Content-Type": {"application/json"}}
		serveFuzzed(t, srv, method, target, body, header)
		serveFuzzed(t, srv, method, target, body, header)
		srv.ClearFaults()
		checkState(t, srv)
	})
}
