package wire_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// contextTracer keeps the contexts that it is given.
type contextTracer struct {
	seen map[string]context.Context
}

func (c *contextTracer) StartCall(ctx context.Context, _ selgora.CallStart) context.Context {
	c.seen["StartCall"] = ctx
	return ctx
}
func (c *contextTracer) EndCall(ctx context.Context, _ selgora.CallEnd) { c.seen["EndCall"] = ctx }
func (c *contextTracer) StartAttempt(ctx context.Context, _ selgora.AttemptStart) context.Context {
	c.seen["StartAttempt"] = ctx
	return ctx
}
func (c *contextTracer) EndAttempt(ctx context.Context, _ selgora.AttemptEnd) {
	c.seen["EndAttempt"] = ctx
}

// The context of a call is shown to key functions, middleware and tracers, and
// ends up in their logs. It leads to the call, but prints none of it; the key is
// under no verb at all.
func TestContextIsNotPrinted(t *testing.T) {
	const header, tag = "a header value that is secret", "ann.lee@example.com"
	trace := &contextTracer{seen: map[string]context.Context{}}
	look := func(where string, ctx context.Context) {
		t.Helper()
		checkSecret(t, testKey, map[string]any{where: ctx})
		text := fmt.Sprintf("%v %+v %#v %s %q", ctx, ctx, ctx, ctx, ctx)
		for _, secret := range []string{header, tag, strings.ReplaceAll(tag, "@", "%40")} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s", where, text)
			}
		}
	}
	client, err := selgora.NewClient("", selgora.WithBaseURL(wireBase), selgora.WithTracer(trace),
		selgora.WithAPIKeyFunc(func(ctx context.Context) (string, error) {
			trace.seen["key function"] = ctx
			look("key function", ctx)
			return testKey, nil
		}),
		selgora.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				trace.seen["middleware"] = req.Context()
				look("middleware", req.Context())
				return next.RoundTrip(req)
			})
		}),
		inProcess(func(req *http.Request) (*http.Response, error) {
			if req.Header.Get("X-Secret") != header {
				t.Error("the header did not arrive: does the test test anything?")
			}
			return respond(req, 200, `{"data":[],"meta":{"total_pages":1}}`), nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Contacts.List(t.Context(), &selgora.ContactListParams{Tag: tag}, selgora.WithHeader("X-Secret", header)); err != nil {
		t.Fatal(err)
	}
	if len(trace.seen) != 6 {
		t.Errorf("seen in %d places, want 6", len(trace.seen))
	}
	for where, ctx := range trace.seen {
		look(where+", afterwards", ctx)
	}
}
