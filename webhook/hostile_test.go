package webhook_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/selgora/selgora-go/webhook"
	"github.com/selgora/selgora-go/webhook/webhooktest"
)

const mib = 1 << 20

// hostileSender is a client of a receiver that means harm or is broken.
type hostileSender struct {
	name   string
	head   string // of the request, without the lines that all have
	body   string
	again  string // written for ever, until the receiver has enough
	signed bool   // it knows the secret: what comes then is the provider's own mistake
	status int
	runs   int // how often the handler ran
}

func hostileSenders() []hostileSender {
	const post = "POST / HTTP/1.1\r\n"
	const chunked = post + "Transfer-Encoding: chunked\r\n"
	chunk := "1000\r\n" + strings.Repeat(" ", 0x1000) + "\r\n"
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, _ = zip.Write(make([]byte, 16*mib))
	_ = zip.Close()
	forged := webhook.SignatureHeader + ": " + strings.Repeat("0", 64) + "\r\n"
	event := func(rest string) string { return `{"id":"evt_1","type":"order.completed",` + rest + "}" }
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	return []hostileSender{
		// Strangers.
		{name: "endless headers", head: post, again: "X-More: " + strings.Repeat("a", 100) + "\r\n", status: 431},
		{name: "endless signature", head: post + webhook.SignatureHeader + ": ", again: strings.Repeat("0", 4096), status: 431},
		{name: "long signature", head: post + webhook.SignatureHeader + ": " + strings.Repeat("0", 500_000) + "\r\n", body: "{}", status: 401},
		{name: "many signatures", head: post + strings.Repeat(forged, 100), body: "{}", status: 401},
		{name: "endless body", head: chunked + forged, again: chunk, status: 413},
		{name: "endless body without a signature", head: chunked, again: chunk, status: 413},
		{name: "announced terabyte", head: post + forged + "Content-Length: 1099511627776\r\n", status: 413},
		{name: "gzip bomb", head: post + forged + "Content-Encoding: gzip\r\n", body: bomb.String(), status: 401},
		{name: "deep nesting", head: post + forged, body: strings.Repeat("[", mib), status: 401},
		{name: "invalid UTF-8", head: post + forged, body: "{\"id\":\"\xff\"}", status: 401},
		{name: "no HTTP", head: "SSH-2.0-OpenSSH_9.9\r\n", status: 400},
		{name: "two lengths", head: post + "Content-Length: 2\r\nContent-Length: 3\r\n", body: "{}", status: 400},
		{name: "no chunks", head: chunked + forged, body: "zz\r\n{}", status: 503},
		{name: "an endless method", head: strings.Repeat("A", 10_000) + " / HTTP/1.1\r\n", status: 405},
		{name: "a body with a GET", head: "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", again: chunk, status: 200},

		// The provider itself.
		{name: "an id of a megabyte", signed: true, body: `{"type":"order.completed","data":{},"id":"` + strings.Repeat("a", 1_000_000) + `"}`, status: 200, runs: 1},
		{name: "a type of a megabyte", signed: true, body: `{"id":"evt_1","type":"` + strings.Repeat("a", 1_000_000) + `"}`, status: 200},
		{name: "many members", signed: true, body: event(strings.Repeat(`"a":1,`, 150_000) + `"data":{}`), status: 200, runs: 1},
		{name: "nesting as deep as it goes", signed: true, body: event(`"data":{"a":` + deep + `}`), status: 200, runs: 1},
		{name: "deeper nesting", signed: true, body: event(`"data":` + strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000)), status: 500},
		{name: "nesting without an end", signed: true, body: strings.Repeat(`{"a":`, 200_000), status: 500},
		{name: "an amount out of range", signed: true, body: event(`"data":{"amount":1e400}`), status: 500},
		{name: "an amount that is none", signed: true, body: event(`"data":{"amount":"many"}`), status: 500},
		{name: "a time out of range", signed: true, body: event(`"created_at":"99999-99-99T99:99:99Z","data":{}`), status: 200, runs: 1},
		{name: "invalid UTF-8 from the provider", signed: true, body: event("\"data\":{\"order_id\":\"\xff\"}"), status: 200, runs: 1},
		{name: "half a surrogate", signed: true, body: event(`"data":{"order_id":"\ud800"}`), status: 200, runs: 1},
		{name: "a repeated id", signed: true, body: event(`"id":"evt_2","id":"evt_3","data":{}`), status: 200, runs: 1},
		{name: "two events", signed: true, body: event(`"data":{}`) + event(`"data":{}`), status: 500},
		{name: "an id of another type", signed: true, body: `{"id":{"a":1},"type":"order.completed"}`, status: 500},
	}
}

// TestHostileSenders meets every sender of the table over a fresh connection. With -v it prints the table with what
// each request allocated on both sides.
func TestHostileSenders(t *testing.T) {
	for _, h := range hostileSenders() {
		t.Run(h.name, func(t *testing.T) {
			var ran calls
			handler, store := hostileReceiver(t, &ran)
			server := httptest.NewServer(handler)
			defer server.Close()
			var status int
			allocated := allocatedBy(func() { status = h.meet(t, server.Listener.Addr().String()) })
			expect(t, "status", status, h.status)
			expect(t, "handlers run", ran.total(), h.runs)
			if n := store.Len(); !h.signed && n != 0 {
				t.Errorf("%d events of a stranger are remembered", n)
			}
			if limit := 24 * mib; allocated > limit {
				t.Errorf("%d bytes were allocated, want at most %d", allocated, limit)
			}
			t.Logf("| %s | %d | %d KiB |", h.name, status, allocated>>10)
			// It still works for others.
			expect(t, "next status", post(handler, webhooktest.Sample(webhook.FormatAPI, webhook.OrderCompleted)), 200)
		})
	}
}

// hostileReceiver is a receiver of orders, and its memory.
func hostileReceiver(t *testing.T, ran *calls, opts ...webhook.Option) (*webhook.Handler, *webhook.MemoryStore) {
	t.Helper()
	router := webhook.NewRouter()
	err := webhook.On(router, webhook.OrderCompleted, func(_ context.Context, e *webhook.Event, _ *webhook.OrderCompletedData) error {
		ran.add(e.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	store := webhook.NewMemoryStore(1000)
	h, err := webhook.NewHandler(router, verifier(t), append(opts, webhook.Dedup(store, 0), webhook.WithLogger(nil))...)
	if err != nil {
		t.Fatal(err)
	}
	return h, store
}

// meet sends the request and returns the status of its answer.
func (h hostileSender) meet(t *testing.T, address string) int {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	defer writing.Wait()
	defer conn.Close()
	writing.Go(func() {
		request := h.head
		if h.signed {
			request = "POST / HTTP/1.1\r\n" + webhook.SignatureHeader + ": " + webhooktest.Sign(webhook.FormatAPI, secret, []byte(h.body)) + "\r\n"
		}
		if !strings.Contains(request, "Transfer-Encoding") && !strings.Contains(request, "Content-Length") {
			if h.again != "" { // the head goes on
				_, _ = io.WriteString(conn, request)
				request = ""
			} else {
				request += fmt.Sprintf("Content-Length: %d\r\n", len(h.body))
			}
		}
		if request != "" {
			if _, err := io.WriteString(conn, request+"Host: a\r\n\r\n"+h.body); err != nil {
				return // the receiver has answered before the end
			}
		}
		for h.again != "" {
			if _, err := io.WriteString(conn, h.again); err != nil {
				return
			}
		}
	})
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Errorf("no answer: %v", err)
		return 0
	}
	return resp.StatusCode
}

// allocatedBy returns how many bytes f makes the program allocate, freed ones included.
func allocatedBy(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// TestManyForgedEvents sends what strangers can send without end, which leaves nothing behind.
func TestManyForgedEvents(t *testing.T) {
	for name, mode := range map[string]webhook.Option{"sync": webhook.Sync(), "async": webhook.Async(2, 10)} {
		t.Run(name, func(t *testing.T) {
			var ran calls
			h, store := hostileReceiver(t, &ran, mode)
			before := inUse()
			for i := range 20_000 {
				body := fmt.Appendf(nil, `{"id":"evt_%d","type":"order.completed","data":{}}`, i)
				response := webhooktest.Post(h, webhook.FormatAPI, "another secret", body, webhooktest.Delivery(fmt.Sprint("dlv_", i)))
				if response.StatusCode != http.StatusUnauthorized {
					t.Fatalf("status %d", response.StatusCode)
				}
			}
			if kept := inUse() - before; kept > mib {
				t.Errorf("%d KiB are kept", kept>>10)
			}
			if ran.total() != 0 || store.Len() != 0 {
				t.Errorf("%d handlers ran, %d events are remembered", ran.total(), store.Len())
			}
		})
	}
}

// TestManyEvents sends more than the receiver may remember.
func TestManyEvents(t *testing.T) {
	var ran atomic.Int64
	store := webhook.NewMemoryStore(1000)
	h := newHandler(t, func(context.Context, *webhook.Event) error { ran.Add(1); return nil }, webhook.Dedup(store, 0))
	before := inUse()
	for i := range 20_000 {
		if status := post(h, fmt.Appendf(nil, `{"id":"evt_%d","type":"t","data":{}}`, i)); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
	}
	if kept := inUse() - before; kept > 2*mib {
		t.Errorf("%d KiB are kept", kept>>10)
	}
	if n := store.Len(); n > 1000 || ran.Load() != 20_000 {
		t.Errorf("%d events are remembered, %d handlers ran", n, ran.Load())
	}
}

// inUse returns how many bytes are reachable.
func inUse() int {
	runtime.GC()
	runtime.GC() // the first one only moves what pools hold
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
