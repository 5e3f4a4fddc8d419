package wire_test

import (
	"context"
	"errors"
	"testing"

	"github.com/selgora/selgora-go"
)

// What docs/retries-and-idempotency.md says about each way in which a call ends:
// its effect over all attempts, and what the error of the last attempt matches.
func TestEffectOf(t *testing.T) {
	lost, cut := reset(""), raw("HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{")
	status := func(code int) reply { return response(code, `{"error":"told so"}`, "Retry-After: 0") }
	for _, tt := range []struct {
		name        string
		script      []reply
		effect      selgora.Effect
		rateLimited bool
		isError     bool // errors.As finds an *Error
		earlier     int  // status of CallError.Earlier
	}{
		{"done", []reply{response(201, courseJSON)}, selgora.EffectDone, false, false, 0},
		{"refused", []reply{status(422)}, selgora.EffectNone, false, true, 0},
		{"429", []reply{status(429)}, selgora.EffectNone, true, true, 0},
		{"408", []reply{status(408)}, selgora.EffectUnknown, false, true, 0},
		{"501", []reply{status(501)}, selgora.EffectUnknown, false, true, 0},
		{"503", []reply{status(503)}, selgora.EffectUnknown, false, true, 0},
		{"redirect", []reply{response(303, "", "Location: /v1/elsewhere")}, selgora.EffectUnknown, false, true, 0},
		{"lost", []reply{lost}, selgora.EffectUnknown, false, false, 0},
		{"cut", []reply{cut}, selgora.EffectDone, false, true, 0},
		{"not JSON", []reply{response(201, "<html>")}, selgora.EffectDone, false, true, 0},
		{"503, then 429", []reply{status(503), status(429)}, selgora.EffectUnknown, true, true, 0},
		{"429, then lost", []reply{status(429), lost}, selgora.EffectUnknown, false, false, 429},
		{"cut, then 429", []reply{cut, status(429)}, selgora.EffectDone, true, true, 0},
	} {
		for name, call := range map[string]func(context.Context, *selgora.Client) error{
			"POST": func(ctx context.Context, c *selgora.Client) error {
				_, err := c.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Go"}, selgora.WithRetryUnsafe())
				return err
			},
			"GET": func(ctx context.Context, c *selgora.Client) error { return getCourse(ctx, c) },
		} {
			bubble(t, tt.name+"/"+name, func(t *testing.T) {
				want := tt.effect
				if name == "GET" {
					if want = selgora.EffectNone; tt.name == "redirect" {
						return // a GET follows it
					}
				}
				server := &wire{script: tt.script}
				err := call(t.Context(), server.client(t, selgora.WithMaxRetries(len(tt.script)-1)))
				if err == nil {
					want = selgora.EffectDone
				}
				if effect := selgora.EffectOf(err); effect != want {
					t.Errorf("effect %v, want %v (%v)", effect, want, err)
				}
				var e *selgora.Error
				if is, as := errors.Is(err, selgora.ErrRateLimited), errors.As(err, &e); is != tt.rateLimited || as != tt.isError {
					t.Errorf("ErrRateLimited %v, *Error %v (%v)", is, as, err)
				}
				var ended *selgora.CallError
				if !errors.As(err, &ended) {
					ended = &selgora.CallError{}
				}
				if e := ended.Earlier; (e != nil) != (tt.earlier != 0) || e != nil && e.StatusCode != tt.earlier {
					t.Errorf("earlier %+v, want status %d", e, tt.earlier)
				}
			})
		}
	}
}
