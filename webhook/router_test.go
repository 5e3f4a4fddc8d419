package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

func sample(t testing.TB, name string) *webhook.Event {
	t.Helper()
	event, err := webhook.ParseUnverified(webhooktest.Sample(webhook.FormatDashboard, name))
	if err != nil {
		t.Fatal(err)
	}
	return event
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestRouterRunsHandlersInOrder(t *testing.T) {
	var ran []string
	note := func(name string, err error) webhook.HandlerFunc {
		return func(context.Context, *webhook.Event) error { ran = append(ran, name); return err }
	}
	first, third := errors.New("first"), errors.New("third")
	r := webhook.NewRouter()
	must(t,
		r.OnUnknown(note("unknown", nil)),
		r.OnAny(note("any", nil)),
		webhook.On(r, webhook.OrderCreated, func(_ context.Context, e *webhook.Event, o *webhook.OrderCreatedData) error {
			ran = append(ran, "one "+o.OrderID)
			o.OrderID = "changed"
			return first
		}),
		webhook.On(r, webhook.OrderCreated, func(_ context.Context, e *webhook.Event, o *webhook.OrderCreatedData) error {
			ran = append(ran, "two "+o.OrderID)
			return nil
		}),
		r.OnAny(note("any again", third)),
		webhook.On(r, webhook.OrderRefunded, func(context.Context, *webhook.Event, *webhook.OrderRefundedData) error {
			ran = append(ran, "refund")
			return nil
		}),
	)
	tests := []struct {
		event string
		ran   []string
		errs  []error
	}{
		{"order.created", []string{"any", "one ord_123", "two ord_123", "any again"}, []error{first, third}},
		{"order.refunded", []string{"any", "any again", "refund"}, []error{third}},
		{"email.sent", []string{"any", "any again", "unknown"}, []error{third}},
		{"quiz.passed", []string{"any", "any again", "unknown"}, []error{third}},
	}
	for _, test := range tests {
		ran = nil
		err := r.Handle(t.Context(), sample(t, test.event))
		if diff := cmp.Diff(test.ran, ran); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.event, diff)
		}
		for _, want := range test.errs {
			if !errors.Is(err, want) {
				t.Errorf("%s: error %v lacks %v", test.event, err, want)
			}
		}
	}
}

func TestRouterWithoutHandlersSucceeds(t *testing.T) {
	for name, r := range map[string]*webhook.Router{"new": webhook.NewRouter(), "zero": {}} {
		if err := r.Handle(t.Context(), sample(t, "order.created")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPanicsBecomeErrorsAndStopNobodyElse(t *testing.T) {
	for _, value := range []any{"text", errHandler, http.ErrAbortHandler, nil, 7} {
		second := false
		var reported error
		r := webhook.NewRouter()
		must(t,
			r.OnAny(func(context.Context, *webhook.Event) error { panic(value) }),
			r.OnAny(func(context.Context, *webhook.Event) error { second = true; return io.ErrUnexpectedEOF }),
			r.OnError(func(context.Context, *webhook.Event, error) { panic("in OnError") }),
			r.OnError(func(_ context.Context, _ *webhook.Event, err error) { reported = err }),
		)
		err := r.Handle(t.Context(), sample(t, "order.created"))
		var p *webhook.PanicError
		if !errors.As(err, &p) {
			t.Fatalf("panic(%v): %v", value, err)
		}
		if !strings.Contains(string(p.Stack), "TestPanicsBecomeErrors") {
			t.Errorf("panic(%v): the stack does not show the handler:\n%s", value, p.Stack)
		}
		if cause, ok := value.(error); ok && !errors.Is(err, cause) {
			t.Errorf("panic(%v): %v does not wrap it", value, err)
		}
		if !second || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(reported, io.ErrUnexpectedEOF) {
			t.Errorf("panic(%v): second handler %v, error %v, reported %v", value, second, err, reported)
		}
	}
}

func TestMiddlewareOrder(t *testing.T) {
	var ran []string
	wrap := func(name string) webhook.Middleware {
		return func(next webhook.HandlerFunc) webhook.HandlerFunc {
			return func(ctx context.Context, e *webhook.Event) error {
				ran = append(ran, name)
				defer func() { ran = append(ran, "/"+name) }()
				return next(ctx, e)
			}
		}
	}
	r := webhook.NewRouter()
	must(t, r.Use(wrap("a"), wrap("b")), r.Use(wrap("c")), r.OnAny(func(context.Context, *webhook.Event) error {
		ran = append(ran, "handler")
		return nil
	}))
	must(t, r.Handle(t.Context(), sample(t, "email.sent")))
	if diff := cmp.Diff(strings.Fields("a b c handler /c /b /a"), ran); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBadMiddlewareFailsEventsInsteadOfTheProgram(t *testing.T) {
	for name, m := range map[string]webhook.Middleware{
		"returns nil":    func(webhook.HandlerFunc) webhook.HandlerFunc { return nil },
		"panics at once": func(webhook.HandlerFunc) webhook.HandlerFunc { panic("at once") },
		"panics at an event": func(webhook.HandlerFunc) webhook.HandlerFunc {
			return func(context.Context, *webhook.Event) error { panic("now") }
		},
	} {
		r := webhook.NewRouter()
		ran := false
		must(t, r.Use(m), r.OnAny(func(context.Context, *webhook.Event) error { ran = true; return nil }))
		for range 2 {
			if err := r.Handle(t.Context(), sample(t, "email.sent")); err == nil || ran {
				t.Errorf("%s: error %v, handler ran: %v", name, err, ran)
			}
		}
	}
}

func TestRegistrationMistakes(t *testing.T) {
	r := webhook.NewRouter()
	mistakes := map[string]error{
		"nil typed handler": webhook.On[webhook.EmailSentData](r, webhook.EmailSent, nil),
		"empty type": webhook.On(r, webhook.EventType[int](" "), func(context.Context, *webhook.Event, *int) error {
			return nil
		}),
		"OnAny":     r.OnAny(nil),
		"OnUnknown": r.OnUnknown(nil),
		"OnError":   r.OnError(nil),
		"Use":       r.Use(nil),
		"nil router": webhook.On(nil, webhook.EmailSent, func(context.Context, *webhook.Event, *webhook.EmailSentData) error {
			return nil
		}),
		"nil router, OnAny": (*webhook.Router)(nil).OnAny(succeed),
	}
	_, all := webhook.NewHandler(r, verifier(t))
	for name, err := range mistakes {
		if err == nil {
			t.Errorf("%s: no error", name)
		} else if !strings.HasPrefix(name, "nil router") && !errors.Is(all, err) {
			t.Errorf("%s: NewHandler does not report %v", name, err)
		}
	}
	if err := (*webhook.Router)(nil).Handle(t.Context(), sample(t, "email.sent")); err == nil {
		t.Error("Handle of a nil router succeeds")
	}
	if err := webhook.NewRouter().Handle(t.Context(), nil); err == nil {
		t.Error("Handle of a nil event succeeds")
	}
}

func TestRegisteringLateIsAnError(t *testing.T) {
	r := webhook.NewRouter()
	h, err := webhook.NewHandler(r, verifier(t), webhook.WithLogger(nil))
	must(t, err, r.OnAny(succeed)) // after NewHandler, before the first event
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { post(h, numbered(1)) })
		wg.Go(func() { _ = r.OnAny(succeed) }) // either way, without a race
	}
	wg.Wait()
	expect(t, "post", post(h, numbered(2)), 200)
	late := map[string]error{
		"On": webhook.On(r, webhook.EmailSent, func(context.Context, *webhook.Event, *webhook.EmailSentData) error {
			return nil
		}),
		"OnAny": r.OnAny(succeed), "OnUnknown": r.OnUnknown(succeed), "Use": r.Use(),
		"OnError": r.OnError(func(context.Context, *webhook.Event, error) {}),
	}
	for name, err := range late {
		if !errors.Is(err, webhook.ErrRouterInUse) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUndecodableDataFailsTheEvent(t *testing.T) {
	ran := false
	r := webhook.NewRouter()
	must(t, webhook.On(r, webhook.OrderCreated, func(context.Context, *webhook.Event, *webhook.OrderCreatedData) error {
		ran = true
		return nil
	}))
	event := sample(t, "order.created")
	event.Data = []byte(`{"amount":"lots"}`)
	if err := r.Handle(t.Context(), event); !errors.Is(err, webhook.ErrMalformedPayload) || ran {
		t.Errorf("error %v, handler ran: %v", err, ran)
	}
}

func TestTypesOfOnesOwn(t *testing.T) {
	type quiz struct{ Score int }
	const quizPassed webhook.EventType[quiz] = "quiz.passed"
	var got quiz
	r := webhook.NewRouter()
	must(t, webhook.On(r, quizPassed, func(_ context.Context, _ *webhook.Event, q *quiz) error { got = *q; return nil }))
	body, err := webhooktest.Encode(webhook.FormatAPI, quizPassed, &quiz{Score: 7})
	must(t, err)
	event, err := webhook.ParseUnverified(body)
	must(t, err, r.Handle(t.Context(), event))
	if got.Score != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestGoexitInAHandlerIsAnError(t *testing.T) {
	var failed error
	h := newHandler(t, func(context.Context, *webhook.Event) error { runtime.Goexit(); return nil },
		webhook.OnReject(func(_ *http.Request, rej webhook.Rejection) { failed = rej.Err }))
	expect(t, "first", post(h, numbered(1)), 500)
	expect(t, "redelivery", post(h, numbered(1)), 500)
	if !errors.Is(failed, webhook.ErrHandlerExited) {
		t.Errorf("error %v", failed)
	}
	must(t, h.Shutdown(t.Context()))
}

func ExampleRouter_Use() {
	r := webhook.NewRouter()
	_ = r.Use(func(next webhook.HandlerFunc) webhook.HandlerFunc {
		return func(ctx context.Context, e *webhook.Event) error {
			fmt.Println("before", e.Type)
			defer fmt.Println("after", e.Type)
			return next(ctx, e)
		}
	})
	_ = webhook.On(r, webhook.EmailSent, func(_ context.Context, _ *webhook.Event, m *webhook.EmailSentData) error {
		fmt.Println("sent", m.Subject)
		return nil
	})
	event, _ := webhook.ParseUnverified(webhooktest.Sample(webhook.FormatDashboard, webhook.EmailSent))
	_ = r.Handle(context.Background(), event)
	// Output:
	// before email.sent
	// sent Welcome
	// after email.sent
}
