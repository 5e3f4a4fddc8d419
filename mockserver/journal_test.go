package mockserver_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/mockserver"
)

func TestJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(t0), mockserver.WithLenient())
		d := inProcess(srv)
		srv.Inject(mockserver.Fault{Operation: mockserver.CoursesGet, Status: 429, Header: http.Header{"Retry-After": {"3"}}})
		d.send(t, "POST", "/courses?x=1", `{"title":"A"}`, "X-Trace", "abc").want(t, 201)
		time.Sleep(time.Second)
		d.send(t, "GET", "/courses/a%2Fb", "").want(t, 429)
		d.send(t, "GET", "/nothing", "", "Authorization", "Basic c2VjcmV0").want(t, 401)
		srv.Inject(mockserver.Fault{Reset: true})
		if _, err := d.try(t, "GET", "/courses", ""); err == nil {
			t.Error("no reset")
		}
		got := srv.Requests()
		for i := range got {
			got[i].Response = nil
		}
		header := func(more ...string) http.Header {
			h := http.Header{"Authorization": {"Bearer [redacted]"}, "User-Agent": {"Go-http-client/1.1"}}
			for i := 0; i < len(more); i += 2 {
				h.Set(more[i], more[i+1])
			}
			return h
		}
		want := []mockserver.Request{
			{ID: "req_00000001", Time: t0, Operation: mockserver.CoursesCreate, Method: "POST", Path: "/v1/courses", Query: map[string][]string{"x": {"1"}},
				Header: header("Content-Type", "application/json", "X-Trace", "abc"), Key: "key 1", Body: []byte(`{"title":"A"}`), Status: 201},
			{ID: "req_00000002", Time: t0.Add(time.Second), Operation: mockserver.CoursesGet, Method: "GET", Path: "/v1/courses/a%2Fb",
				Header: header(), Key: "key 1", Status: 429, RetryAfter: 3 * time.Second, Fault: "fault on courses.get: status 429"},
			{ID: "req_00000003", Time: t0.Add(time.Second), Method: "GET", Path: "/v1/nothing", Header: header("Authorization", "Basic [redacted]"), Status: 401},
			{ID: "req_00000004", Time: t0.Add(time.Second), Operation: mockserver.CoursesList, Method: "GET", Path: "/v1/courses", Header: header(), Key: "key 1",
				Fault: "fault: reset"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("journal (-want +got):\n%s", diff)
		}
		if n := len(srv.Calls(mockserver.CoursesGet)); n != 1 {
			t.Errorf("%d calls of courses.get", n)
		}
		both := srv.Requests(mockserver.ByOperation(mockserver.CoursesGet, mockserver.CoursesList), mockserver.ByStatus(0))
		if len(both) != 1 || both[0].ID != "req_00000004" {
			t.Errorf("filtered: %v", both)
		}
	})
}

func TestJournalKeepsNoSecrets(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	srv := mockserver.New(t, mockserver.WithLenient(), mockserver.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))),
		mockserver.WithAPIKey("sk_live_topsecret"))
	d := inProcess(srv)
	for _, body := range []string{
		`{"title":"A","description":"sk_live_topsecret","secret":"hush"}`,
		`{"title":"A","\u0073ecret":"hush"}`,
		`{"title":"A","SECRET":{"inner":["hush"],"secret":"hush"}}`,
		`{"title":"A","list":[{"secret" : "hush"},{"secret":1e5}]}`,
		`{"title":"A","secret":"hush`,
	} {
		d.send(t, "POST", "/courses", body, "X-Copy", "it is sk_live_topsecret", "Cookie", "session=hush")
	}
	d.send(t, "GET", "/courses/sk_live_topsecret?q=sk_live_topsecret", "")
	var text strings.Builder
	for _, r := range srv.Requests() {
		encoded, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s\n%s\n%s\n", encoded, r.Body, r.Response)
	}
	text.WriteString(srv.Dump() + logged.String() + fmt.Sprintf("%v %+v %#v %d %s", srv, srv, srv, srv, srv))
	for _, secret := range []string{"hush", "topsecret"} {
		if i := strings.Index(text.String(), secret); i >= 0 {
			t.Errorf("%q is there: …%s", secret, text.String()[max(0, i-80):i+20])
		}
	}
	if got := string(srv.Requests()[3].Body); got != `{"title":"A","list":[{"secret" : "[redacted]"},{"secret":"[redacted]"}]}` {
		t.Errorf("redacted body: %s", got)
	}
	if !strings.Contains(logged.String(), "path=/v1/courses status=201") {
		t.Errorf("log: %s", logged.String())
	}
}

func TestJournalIsBounded(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t, mockserver.WithJournalSize(3))
	d := inProcess(srv)
	for i := range 5 {
		d.send(t, "POST", "/courses", fmt.Sprintf(`{"title":"%d"}`, i)).want(t, 201)
	}
	d.send(t, "POST", "/courses", `{"title":"A","description":"`+strings.Repeat("x", 100_000)+`"}`)
	got := ""
	for _, r := range srv.Requests() {
		got += r.ID + " "
		if len(r.Body) > 64<<10 {
			t.Errorf("%d bytes of a body", len(r.Body))
		}
	}
	if got != "req_00000004 req_00000005 req_00000006 " {
		t.Errorf("kept %s", got)
	}

	// Of many large bodies only the latest are kept.
	large := mockserver.New(t)
	d = inProcess(large)
	for range 300 {
		d.send(t, "POST", "/courses", `{"title":"A","description":"`+strings.Repeat("x", 60_000)+`"}`).want(t, 201)
	}
	kept, bytes := large.Requests(), 0
	for _, r := range kept {
		bytes += len(r.Body) + len(r.Response)
	}
	if len(kept) != 300 || bytes > 32<<20 || bytes < 30<<20 || len(kept[0].Body) != 0 || len(kept[299].Body) == 0 {
		t.Errorf("%d requests with %d bytes of bodies", len(kept), bytes)
	}

	none := mockserver.New(t, mockserver.WithJournalSize(0))
	inProcess(none).send(t, "GET", "/courses", "").want(t, 200)
	if n := len(none.Requests()); n != 0 {
		t.Errorf("%d requests kept", n)
	}
}

func TestAssertRespectsRetryAfter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, retryAfter string
		wait             time.Duration
		key              string
		complaint        string
	}{
		{"waits", "2", 2 * time.Second, "", ""},
		{"does not wait", "2", 1500 * time.Millisecond, "", "came 500ms too early: req_00000001 was told to wait 2s"},
		{"another key", "2", 0, "test_key_other", ""},
		{"date", "Sun, 01 Mar 2026 12:30:20 GMT", time.Second, "", "came 4s too early"},
		{"nonsense", "soon", 0, "", ""},
		{"negative", "-5", 0, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := mockserver.New(t, mockserver.WithClock(t0), mockserver.WithJournalSize(1))
				d := inProcess(srv)
				srv.Inject(mockserver.Fault{Status: 503, Header: http.Header{"Retry-After": {test.retryAfter}}})
				d.send(t, "GET", "/courses", "").want(t, 503)
				time.Sleep(test.wait)
				if test.key != "" {
					d.key = test.key
				}
				d.send(t, "GET", "/courses", "").want(t, 200)
				rec := new(recorder)
				srv.AssertRespectsRetryAfter(rec)
				got := rec.reported()
				if test.complaint == "" && got != "" || !strings.Contains(got, test.complaint) {
					t.Errorf("complaint %q, want %q", got, test.complaint)
				}
				if got != "" && !strings.Contains(got, "GET /v1/courses → 200") {
					t.Errorf("no journal in %q", got)
				}
			})
		})
	}
}

func TestDump(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(t0), mockserver.WithLenient())
		if got := srv.Dump(); got != "no requests" {
			t.Errorf("empty: %q", got)
		}
		d := inProcess(srv)
		srv.Inject(mockserver.Fault{Status: 503, Header: http.Header{"Retry-After": {"2"}}})
		d.send(t, "POST", "/courses", "{\"title\":\"A\",\n\"price\":1}")
		d.send(t, "DELETE", "/courses/x?y=1", "")
		want := `2 requests:
12:30:15.000 req_00000001 POST /v1/courses → 503 (courses.create; key 1; Retry-After 2s; fault: status 503)
    > {"title":"A", "price":1}
    < {"error":"Injected fault: 503 Service Unavailable"}
12:30:15.000 req_00000002 DELETE /v1/courses/x?y=1 → 404 (courses.delete; key 1)
    < {"error":"no course with id \"x\""}`
		if diff := cmp.Diff(want, srv.Dump()); diff != "" {
			t.Errorf("dump (-want +got):\n%s", diff)
		}
		for range 60 {
			d.send(t, "GET", "/courses/"+strings.Repeat("x", 500), "")
		}
		if got := srv.Dump(); !strings.HasPrefix(got, "62 requests, the last 50 of them:") || !strings.Contains(got, "… (") {
			t.Errorf("long dump begins %.100s", got)
		}
	})
}
