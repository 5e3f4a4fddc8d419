package selgora_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

const (
	testKey  = "sk_live_secret_of_the_tests"
	wireBase = "http://127.0.0.1:1/v1"
)

const courseJSON = `{"id":"course_1","title":"Go","price":497,"currency":"USD","created_at":"2024-01-15T10:30:00Z"}`

func newClient(t *testing.T, opts ...selgora.Option) *selgora.Client {
	t.Helper()
	client, err := selgora.NewClient(testKey, append([]selgora.Option{selgora.WithBaseURL(wireBase)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// roundTripper is an in-process transport of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// respond is an in-process response.
func respond(req *http.Request, status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: h, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader([]byte(body))),
	}
}

// inProcess is an option for a transport of a function.
func inProcess(f roundTripper) selgora.Option {
	return selgora.WithHTTPClient(&http.Client{Transport: f})
}

func getCourse(ctx context.Context, client *selgora.Client, opts ...selgora.RequestOption) error {
	_, err := client.Courses.Get(ctx, "course_1", opts...)
	return err
}

// checkParamError makes a call that must be refused before anything is sent.
func checkParamError(t *testing.T, field string, call func(context.Context, *selgora.Client) error) {
	t.Helper()
	client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
		t.Errorf("%s: %s %s was sent", field, req.Method, req.URL)
		return nil, errors.New("sent")
	}))
	err := call(t.Context(), client)
	var p *selgora.ParamError
	if !errors.As(err, &p) || !errors.Is(err, selgora.ErrNotSent) || p.Field != field || p.Problem == "" {
		t.Errorf("error %v, want a *ParamError for %s", err, field)
		return
	}
	if want := "selgora: " + field + ": " + p.Problem; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

// noContext is what a caller passes who has none.
var noContext context.Context

// first takes an iterator's first error.
func first[T any](seq iter.Seq2[*T, error]) error {
	for _, err := range seq {
		return err
	}
	return nil
}

// ctx and cl keep the rows of tables of calls short.
type (
	ctx = context.Context
	cl  = *selgora.Client
)

func err2(_ any, err error) error { return err }

// refused is a call that the client refuses for a field.
type refused struct {
	field string
	call  func(ctx, cl) error
}

func checkRefused(t *testing.T, tests []refused) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.field, func(t *testing.T) { checkParamError(t, tt.field, tt.call) })
	}
}

// checkRefusedIDs makes calls with ids that cannot be a segment of a path.
func checkRefusedIDs(t *testing.T, field string, calls ...func(x ctx, c cl, id string) error) {
	t.Helper()
	for _, id := range []string{"", ".", ".."} {
		for _, call := range calls {
			checkParamError(t, field, func(x ctx, c cl) error { return call(x, c, id) })
		}
	}
}

// sentBody is a call and the body that it must send.
type sentBody struct {
	name string
	call func(ctx, cl) error
	want string
}

func checkBodies(t *testing.T, tests []sentBody) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
				if req.Body != nil {
					body, err := io.ReadAll(req.Body)
					if err != nil {
						return nil, err
					}
					got = string(body)
				}
				if (req.Header.Get("Content-Type") == "application/json") != (got != "") || req.ContentLength != int64(len(got)) {
					t.Errorf("headers %v, length %d", req.Header, req.ContentLength)
				}
				return respond(req, 200, `{}`), nil
			}))
			if err := tt.call(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			if got = strings.ReplaceAll(got, "\u2028", `\u2028`); got != tt.want {
				t.Errorf("sent %s, want %s", got, tt.want)
			}
		})
	}
}

// query is a call and the path and query that it must send.
type query struct {
	want string
	call func(ctx, cl) error
}

func checkQueries(t *testing.T, tests []query) {
	t.Helper()
	for _, tt := range tests {
		var got string
		client := newClient(t, inProcess(func(req *http.Request) (*http.Response, error) {
			got = req.Method + " " + req.URL.RequestURI()
			return respond(req, 200, `{"data":[],"meta":{"current_page":1,"total_pages":0,"total_count":0}}`), nil
		}))
		if err := tt.call(t.Context(), client); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff("GET "+tt.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

type refusedOptions struct {
	opts []selgora.Option
	says []string
}

// checkRefusedOptions makes clients with options that NewClient must refuse.
func checkRefusedOptions(t *testing.T, tests map[string]refusedOptions) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			client, err := selgora.NewClient(testKey, tt.opts...)
			if err == nil || client != nil {
				t.Fatalf("%v, %v; want an error", client, err)
			}
			for _, want := range append(tt.says, "selgora: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), testKey) {
				t.Errorf("%q says too much", err)
			}
		})
	}
}

func asError(t *testing.T, err error) *selgora.Error {
	t.Helper()
	var e *selgora.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T) is no *selgora.Error", err, err)
	}
	return e
}

func anyValues[T any](m map[string]T) map[string]any {
	values := make(map[string]any, len(m))
	for name, value := range m {
		values[name] = value
	}
	return values
}
