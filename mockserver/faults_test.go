package mockserver_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

// outcome is what a client sees of a request.
type outcome struct {
	status int // 0 for an error before the headers
	body   string
	err    error
}

func TestFaultEffects(t *testing.T) {
	t.Parallel()
	is := func(want error) func(outcome) bool { return func(o outcome) bool { return errors.Is(o.err, want) } }
	good := func(o outcome) bool { return o.status == 201 && o.err == nil && json.Valid([]byte(o.body)) }
	for _, test := range []struct {
		name   string
		fault  mockserver.Fault
		sees   func(outcome) bool
		change bool // has been made
	}{
		{"status", mockserver.Fault{Status: 503}, func(o outcome) bool {
			return o.status == 503 && o.body == `{"error":"Injected fault: 503 Service Unavailable"}`
		}, false},
		{"status after commit", mockserver.Fault{Status: 500, AfterCommit: true}, func(o outcome) bool { return o.status == 500 }, true},
		{"status and body", mockserver.Fault{Status: 502, Body: []byte("<html>"), Header: http.Header{"content-type": {"text/html"}}}, func(o outcome) bool {
			return o.status == 502 && o.body == "<html>"
		}, false},
		{"status and empty body", mockserver.Fault{Status: 500, Body: []byte{}}, func(o outcome) bool { return o.status == 500 && o.body == "" }, false},
		{"no content", mockserver.Fault{Status: 204}, func(o outcome) bool { return o.status == 204 && o.body == "" && o.err == nil }, false},
		{"rate limit", mockserver.Fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}}, func(o outcome) bool {
			return o.status == 429 && o.body == `{"error":"Rate limit exceeded: injected fault","retry_after":7}`
		}, false},
		{"reset", mockserver.Fault{Reset: true}, is(syscall.ECONNRESET), false},
		{"reset after commit", mockserver.Fault{Reset: true, AfterCommit: true}, is(syscall.ECONNRESET), true},
		{"empty", mockserver.Fault{Empty: true}, is(io.EOF), false},
		{"empty after commit", mockserver.Fault{Empty: true, AfterCommit: true}, is(io.EOF), true},
		{"truncated", mockserver.Fault{Truncate: true}, func(o outcome) bool {
			return o.status == 201 && o.err == io.ErrUnexpectedEOF && len(o.body) > 50 && !json.Valid([]byte(o.body))
		}, true},
		{"truncated after a byte", mockserver.Fault{Truncate: true, Keep: 1}, func(o outcome) bool {
			return o.status == 201 && o.err == io.ErrUnexpectedEOF && o.body == "{"
		}, true},
		{"truncated before the last byte", mockserver.Fault{Truncate: true, Keep: math.MaxInt}, func(o outcome) bool {
			return o.err == io.ErrUnexpectedEOF && json.Valid([]byte(o.body+"}"))
		}, true},
		{"truncated status", mockserver.Fault{Truncate: true, Status: 503}, func(o outcome) bool {
			return o.status == 503 && o.err == io.ErrUnexpectedEOF
		}, false},
		// The reset may overtake the headers.
		{"reset in the body", mockserver.Fault{ResetBody: true}, is(syscall.ECONNRESET), true},
		{"garbage", mockserver.Fault{Garbage: true}, func(o outcome) bool {
			return o.status == 201 && o.err == nil && len(o.body) >= 64 && !json.Valid([]byte(o.body))
		}, true},
		{"garbage status", mockserver.Fault{Garbage: true, Status: 200}, func(o outcome) bool {
			return o.status == 200 && len(o.body) >= 64 && !json.Valid([]byte(o.body))
		}, false},
		{"slow body", mockserver.Fault{SlowBody: 10 * time.Millisecond}, good, true},
		{"delay", mockserver.Fault{Delay: 10 * time.Millisecond}, good, true},
		{"delay and status", mockserver.Fault{Delay: 10 * time.Millisecond, Status: 503}, func(o outcome) bool { return o.status == 503 }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bothDoors(t, nil, func(t *testing.T, srv *mockserver.Server, d door) {
				fault := test.fault // both doors run at once
				fault.Operation = mockserver.CoursesCreate
				srv.Inject(fault)
				began := time.Now()
				r, err := d.try(t, "POST", "/courses", `{"title":"A"}`)
				if o := (outcome{r.status, r.body, err}); !test.sees(o) {
					t.Errorf("the client sees %+v", o)
				}
				if waited, want := time.Since(began), test.fault.Delay+test.fault.SlowBody; waited < want || d.exact && waited != want {
					t.Errorf("it took %v, want %v", waited, want)
				}
				count := d.send(t, "GET", "/courses", "").want(t, 200).field(t, "meta", "total_count")
				if made := count == "1"; made != test.change {
					t.Errorf("the change has been made: %v, want %v", made, test.change)
				}
				// The fault is over.
				d.send(t, "POST", "/courses", `{"title":"B"}`).want(t, 201)
			})
		})
	}
}

func TestFaultsChooseTheirRequests(t *testing.T) {
	t.Parallel()
	list := mockserver.CoursesList
	for _, test := range []struct {
		name   string
		faults []mockserver.Fault
		want   []int // statuses of GET /courses, one after the other
	}{
		{"next one", []mockserver.Fault{{Status: 503}}, []int{503, 200, 200}},
		{"by operation", []mockserver.Fault{{Operation: list, Status: 503}, {Operation: mockserver.CoursesGet, Status: 500, Optional: true}}, []int{503, 200}},
		{"nth", []mockserver.Fault{{Nth: 3, Status: 503}}, []int{200, 200, 503, 200}},
		{"nth and times", []mockserver.Fault{{Nth: 2, Times: 2, Status: 503}}, []int{200, 503, 503, 200}},
		{"all", []mockserver.Fault{{Times: -1, Status: 503}}, []int{503, 503, 503}},
		{"all from the nth", []mockserver.Fault{{Nth: 2, Times: -1, Status: 503}}, []int{200, 503, 503, 503}},
		{"one after the other", []mockserver.Fault{{Status: 503}, {Status: 429}, {Status: 500}}, []int{503, 429, 500, 200}},
		{"both due", []mockserver.Fault{{Nth: 2, Status: 503}, {Nth: 2, Status: 429}}, []int{200, 503, 429, 200}},
		{"certain", []mockserver.Fault{{Probability: 1, Status: 503}}, []int{503, 503, 503}},
		{"certain, twice", []mockserver.Fault{{Probability: 1, Times: 2, Status: 503}}, []int{503, 503, 200}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := mockserver.New(t)
			d := inProcess(srv)
			srv.Inject(test.faults...)
			for i, want := range test.want {
				if got := d.send(t, "GET", "/courses", "").status; got != want {
					t.Errorf("request %d: %d, want %d", i+1, got, want)
				}
			}
		})
	}
}

func TestFaultsLeaveRefusedRequestsAlone(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t, mockserver.WithLenient(), mockserver.WithRateLimits(mockserver.RateLimits{PerHour: 1}))
	d := inProcess(srv)
	srv.Inject(mockserver.Fault{Status: 503, Times: 2})
	d.send(t, "GET", "/courses", "", "Authorization", "").want(t, 401)
	r := d.send(t, "GET", "/nothing", "").want(t, 503) // hits what fits no operation too
	if r.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("headers of an injected answer: %v", r.header)
	}
	d.send(t, "GET", "/courses", "").want(t, 429)
	d.key = "test_key_other"
	d.send(t, "GET", "/courses", "").want(t, 503)
}

func TestFaultProbabilityIsSeeded(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (pattern string, hits int) {
		srv := mockserver.New(t, mockserver.WithSeed(seed))
		d := inProcess(srv)
		srv.Inject(mockserver.Fault{Probability: 0.3, Status: 503})
		for range 200 {
			if d.send(t, "GET", "/courses", "").status == 503 {
				pattern += "x"
				hits++
			} else {
				pattern += "."
			}
		}
		return pattern, hits
	}
	first, hits := run(1)
	if again, _ := run(1); again != first {
		t.Errorf("the same seed gave\n%s and then\n%s", first, again)
	}
	if other, _ := run(2); other == first {
		t.Error("another seed gave the same")
	}
	if hits < 30 || hits > 90 {
		t.Errorf("%d of 200 hits with a probability of 0.3", hits)
	}
}

func TestInjectMistakes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault mockserver.Fault
		want  string
	}{
		{mockserver.Fault{}, "does nothing"},
		{mockserver.Fault{Operation: "courses.creat", Status: 500}, `did you mean courses.create?`},
		{mockserver.Fault{Nth: -1, Status: 500}, "Nth is -1"},
		{mockserver.Fault{Times: -2, Status: 500}, "Times is -2"},
		{mockserver.Fault{Probability: 1.5, Status: 500}, "Probability is 1.5"},
		{mockserver.Fault{Probability: math.NaN(), Status: 500}, "Probability is NaN"},
		{mockserver.Fault{Delay: -1}, "Delay is -1ns"},
		{mockserver.Fault{SlowBody: -1}, "SlowBody is -1ns"},
		{mockserver.Fault{Truncate: true, Keep: -1}, "Keep is -1"},
		{mockserver.Fault{Status: 500, Keep: 1}, "Keep says where"},
		{mockserver.Fault{Status: 101}, "Status is 101"},
		{mockserver.Fault{Status: 600}, "Status is 600"},
		{mockserver.Fault{Reset: true, Header: http.Header{"A": {"b"}}}, "Header belongs to a Status"},
		{mockserver.Fault{Reset: true, Body: []byte("x")}, "Body belongs to a Status"},
		{mockserver.Fault{Status: 500, Header: http.Header{"a b": {"c"}}}, `name "a b"`},
		{mockserver.Fault{Status: 500, Header: http.Header{"A": {"b\r\nc"}}}, "value for A"},
		{mockserver.Fault{Status: 500, Header: http.Header{"content-length": {"1"}}}, "Content-Length"},
		{mockserver.Fault{Reset: true, Empty: true}, "one way only"},
		{mockserver.Fault{Truncate: true, ResetBody: true}, "one way only"},
		{mockserver.Fault{Reset: true, Status: 500}, "leave no answer"},
		{mockserver.Fault{Empty: true, Truncate: true}, "leave no answer"},
	} {
		rec := new(recorder)
		srv := mockserver.New(rec)
		err := srv.TryInject(test.fault)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want one with %q", test.fault, err, test.want)
		}
		srv.Inject(test.fault)
		if got := rec.reported(); !strings.Contains(got, test.want) {
			t.Errorf("%+v: the test heard %q", test.fault, got)
		}
		if rec.end(); strings.Contains(rec.reported(), "never happened") {
			t.Errorf("%+v was injected", test.fault)
		}
	}
}

func TestUnfiredFaults(t *testing.T) {
	t.Parallel()
	rec := new(recorder)
	srv := mockserver.New(rec)
	srv.Inject(
		mockserver.Fault{Operation: mockserver.CoursesList, Nth: 3, Status: 503},
		mockserver.Fault{Operation: mockserver.CoursesGet, Reset: true, AfterCommit: true},
		mockserver.Fault{Operation: mockserver.CoursesGet, Status: 500, Optional: true},
		mockserver.Fault{Operation: mockserver.CoursesGet, Status: 500, Probability: 0.5},
		mockserver.Fault{Operation: mockserver.CoursesList, Times: 5, Delay: time.Nanosecond},
	)
	d := inProcess(srv)
	d.send(t, "GET", "/courses", "").want(t, 200)
	if got := rec.reported(); got != "" {
		t.Fatalf("reported before the end: %s", got)
	}
	rec.end()
	want := `mockserver: fault on courses.list: status 503, from request 3 on: it never happened, in 1 matching request
mockserver: fault on courses.get: reset, after commit: it never happened, in 0 matching requests`
	if got := rec.reported(); got != want {
		t.Errorf("reported:\n%s\nwant:\n%s", got, want)
	}
	if err := srv.Close(); err == nil || err.Error() != want {
		t.Errorf("Close() = %v", err)
	}

	cleared, err := mockserver.Start()
	if err != nil {
		t.Fatal(err)
	}
	cleared.Inject(mockserver.Fault{Status: 500})
	cleared.ClearFaults()
	if err := cleared.Close(); err != nil {
		t.Errorf("Close() = %v after ClearFaults", err)
	}
}

// A client that gives up during a delay, or in the middle of a slow body.
func TestFaultsAndImpatientClients(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fault  mockserver.Fault
		change bool
	}{
		{"delay", mockserver.Fault{Delay: time.Hour}, false},
		{"delay after commit", mockserver.Fault{Delay: time.Hour, AfterCommit: true}, true},
		{"slow body", mockserver.Fault{SlowBody: 10 * time.Hour}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bothDoors(t, nil, func(t *testing.T, srv *mockserver.Server, d door) {
				srv.Inject(test.fault)
				d.client.Timeout = 200 * time.Millisecond
				_, err := d.try(t, "POST", "/courses", `{"title":"A"}`)
				var timeout interface{ Timeout() bool }
				if !errors.As(err, &timeout) || !timeout.Timeout() {
					t.Errorf("error %v, want a time-out", err)
				}
				if made := d.send(t, "GET", "/courses", "").field(t, "meta", "total_count") == "1"; made != test.change {
					t.Errorf("the change has been made: %v, want %v", made, test.change)
				}
			})
		})
	}
}

func TestCloseEndsDelays(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, srv *mockserver.Server, d door) {
		srv.Inject(mockserver.Fault{Delay: time.Hour}, mockserver.Fault{SlowBody: time.Hour})
		failed := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := d.try(t, "GET", "/courses", "")
				failed <- err
			}()
		}
		for len(srv.Requests(func(r mockserver.Request) bool { return r.Status == 200 })) == 0 || len(srv.Requests()) < 2 {
			runtime.Gosched()
		}
		_ = srv.Close()
		for range 2 {
			if err := <-failed; err == nil {
				t.Error("a request outlived its server")
			}
		}
		if _, err := d.try(t, "GET", "/courses", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a request to a closed server: %v", err)
		}
	}
	bothDoors(t, nil, test)
}

func TestMagicAddresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := mockserver.New(t, mockserver.WithMagicValues())
		d := inProcess(srv)
		course := func(address string) (result, error) {
			return d.try(t, "POST", "/courses", `{"title":"`+address+`"}`)
		}
		for _, test := range []struct {
			address string
			status  int
			err     error
			waited  time.Duration
		}{
			{"fail+503@example.com", 503, nil, 0},
			{"FAIL+429@Example.com", 429, nil, 0},
			{"fail+reset@example.com", 0, syscall.ECONNRESET, 0},
			{"fail+empty@example.com", 0, io.EOF, 0},
			{"fail+lost@example.com", 0, syscall.ECONNRESET, 0},
			{"fail+truncate@example.com", 201, io.ErrUnexpectedEOF, 0},
			{"fail+garbage@example.com", 201, nil, 0},
			{"fail+delay5s@example.com", 201, nil, 5 * time.Second},
			{"fail+503x2@example.com", 503, nil, 0},
			{"fail+503x2@example.com", 503, nil, 0},
			{"fail+503x2@example.com", 201, nil, 0},
			{"fail+999@example.com", 201, nil, 0},
			{"fail@example.com", 201, nil, 0},
			{"fail+503@example.org", 201, nil, 0},
		} {
			began := time.Now()
			r, err := course(test.address)
			if r.status != test.status && r.status != 0 || !errors.Is(err, test.err) || time.Since(began) != test.waited {
				t.Errorf("%s: %d %v after %v, want %+v", test.address, r.status, err, time.Since(began), test)
			}
		}
		if n := d.send(t, "GET", "/courses", "").field(t, "meta", "total_count"); n != "8" {
			t.Errorf("%s courses, want 8", n)
		}
	})
	srv := mockserver.New(t)
	inProcess(srv).send(t, "POST", "/courses", `{"title":"fail+503@example.com"}`).want(t, 201)
}

func TestGarbageIsSeeded(t *testing.T) {
	t.Parallel()
	var bodies [2]string
	for i := range bodies {
		srv := mockserver.New(t, mockserver.WithSeed(7))
		srv.Inject(mockserver.Fault{Garbage: true})
		bodies[i] = inProcess(srv).send(t, "GET", "/courses", "").body
	}
	if bodies[0] != bodies[1] || bytes.HasPrefix([]byte(bodies[0]), []byte("{")) {
		t.Errorf("garbage %q and %q", bodies[0], bodies[1])
	}
}
