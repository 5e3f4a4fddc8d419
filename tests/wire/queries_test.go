package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// attemptErrors is a tracer that keeps what it is told.
type attemptErrors struct{ errs []error }

func (a *attemptErrors) StartCall(ctx context.Context, _ selgora.CallStart) context.Context {
	return ctx
}
func (a *attemptErrors) EndCall(_ context.Context, end selgora.CallEnd) {
	a.errs = append(a.errs, end.Err)
}
func (a *attemptErrors) StartAttempt(ctx context.Context, _ selgora.AttemptStart) context.Context {
	return ctx
}
func (a *attemptErrors) EndAttempt(_ context.Context, end selgora.AttemptEnd) {
	a.errs = append(a.errs, end.Err)
}

var errUnderneath = errors.New("underneath")

// elsewhere stands in URLs that are not those of the call.
const elsewhere = "bob.ray@example.com"

// Queries hold people's addresses. Whatever transports and middleware make of
// their errors, no query is in an error, in what can be had of it, or in a log.
func TestQueriesAreNotShown(t *testing.T) {
	fail := roundTripper(func(*http.Request) (*http.Response, error) { return nil, errUnderneath })
	wrapping := func(text func(req *http.Request, err error) error) roundTripper {
		return func(req *http.Request) (*http.Response, error) { return nil, text(req, errUnderneath) }
	}
	for name, rt := range map[string]roundTripper{
		"an http.Client": func(req *http.Request) (*http.Response, error) {
			again := req.Clone(req.Context())
			return (&http.Client{Transport: fail}).Do(again)
		},
		"http.Clients in each other": func(req *http.Request) (*http.Response, error) {
			inner := roundTripper(func(req *http.Request) (*http.Response, error) {
				return (&http.Client{Transport: fail}).Do(req.Clone(req.Context()))
			})
			return (&http.Client{Transport: inner}).Do(req.Clone(req.Context()))
		},
		"the URL":        wrapping(func(req *http.Request, err error) error { return fmt.Errorf("%s: %w", req.URL, err) }),
		"the URL quoted": wrapping(func(req *http.Request, err error) error { return fmt.Errorf("%q: %w", req.URL.String(), err) }),
		"the query":      wrapping(func(req *http.Request, err error) error { return fmt.Errorf("%s: %w", req.URL.RawQuery, err) }),
		"unescaped": wrapping(func(req *http.Request, err error) error {
			plain, _ := url.QueryUnescape(req.URL.RawQuery)
			return fmt.Errorf("%s: %w", plain, err)
		}),
		"values": wrapping(func(req *http.Request, err error) error { return fmt.Errorf("%v: %w", req.URL.Query(), err) }),
		"values quoted": wrapping(func(req *http.Request, err error) error {
			return fmt.Errorf("%q: %w", req.URL.Query(), err)
		}),
		"escaped as paths": wrapping(func(req *http.Request, err error) error {
			var all []string
			for _, values := range req.URL.Query() {
				all = append(all, url.PathEscape(values[0]))
			}
			return fmt.Errorf("%v: %w", all, err)
		}),
		"a url.Error of its own": wrapping(func(req *http.Request, err error) error {
			return &url.Error{Op: "Get", URL: req.URL.String(), Err: err}
		}),
		"a url.Error within": wrapping(func(req *http.Request, err error) error {
			return fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: req.URL.String(), Err: err})
		}),
		"a url.Error among others": wrapping(func(req *http.Request, err error) error {
			return errors.Join(errors.New("first"), fmt.Errorf("second: %w", &url.Error{Op: "Get", URL: req.URL.String(), Err: err}))
		}),
		"a URL of its own": wrapping(func(req *http.Request, err error) error {
			return fmt.Errorf("dial: %w", &url.Error{Op: "Connect", URL: "http://proxy.example/?user=" + elsewhere, Err: err})
		}),
		"a redirect": func(req *http.Request) (*http.Response, error) {
			if strings.Contains(req.URL.RawQuery, elsewhere) {
				return nil, fmt.Errorf("no way to %s: %w", req.URL, errUnderneath)
			}
			return respond(req, 302, "", "Location: /v1/contacts?user="+elsewhere), nil
		},
		"in the response": func(req *http.Request) (*http.Response, error) {
			resp := respond(req, 200, "")
			err := &url.Error{Op: "Read", URL: req.URL.String(), Err: errUnderneath}
			resp.ContentLength, resp.Body = -1, &failingBody{data: `{"id":`, err: fmt.Errorf("cut: %w", err), closed: new(int)}
			return resp, nil
		},
	} {
		for _, secret := range []string{"ann.lee@example.com", "München, 3rd floor", `a "b"\c&d=e+f`, "vip-customers"} {
			t.Run(name+"/"+secret, func(t *testing.T) {
				var logs logBuffer
				var trace attemptErrors
				client := newClient(t, inProcess(rt), selgora.WithRetryWait(0, 0), selgora.WithLogger(debugLogger(&logs)), selgora.WithTracer(&trace))
				_, err := client.Contacts.List(t.Context(), &selgora.ContactListParams{Tag: secret, Page: 7})
				if !errors.Is(err, errUnderneath) {
					t.Errorf("%v does not match what the transport said", err)
				}
				forms := []string{elsewhere, secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(fmt.Sprintf("%q", secret), `"`)}
				shown := map[string]string{"log": logs.buf.String()}
				show := func(what string, err error) {
					for i, e := range chain(err) {
						for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
							shown[fmt.Sprintf("%s %d %T %s", what, i, e, verb)] = fmt.Sprintf(verb, e)
						}
					}
					if u, ok := errors.AsType[*url.Error](err); ok {
						shown[what+", the *url.Error"] = u.Error() + u.URL
					}
				}
				show("the error", err)
				for i, e := range trace.errs {
					show(fmt.Sprintf("the tracer's error %d", i), e)
				}
				for what, text := range shown {
					for _, form := range forms {
						if strings.Contains(text, form) {
							t.Errorf("%s: %s", what, text)
							break
						}
					}
				}
			})
		}
	}
}

// What is no secret stays readable.
func TestShortQueriesHideNothing(t *testing.T) {
	client := newClient(t, selgora.WithRetryWait(0, 0), inProcess(func(req *http.Request) (*http.Response, error) {
		return nil, errors.New("page 2 of 50: no route to host")
	}))
	_, err := client.Courses.List(t.Context(), &selgora.CourseListParams{Page: 2, Limit: 50})
	if err == nil || !strings.Contains(err.Error(), "page 2 of 50: no route to host") {
		t.Errorf("error %v", err)
	}
}
