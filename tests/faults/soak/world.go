package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

const (
	workers = 8
	secret  = "whsec_of_the_soak"
)

// world is what lives through all rounds.
type world struct {
	srv     *mockserver.Server
	start   *mockserver.Snapshot
	clients []*selgora.Client
	port    *httptest.Server
	// endpoints are the ids of the receivers' endpoints, and receivers those of this round.
	endpoints [2]string
	receivers [2]atomic.Pointer[receiver]

	calls, failed atomic.Int64
	events        int
}

func newWorld() (*world, error) {
	srv, err := mockserver.Start(mockserver.WithSandboxData(), mockserver.WithSeed(1))
	if err != nil {
		return nil, err
	}
	overTCP, err := selgora.NewClient(srv.APIKey(), selgora.WithBaseURL(srv.URL()), selgora.WithoutRateLimit(),
		selgora.WithRetryWait(time.Millisecond, 8*time.Millisecond))
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	w := &world{srv: srv, clients: []*selgora.Client{overTCP, srv.Client()}}
	// The fake keeps every handler that it has been given, for snapshots to go back to: so these two stay.
	w.port = httptest.NewServer(w.present(1))
	w.endpoints[0] = srv.DeliverTo(w.present(0), mockserver.WebhookSecret(secret)).ID
	w.endpoints[1] = srv.AddWebhook(w.port.URL, mockserver.WebhookSecret(secret), mockserver.WebhookFormat(mockserver.FormatAPI)).ID
	w.start = srv.Snapshot()
	return w, nil
}

// present passes requests on to the receiver of this round.
func (w *world) present(i int) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.receivers[i].Load().handler.ServeHTTP(rw, r) })
}

func (w *world) close() {
	for _, c := range w.clients {
		c.CloseIdleConnections()
	}
	w.port.Close()
	if err := w.srv.Close(); err != nil {
		fmt.Println("closing the fake:", err)
	}
}

// round makes a number of calls, waits for what they caused, and forgets it all.
func (w *world) round(ctx context.Context, number, calls int) error {
	for i, mode := range [][]webhook.Option{
		{webhook.Async(4, 100_000), webhook.AsyncRetry(5, time.Millisecond, 10*time.Millisecond)},
		{webhook.Sync()},
	} {
		r, err := newReceiver(mode...)
		if err != nil {
			return err
		}
		w.receivers[i].Store(r)
	}
	w.srv.Inject(
		mockserver.Fault{Status: http.StatusServiceUnavailable, Probability: 0.01},
		mockserver.Fault{Reset: true, Probability: 0.01},
		mockserver.Fault{Reset: true, AfterCommit: true, Probability: 0.01},
		mockserver.Fault{Truncate: true, Probability: 0.01},
	)
	w.load(ctx, number, calls)
	w.srv.ClearFaults()
	if err := w.srv.WaitDeliveries(ctx); err != nil {
		return err
	}
	w.srv.Advance(35 * time.Hour)
	for i, id := range w.endpoints {
		r := w.receivers[i].Load()
		if err := r.handler.Shutdown(ctx); err != nil {
			return err
		}
		if err := w.account(r, id); err != nil {
			return err
		}
	}
	w.srv.Restore(w.start)
	return nil
}

// account holds what a receiver handled against what the fake has in its log.
func (w *world) account(r *receiver, id string) error {
	sent := make(map[string]bool)
	for _, d := range w.srv.Deliveries() {
		if d.WebhookID != id {
			continue
		}
		sent[d.EventID] = true
		if d.Status != mockserver.DeliverySucceeded || r.handled[d.EventID] != 1 {
			return fmt.Errorf("event %s (%s) is %s and was handled %d times", d.EventID, d.Event, d.Status, r.handled[d.EventID])
		}
	}
	if len(r.handled) != len(sent) || len(sent) == 0 {
		return fmt.Errorf("%d events were handled, %d sent", len(r.handled), len(sent))
	}
	w.events += len(sent)
	return nil
}

// load makes the calls, some at once.
func (w *world) load(ctx context.Context, number, calls int) {
	var next atomic.Int64
	var all sync.WaitGroup
	for i := range workers {
		client := w.clients[i%len(w.clients)]
		all.Go(func() {
			for {
				n := int(next.Add(1))
				if n > calls {
					return
				}
				w.calls.Add(1)
				if err := call(ctx, client, number, n); err != nil {
					w.failed.Add(1)
				}
			}
		})
	}
	all.Wait()
}

// receiver is a webhook receiver, and how often it has handled each event.
type receiver struct {
	handler *webhook.Handler

	mu      sync.Mutex
	tried   map[string]bool
	handled map[string]int
}

func newReceiver(opts ...webhook.Option) (*receiver, error) {
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return nil, err
	}
	r := &receiver{tried: make(map[string]bool), handled: make(map[string]int)}
	router := webhook.NewRouter()
	if err := router.OnAny(r.handle); err != nil {
		return nil, err
	}
	r.handler, err = webhook.NewHandler(router, verifier, append(opts, webhook.WithLogger(nil))...)
	return r, err
}

// handle fails one event in ten at its first attempt.
func (r *receiver) handle(_ context.Context, e *webhook.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last := e.ID[len(e.ID)-1]; (last == '0' || last == 'a' || last == 'k') && !r.tried[e.ID] {
		r.tried[e.ID] = true
		return errors.New("not now")
	}
	r.handled[e.ID]++
	return nil
}
