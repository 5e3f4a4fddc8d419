package wire_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/selgora/selgora-go"
)

func TestHTTPClientIsUnchanged(t *testing.T) {
	server := &wire{script: []reply{response(500, ""), ok}}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	hc := &http.Client{Transport: server.transport(), Jar: jar, Timeout: 5 * time.Second}
	before := *hc
	client := server.client(t, selgora.WithHTTPClient(hc), selgora.WithMiddleware(func(next http.RoundTripper) http.RoundTripper { return next }))
	if err := getCourse(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, *hc) {
		t.Errorf("http.Client was %+v, is %+v", before, *hc)
	}
}

func TestTransportIsReadAtEachAttempt(t *testing.T) {
	hc := new(http.Client)
	client := newClient(t, selgora.WithHTTPClient(hc), selgora.WithRetryWait(0, 0))
	var order []string
	second := roundTripper(func(req *http.Request) (*http.Response, error) {
		order = append(order, "second")
		return respond(req, 200, courseJSON), nil
	})
	hc.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
		order = append(order, "first")
		hc.Transport = second
		return respond(req, 503, ""), nil
	})
	if err := getCourse(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first", "second"}, order); diff != "" {
		t.Error(diff)
	}
}

// Without a transport, it is http.DefaultTransport, as for any http.Client.
func TestDefaultTransport(t *testing.T) {
	before := http.DefaultTransport
	defer func() { http.DefaultTransport = before }()
	client := newClient(t, selgora.WithHTTPClient(new(http.Client)))
	http.DefaultTransport = roundTripper(func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), nil })
	if err := getCourse(t.Context(), client); err != nil {
		t.Error(err)
	}
}

func TestHTTPMock(t *testing.T) {
	for _, before := range []bool{true, false} {
		hc := new(http.Client)
		if before {
			httpmock.ActivateNonDefault(hc)
		}
		client := newClient(t, selgora.WithHTTPClient(hc), selgora.WithRetryWait(0, 0))
		if !before {
			httpmock.ActivateNonDefault(hc)
		}
		httpmock.RegisterResponder("GET", wireBase+"/courses/course_1",
			httpmock.NewStringResponder(503, "").Then(httpmock.NewStringResponder(200, courseJSON)))
		course, err := client.Courses.Get(t.Context(), "course_1")
		if err != nil || course.Title != "Go" {
			t.Errorf("before NewClient %v: %+v, %v", before, course, err)
		}
		if n := httpmock.GetTotalCallCount(); n != 2 {
			t.Errorf("before NewClient %v: %d calls", before, n)
		}
		if err := getCourse(t.Context(), client); err != nil {
			t.Errorf("before NewClient %v: the same canned response again: %v", before, err)
		}
		httpmock.DeactivateNonDefault(hc)
		httpmock.Reset()
	}
}

// A middleware may keep a response; a later call must not write into it.
func TestKeptResponseIsNotWrittenTo(t *testing.T) {
	shared := &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody}
	client := newClient(t, selgora.WithoutRateLimit(), inProcess(func(*http.Request) (*http.Response, error) { return shared, nil }))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				if err := client.Courses.Delete(t.Context(), "course_1"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if shared.Body != http.NoBody {
		t.Error("the transport's response was changed")
	}
}

// Transports of callers return what they like.
func TestStrangeTransports(t *testing.T) {
	boom := errors.New("boom")
	closed := 0
	for name, tt := range map[string]struct {
		rt     roundTripper
		status int
	}{
		"nothing":  {func(*http.Request) (*http.Response, error) { return nil, nil }, 0},
		"both":     {func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), boom }, 0},
		"no body":  {func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 404}, nil }, 404},
		"status 0": {func(*http.Request) (*http.Response, error) { return &http.Response{}, nil }, 0},
		"a body that ends in an error": {func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 200, "")
			resp.ContentLength, resp.Body = -1, &failingBody{data: `{"id":`, err: boom, closed: &closed}
			return resp, nil
		}, 200},
		"a body with data and EOF": {func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 404, "")
			resp.ContentLength, resp.Body = -1, &failingBody{data: `{"error":"gone"}`, err: io.EOF, closed: &closed}
			return resp, nil
		}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			closed = 0
			client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(tt.rt))
			var resp selgora.Response
			err := getCourse(t.Context(), client, selgora.WithResponse(&resp))
			var e *selgora.Error
			if err == nil || errors.As(err, &e) != (tt.status != 0) || resp.StatusCode != tt.status {
				t.Errorf("error %v, response %+v", err, resp)
			}
			if strings.HasPrefix(name, "a body") && closed != resp.Attempts {
				t.Errorf("%d of %d bodies were closed", closed, resp.Attempts)
			}
		})
	}
}

type failingBody struct {
	data   string
	err    error
	closed *int
}

func (b *failingBody) Read(p []byte) (int, error) {
	n := copy(p, b.data)
	b.data = b.data[n:]
	if b.data == "" {
		return n, b.err
	}
	return n, nil
}

func (b *failingBody) Close() error { *b.closed++; return nil }

// A panic of a transport goes through, and takes nothing with it.
func TestPanicFreesTheSlot(t *testing.T) {
	calls := 0
	client := newClient(t, selgora.WithRateLimit(selgora.RateLimit{Concurrent: 1}), inProcess(func(req *http.Request) (*http.Response, error) {
		if calls++; calls == 1 {
			panic("mine")
		}
		return respond(req, 200, courseJSON), nil
	}))
	func() {
		defer func() {
			if recover() != "mine" {
				t.Error("the panic was swallowed")
			}
		}()
		getCourse(t.Context(), client)
	}()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := getCourse(ctx, client); err != nil {
		t.Error(err)
	}
}

// A response without a body has not that of the attempt before.
func TestNilBodyAfterAnother(t *testing.T) {
	attempts := 0
	client := newClient(t, selgora.WithoutRateLimit(), selgora.WithRetryWait(time.Nanosecond, time.Nanosecond),
		inProcess(func(req *http.Request) (*http.Response, error) {
			if attempts++; attempts == 1 {
				return respond(req, 503, courseJSON), nil
			}
			resp := respond(req, 200, "")
			resp.Body, resp.ContentLength = nil, 0
			return resp, nil
		}))
	course, err := client.Courses.Get(t.Context(), "course_1")
	if err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("course %+v and error %v after %d attempts", course, err, attempts)
	}
}

type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

// No timeout ends a reader that returns nothing, again and again: only the
// client can.
func TestBodyWithoutProgress(t *testing.T) {
	n := 0
	client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) {
		n++
		resp := respond(req, 200, "")
		resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"id":`), idleReader{})), -1
		return resp, nil
	}))
	if err := getCourse(t.Context(), client); !errors.Is(err, io.ErrNoProgress) || n != 3 {
		t.Errorf("error %v after %d attempts", err, n)
	}
}
