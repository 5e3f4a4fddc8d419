package mockserver_test

import (
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

func TestStrictMode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, method, path, body string
		opts                     []mockserver.Option
		strict, lenient          int // statuses
		report                   string
	}{
		{"route", "GET", "/course", "", nil, 404, 404, "GET /v1/course: the API has no such route (did you mean /v1/courses?)"},
		{"route with an id", "GET", "/corses/course_1", "", nil, 404, 404, "(did you mean /v1/courses/{id}?)"},
		{"nothing like it", "GET", "/payments/x/y/z/a", "", nil, 404, 404, "GET /v1/payments/x/y/z/a: the API has no such route (WithLenient allows it)"},
		{"method", "PUT", "/courses", "", nil, 405, 405, "PUT /v1/courses: the path takes GET, POST only"},
		{"parameter", "GET", "/courses?limits=5", "", nil, 422, 200, "limits is unknown (did you mean limit?)"},
		{"parameter of another operation", "GET", "/courses?tag=x", "", nil, 422, 200, "tag is unknown"},
		{"parameter in another case", "GET", "/courses?Page=1", "", nil, 422, 200, "Page is unknown (did you mean page?)"},
		{"field", "POST", "/courses", `{"title":"A","pric":1}`, nil, 422, 201, "pric is unknown (did you mean price?)"},
		{"field in another case", "POST", "/courses", `{"title":"A","Price":-1}`, nil, 422, 201, "Price is unknown (did you mean price?)"},
		{"swapped letters", "POST", "/courses", `{"tilte":"A","title":"A"}`, nil, 422, 201, "tilte is unknown (did you mean title?)"},
		{"body where there is none", "DELETE", "/courses/x", `{}`, nil, 422, 404, "courses.delete takes no body"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec := new(recorder)
			d := inProcess(mockserver.New(rec, test.opts...))
			r := d.send(t, test.method, test.path, test.body).want(t, test.strict)
			if r.field(t, "error") == "" {
				t.Errorf("no error: %s", r.body)
			}
			if got := rec.reported(); !strings.Contains(got, test.report) {
				t.Errorf("reported %q, want %q in it", got, test.report)
			}
			rec.end()

			lenient := new(recorder)
			d = inProcess(mockserver.New(lenient, append(test.opts, mockserver.WithLenient())...))
			d.send(t, test.method, test.path, test.body).want(t, test.lenient)
			if lenient.end(); lenient.reported() != "" {
				t.Errorf("lenient, but reported %q", lenient.reported())
			}
		})
	}
}

func TestStrictFailuresComeTogetherAndOnce(t *testing.T) {
	t.Parallel()
	rec := new(recorder)
	srv := mockserver.New(rec)
	d := inProcess(srv)
	for range 3 {
		r := d.send(t, "POST", "/courses?dry_run=1", `{"titel":"A","prize":1}`).want(t, 422)
		for name, want := range map[string]string{
			"dry_run": "is unknown", "titel": "is unknown (did you mean title?)", "prize": "is unknown (did you mean price?)",
		} {
			if got := r.field(t, "fields", name); got != want {
				t.Errorf("fields.%s = %q, want %q", name, got, want)
			}
		}
	}
	want := `mockserver: POST /v1/courses: dry_run is unknown (WithLenient allows it)
mockserver: POST /v1/courses: prize is unknown (did you mean price?) (WithLenient allows it)
mockserver: POST /v1/courses: titel is unknown (did you mean title?) (WithLenient allows it)`
	if got := rec.reported(); got != want {
		t.Errorf("reported:\n%s\nwant:\n%s", got, want)
	}
	if got := srv.Requests()[0].Problem; !strings.Contains(got, "dry_run is unknown; ") || !strings.Contains(got, "titel is unknown") {
		t.Errorf("the journal says %q", got)
	}
	rec.end()
}

func TestNothingIsReportedAfterTheTest(t *testing.T) {
	t.Parallel()
	rec := new(recorder)
	srv := mockserver.New(rec)
	handler := srv.Handler()
	client := inProcess(srv)
	rec.end()
	if _, err := client.try(t, "GET", "/nothing", ""); err == nil {
		t.Error("the closed server answered")
	}
	func() {
		defer func() { _ = recover() }() // what net/http does with an aborted request
		handler.ServeHTTP(nopWriter{}, client.request(t, "GET", "/nothing", ""))
	}()
	srv.Inject(mockserver.Fault{})
	srv.Advance(-1)
	if got := rec.reported(); got != "" {
		t.Errorf("reported after the end: %s", got)
	}
}

func TestStartReportsInClose(t *testing.T) {
	t.Parallel()
	srv, err := mockserver.Start(mockserver.WithStrict())
	if err != nil {
		t.Fatal(err)
	}
	inProcess(srv).send(t, "GET", "/cuorses", "").want(t, 404)
	for range 2 {
		if err := srv.Close(); err == nil || !strings.Contains(err.Error(), "did you mean /v1/courses?") {
			t.Errorf("Close() = %v", err)
		}
	}
}

func TestOptionMistakes(t *testing.T) {
	t.Parallel()
	for want, option := range map[string]mockserver.Option{
		"RateLimits.PerMinute is -1":  mockserver.WithRateLimits(mockserver.RateLimits{PerMinute: -1}),
		"RateLimits.PerHour is -1":    mockserver.WithRateLimits(mockserver.RateLimits{PerHour: -1}),
		"RateLimits.Concurrent is -1": mockserver.WithRateLimits(mockserver.RateLimits{Concurrent: -1}),
		"WithJournalSize(-1)":         mockserver.WithJournalSize(-1),
		"API key: it is empty":        mockserver.WithAPIKey(""),
		"999.0.0.1":                   mockserver.WithAddr("999.0.0.1:0"),
	} {
		if _, err := mockserver.Start(option); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Start: %v, want %q", err, want)
		}
		rec := new(recorder)
		srv := mockserver.New(rec, option)
		if got := rec.reported(); !strings.Contains(got, want) {
			t.Errorf("New: %q, want %q", got, want)
		}
		// With a test handle whose Fatalf returns there is still a server.
		inProcess(srv).send(t, "GET", "/courses", "").want(t, 200)
		rec.end()
	}
	if _, err := mockserver.Start(nil); err != nil {
		t.Errorf("a nil option: %v", err)
	}
}
