package mockserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

// control sends a request to the server itself.
func (d door) control(t testing.TB, method, path, body string, headers ...string) result {
	t.Helper()
	d.base = strings.TrimSuffix(d.base, "/v1")
	headers = append([]string{"Authorization", "", "Content-Type", ""}, headers...)
	return d.send(t, method, path, body, headers...)
}

func TestControlHealth(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, srv *mockserver.Server, d door) {
		for _, path := range []string{"/livez", "/readyz", "/_mock/health"} {
			if got := d.control(t, "GET", path, "").want(t, 200).body; got != `{"status":"ok"}` {
				t.Errorf("%s: %s", path, got)
			}
		}
		for _, path := range []string{"/", "/_mock"} {
			if got := d.control(t, "GET", path, "").want(t, 200).body; !strings.Contains(got, `"POST /_mock/clock/advance"`) {
				t.Errorf("%s: %s", path, got)
			}
		}
		document := d.control(t, "GET", "/openapi.yaml", "").want(t, 200)
		if !strings.Contains(document.body, "\nopenapi: ") || document.header.Get("Content-Type") != "application/yaml" || document.body != string(mockserver.OpenAPI()) {
			t.Errorf("%v %.100s", document.header, document.body)
		}
		if got := d.control(t, "HEAD", "/livez", "").want(t, 200).body; got != "" {
			t.Errorf("HEAD: %s", got)
		}
		if got := d.control(t, "PUT", "/_mock/faults", "").want(t, 405).header.Get("Allow"); got != "GET, POST, DELETE" {
			t.Errorf("Allow: %s", got)
		}
		if got := d.control(t, "GET", "/_mock/fault", "").want(t, 404).body; !strings.Contains(got, "did you mean /_mock/faults?") {
			t.Error(got)
		}
		if n := len(srv.Requests()); n != 0 {
			t.Errorf("%d control requests in the journal", n)
		}
	})
}

func TestControlIsForThisMachine(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t)
	d := overTCP(t, srv)
	host := strings.TrimPrefix(srv.ControlURL(), "http://")
	for _, test := range []struct {
		host, origin string
		status       int
	}{
		{host, "", 200},
		{"localhost:8484", "", 200},
		{"[::1]:8484", "", 200},
		{"api.localhost", "http://localhost:3000", 200},
		{"127.0.0.1", "http://127.0.0.1:3000", 200},
		{"evil.example", "", 403},
		{"127.0.0.1.evil.example", "", 403},
		{host, "https://evil.example", 403},
		{host, "null", 403},
	} {
		d := d
		d.base = srv.ControlURL()
		request := d.request(t, "GET", "/_mock/clock", "")
		request.Host = test.host
		if test.origin != "" {
			request.Header.Set("Origin", test.origin)
		}
		if r, err := do(d.client, request); err != nil || r.status != test.status {
			t.Errorf("Host %q, Origin %q: %d %s %v, want %d", test.host, test.origin, r.status, r.body, err, test.status)
		}
	}
	// A client on another machine.
	for _, test := range []struct {
		opts   []mockserver.Option
		path   string
		status int
	}{
		{nil, "/_mock/clock", 403},
		{nil, "/readyz", 200},
		{[]mockserver.Option{mockserver.WithOpenControl()}, "/_mock/clock", 200},
	} {
		writer := &statusWriter{}
		request := d.request(t, "GET", "", "")
		request.URL.Path, request.Host, request.RemoteAddr = test.path, "192.0.2.1:8484", "192.0.2.7:1234"
		mockserver.New(t, test.opts...).Handler().ServeHTTP(writer, request)
		if writer.status != test.status {
			t.Errorf("%s from another machine: %d, want %d", test.path, writer.status, test.status)
		}
	}
}

type statusWriter struct {
	nopWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) { w.status = status }

func TestControlClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithClock(t0))
		d := inProcess(srv)
		if got := d.control(t, "GET", "/_mock/clock", "").want(t, 200).field(t, "now"); got != "2026-03-01T12:30:15Z" {
			t.Errorf("now %s", got)
		}
		if got := d.control(t, "POST", "/_mock/clock/advance", `{"by":"35h"}`).want(t, 200).field(t, "now"); got != "2026-03-02T23:30:15Z" {
			t.Errorf("after 35 hours %s", got)
		}
		for body, status := range map[string]int{
			`{"by":"-1s"}`: 422, `{}`: 422, ``: 422, `{"by":"soon"}`: 400, `{"by":5}`: 400, `{"for":"1s"}`: 400, `{"by":"1s"} x`: 400, `[`: 400,
		} {
			if r := d.control(t, "POST", "/_mock/clock/advance", body).want(t, status); r.field(t, "error") == "" {
				t.Errorf("%s: %s", body, r.body)
			}
		}
		if got := srv.Now(); !got.Equal(t0.Add(35 * time.Hour)) {
			t.Errorf("the clock says %v", got)
		}
	})
}

func TestControlFaults(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, srv *mockserver.Server, d door) {
		d.control(t, "POST", "/_mock/faults", `{"operation":"courses.list","nth":2,"times":2,"status":503,"header":{"Retry-After":"2","X-A":["b","c"]},"body":{"error":"no"}}`).want(t, 201)
		d.control(t, "POST", "/_mock/faults", `{"operation":"courses.get","delay":"1ms","slow_body":"1ms","optional":true}`).want(t, 201)
		d.send(t, "GET", "/courses", "").want(t, 200)
		r := d.send(t, "GET", "/courses", "").want(t, 503)
		if r.body != `{"error":"no"}` || r.header.Get("Retry-After") != "2" || len(r.header.Values("X-A")) != 2 {
			t.Errorf("%v %s", r.header, r.body)
		}
		want := `{"data":[{"operation":"courses.list","nth":2,"times":2,"status":503,"header":{"Retry-After":["2"],"X-A":["b","c"]},"body":"{\"error\":\"no\"}","seen":2,"fired":1},` +
			`{"operation":"courses.get","optional":true,"delay":"1ms","slow_body":"1ms","seen":0,"fired":0}]}`
		if got := d.control(t, "GET", "/_mock/faults", "").want(t, 200).body; got != want {
			t.Errorf("faults\n%s\nwant\n%s", got, want)
		}
		d.control(t, "DELETE", "/_mock/faults", "").want(t, 200)
		d.send(t, "GET", "/courses", "").want(t, 200)
		d.control(t, "POST", "/_mock/faults", `{"status":502,"body":"<html>"}`).want(t, 201)
		if got := d.send(t, "GET", "/courses", "").want(t, 502).body; got != "<html>" {
			t.Errorf("body %s", got)
		}
		for body, status := range map[string]int{`{}`: 422, `{"status":99}`: 422, `{"operation":"course.get","status":500}`: 422, `{"code":500}`: 400, `{"status":500,"header":{"A":1}}`: 400} {
			d.control(t, "POST", "/_mock/faults", body).want(t, status)
		}
	})
}

func TestControlRequests(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, srv *mockserver.Server, d door) {
		d.send(t, "POST", "/courses", `{"title":"A"}`).want(t, 201)
		d.send(t, "GET", "/courses", "").want(t, 200)
		d.send(t, "GET", "/courses/x?", "").want(t, 404)
		for query, want := range map[string]string{
			"": "3", "?operation=courses.list": "1", "?status=404": "1", "?status=404&operation=courses.list": "0", "?limit=1": "3",
		} {
			if got := d.control(t, "GET", "/_mock/requests"+query, "").want(t, 200).field(t, "total"); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		last := d.control(t, "GET", "/_mock/requests?limit=1", "")
		if ids := last.data(t); len(ids) != 1 || ids[0] != "req_00000003" || strings.Contains(last.body, d.key) {
			t.Errorf("the last: %s", last.body)
		}
		for _, query := range []string{"?limit=0", "?limit=x", "?status=x", "?operations=x"} {
			d.control(t, "GET", "/_mock/requests"+query, "").want(t, 400)
		}
		d.control(t, "DELETE", "/_mock/requests", "").want(t, 200)
		if n := len(srv.Requests()); n != 0 {
			t.Errorf("%d after the deletion", n)
		}
	})
}

func TestControlState(t *testing.T) {
	t.Parallel()
	bothDoors(t, nil, func(t *testing.T, srv *mockserver.Server, d door) {
		count := func() string { return d.send(t, "GET", "/courses", "").field(t, "meta", "total_count") }
		d.send(t, "POST", "/courses", `{"title":"A"}`).want(t, 201)
		id := d.control(t, "POST", "/_mock/snapshots", "").want(t, 201).field(t, "id")
		exported := d.control(t, "GET", "/_mock/export", "").want(t, 200).body
		d.send(t, "POST", "/courses", `{"title":"B"}`).want(t, 201)
		d.control(t, "POST", "/_mock/snapshots/"+id+"/restore", "").want(t, 200)
		if got := count(); got != "1" {
			t.Errorf("%s courses after the restoration", got)
		}
		d.control(t, "POST", "/_mock/snapshots/snapshot_2/restore", "").want(t, 404)
		d.control(t, "POST", "/_mock/reset", "").want(t, 200)
		if got := count(); got != "0" {
			t.Errorf("%s courses after the reset", got)
		}
		d.control(t, "POST", "/_mock/import", exported).want(t, 200)
		if got := d.control(t, "GET", "/_mock/export", "").body; got != exported {
			t.Errorf("exported\n%s\nand again\n%s", exported, got)
		}
		if r := d.control(t, "POST", "/_mock/import", `{"courses":[{"titel":"A"}]}`).want(t, 422); !strings.Contains(r.body, "titel") {
			t.Error(r.body)
		}
		if got := count(); got != "1" {
			t.Errorf("%s courses after a bad import", got)
		}
	})
}

func TestStateMethods(t *testing.T) {
	t.Parallel()
	rec := new(recorder)
	srv := mockserver.New(rec, mockserver.WithRateLimits(mockserver.RateLimits{PerHour: 2}), mockserver.WithMagicValues())
	d := inProcess(srv)
	empty := srv.Snapshot()
	d.send(t, "POST", "/courses", `{"title":"fail+503x1@example.com"}`).want(t, 503)
	d.send(t, "POST", "/courses", `{"title":"A"}`).want(t, 201)
	d.send(t, "GET", "/courses", "").want(t, 429)
	srv.Inject(mockserver.Fault{Status: 503})
	srv.Reset()
	if n := len(srv.Requests()) + len(srv.Courses()); n != 0 {
		t.Errorf("%d requests and courses after Reset", n)
	}
	d.send(t, "POST", "/courses", `{"title":"fail+503x1@example.com"}`).want(t, 503)
	d.send(t, "GET", "/courses", "").want(t, 200)
	srv.AddCourse(mockserver.Course{Title: "A"})
	srv.Restore(empty)
	if n := len(srv.Courses()); n != 0 {
		t.Errorf("%d courses after Restore", n)
	}
	other := mockserver.New(t)
	other.AddCourse(mockserver.Course{Title: "B"})
	srv.Restore(other.Snapshot())
	if got := srv.Courses(); len(got) != 1 || got[0].Title != "B" {
		t.Errorf("courses of the other server: %v", got)
	}
	srv.Restore(nil)
	srv.Restore(&mockserver.Snapshot{})
	if got := rec.reported(); !strings.Contains(got, "Restore: the snapshot is not one") {
		t.Errorf("reported %q", got)
	}
	rec.end()
}

func TestSeedFile(t *testing.T) {
	t.Parallel()
	seeded := mockserver.New(t, mockserver.WithSandboxData(), mockserver.WithClock(t0))
	file := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(file, seeded.Export(), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := mockserver.New(t, mockserver.WithSeedFile(file))
	if string(srv.Export()) != string(seeded.Export()) {
		t.Error("the export of an import is another")
	}
	srv.AddCourse(mockserver.Course{Title: "A"})
	srv.Reset()
	if string(srv.Export()) != string(seeded.Export()) {
		t.Error("Reset does not go back to the seed")
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"courses":[{"price":-1}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, opts := range map[string][]mockserver.Option{
		"no such file":  {mockserver.WithSeedFile(file + "x")},
		"path is empty": {mockserver.WithSeedFile("")},
		"courses[0]":    {mockserver.WithSeedFile(bad)},
		"choose one":    {mockserver.WithSeedFile(file), mockserver.WithSandboxData()},
	} {
		if _, err := mockserver.Start(opts...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestSandboxData(t *testing.T) {
	t.Parallel()
	opts := []mockserver.Option{mockserver.WithSandboxData(), mockserver.WithClock(t0), mockserver.WithSeed(3)}
	srv := mockserver.New(t, opts...)
	d := inProcess(srv)
	for path, want := range map[string]string{"/courses": "100", "/contacts": "1000"} {
		if got := d.send(t, "GET", path, "").field(t, "meta", "total_count"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for _, path := range []string{"/courses/test_course_123", "/courses/course_abc123", "/enrollments/enr_xyz789/progress", "/contacts/con_456"} {
		d.send(t, "GET", path, "").want(t, 200)
	}
	if string(srv.Export()) != string(mockserver.New(t, opts...).Export()) {
		t.Error("the same seed and start gave other data")
	}
}

func TestDirectSetters(t *testing.T) {
	t.Parallel()
	rec := new(recorder)
	srv := mockserver.New(rec, mockserver.WithClock(t0))
	course := srv.AddCourse(mockserver.Course{ID: "course_1", Title: "A <b>", Price: "49.90", Status: "published", Lessons: []mockserver.Lesson{{Title: "One"}, {Title: "Two"}}})
	contact := srv.AddContact(mockserver.Contact{Email: "a@example.com", Tags: []string{"x"}, CustomFields: json.RawMessage(`{"html":"<&>","n":1.0}`), LifetimeValue: "12.5", Unsubscribed: true})
	enrollment := srv.AddEnrollment(mockserver.Enrollment{CourseID: course.ID, UserEmail: contact.Email, LessonsCompleted: 1})
	event := srv.AddEvent(mockserver.Event{Title: "E", StartTime: t0.Add(-time.Minute), DurationMinutes: 60, Recurring: &mockserver.Recurrence{Frequency: "daily", Count: 2}})
	registration := srv.AddRegistration(mockserver.Registration{EventID: event.ID, Email: "a@example.com", Name: "A"})
	if got := rec.reported(); got != "" {
		t.Fatal(got)
	}
	d := inProcess(srv)
	for path, want := range map[string][]string{
		"/courses/course_1":                           {`"title":"A <b>"`, `"price":49.9`, `"status":"published"`, `"lessons_count":2`, `"enrolled_count":1`},
		"/contacts/" + contact.ID:                     {`"custom_fields":{"html":"<&>","n":1.0}`, `"lifetime_value":12.5`, `"subscribed":false`, `"tags":["x"]`},
		"/enrollments/" + enrollment.ID + "/progress": {`"progress_percentage":50`},
		"/events/" + event.ID:                         {`"status":"live"`, `"registrations_count":1`},
		"/events/" + event.ID + "/registrations":      {registration.ID},
	} {
		r := d.send(t, "GET", path, "").want(t, 200)
		for _, part := range want {
			if !strings.Contains(r.body, part) {
				t.Errorf("%s lacks %s: %s", path, part, r.body)
			}
		}
	}
	if got := srv.Courses(); len(got) != 1 || got[0].EnrolledCount != 1 || got[0].Lessons[1].Title != "Two" || got[0].Price != "49.9" {
		t.Errorf("courses %+v", got)
	}
	if got := srv.Contacts(); len(got) != 1 || !got[0].Unsubscribed || string(got[0].CustomFields) != `{"html":"<&>","n":1.0}` {
		t.Errorf("contacts %+v", got)
	}
	if got := srv.Enrollments(); len(got) != 1 || got[0].LessonsCompleted != 1 || got[0].Status != "active" {
		t.Errorf("enrollments %+v", got)
	}
	if got := srv.Events(); len(got) != 1 || got[0].Status != "live" || got[0].Recurring.Count != 2 {
		t.Errorf("events %+v", got)
	}
	if got := srv.Registrations(event.ID); len(got) != 1 || got[0] != registration {
		t.Errorf("registrations %+v", got)
	}
	if got := srv.Registrations("event_x"); len(got) != 0 {
		t.Errorf("registrations of no event %+v", got)
	}

	for want, mistake := range map[string]func(){
		"AddCourse: validation failed: title is required": func() { srv.AddCourse(mockserver.Course{}) },
		"AddCourse: a field holds what is not JSON":       func() { srv.AddCourse(mockserver.Course{Title: "A", Price: "free"}) },
		`"course_1" is taken`:                             func() { srv.AddCourse(mockserver.Course{ID: "course_1", Title: "A"}) },
		"AddContact: validation failed: custom_fields": func() {
			srv.AddContact(mockserver.Contact{Email: "b@example.com", CustomFields: json.RawMessage(`[]`)})
		},
		"AddContact: a field holds":                     func() { srv.AddContact(mockserver.Contact{Email: "b@example.com", CustomFields: json.RawMessage(`{`)}) },
		"AddEnrollment: validation failed: course_id":   func() { srv.AddEnrollment(mockserver.Enrollment{CourseID: "course_x", UserEmail: "a@example.com"}) },
		"AddEvent: validation failed: duration_minutes": func() { srv.AddEvent(mockserver.Event{Title: "E", StartTime: t0}) },
		"AddRegistration: validation failed: email":     func() { srv.AddRegistration(mockserver.Registration{EventID: event.ID, Email: "nobody"}) },
	} {
		rec.errors = nil
		mistake()
		if got := rec.reported(); !strings.Contains(got, want) {
			t.Errorf("reported %q, want %q", got, want)
		}
	}
	rec.end()
}

func TestHandlerUnderAnotherServer(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t)
	mux := http.NewServeMux()
	mux.Handle("/", srv.Handler())
	d := door{client: &http.Client{Transport: handlerTransport{mux}}, base: "http://example.test/v1", key: srv.APIKey()}
	d.send(t, "POST", "/courses", `{"title":"A"}`).want(t, 201)
	d.send(t, "GET", "/courses", "").want(t, 200)
	// Without a connection to cut, the request is aborted in net/http's way.
	srv.Inject(mockserver.Fault{Reset: true})
	func() {
		defer func() {
			if r := recover(); r != http.ErrAbortHandler {
				t.Errorf("recovered %v", r)
			}
		}()
		_, _ = d.try(t, "GET", "/courses", "")
	}()
}

// handlerTransport calls a handler and records what it writes.
type handlerTransport struct{ handler http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	h.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}
