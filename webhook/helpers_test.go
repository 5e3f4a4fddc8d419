package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

const secret = "whsec_test_vector_1"

var errHandler = errors.New("handler says no")

func verifier(t testing.TB) *webhook.Verifier {
	t.Helper()
	v, err := webhook.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// anyRouter calls fn for every event.
func anyRouter(t testing.TB, fn webhook.HandlerFunc) *webhook.Router {
	t.Helper()
	r := webhook.NewRouter()
	if err := r.OnAny(fn); err != nil {
		t.Fatal(err)
	}
	return r
}

// newHandler makes a silent handler that calls fn for every event.
func newHandler(t testing.TB, fn webhook.HandlerFunc, opts ...webhook.Option) *webhook.Handler {
	t.Helper()
	h, err := webhook.NewHandler(anyRouter(t, fn), verifier(t), append([]webhook.Option{webhook.WithLogger(nil)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func succeed(context.Context, *webhook.Event) error { return nil }

// numbered is the body of the n-th event.
func numbered(n int) []byte {
	return fmt.Appendf(nil, `{"id":"evt_%d","type":"some.type","created_at":"2000-01-01T00:00:00Z","data":{"n":%d}}`, n, n)
}

func post(h http.Handler, body []byte, opts ...webhooktest.RequestOption) int {
	return webhooktest.Post(h, webhook.FormatAPI, secret, body, opts...).StatusCode
}

func expect(t testing.TB, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

// pass lets time go by, which in a bubble takes none.
func pass(d time.Duration) { <-time.After(d) }

func TestMain(m *testing.M) {
	// What routers log has its place in no test's output.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	m.Run()
}

// calls counts by event id.
type calls struct {
	mu sync.Mutex
	m  map[string]int
}

func (c *calls) add(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]int{}
	}
	c.m[id]++
	return c.m[id]
}

func (c *calls) of(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[id]
}

func (c *calls) total() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.m {
		n += k
	}
	return n
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// recording is an observer that writes down what it is told.
type recording struct {
	mu    sync.Mutex
	lines []string
	ages  []webhook.Handling
	depth int
	most  int
}

func (r *recording) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recording) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

func (r *recording) Received(_ context.Context, e *webhook.Event)  { r.add("received %s", e.ID) }
func (r *recording) Duplicate(_ context.Context, e *webhook.Event) { r.add("duplicate %s", e.ID) }
func (r *recording) Rejected(_ context.Context, rej webhook.Rejection) {
	r.add("rejected %s %d", rej.Reason, rej.Status)
}

func (r *recording) Handled(_ context.Context, e *webhook.Event, h webhook.Handling) {
	r.add("handled %s %d", e.ID, h.Attempt)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ages = append(r.ages, h)
}

func (r *recording) Failed(_ context.Context, e *webhook.Event, h webhook.Handling, err error) {
	r.add("failed %s %d: %v", e.ID, h.Attempt, err)
}

func (r *recording) QueueDepth(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.depth, r.most = n, max(r.most, n)
}
