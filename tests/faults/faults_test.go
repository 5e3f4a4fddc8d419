package faults_test

import (
	"context"
	"flag"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

var (
	calls = flag.Int("calls", 2000, "how many calls TestEverythingAtRandom makes")
	seed  = flag.Uint64("seed", 1, "what its luck comes from")
)

const (
	atOnce         = 32
	attemptTimeout = 250 * time.Millisecond
)

// newFake is a fake with what every call can refer to.
func newFake(t *testing.T) *mockserver.Server {
	t.Helper()
	srv := mockserver.New(t, mockserver.WithJournalSize(1_000_000))
	srv.AddCourse(mockserver.Course{ID: courseID, Title: "Shared", Lessons: []mockserver.Lesson{{Title: "One"}}})
	srv.AddEvent(mockserver.Event{ID: eventID, Title: "Shared", StartTime: start, DurationMinutes: 60})
	srv.AddRegistration(mockserver.Registration{EventID: eventID, Email: "ada@example.com"})
	srv.AddContact(mockserver.Contact{Email: "ada@example.com"})
	for _, email := range []string{"ada@example.com", "bob@example.com"} {
		srv.AddEnrollment(mockserver.Enrollment{CourseID: courseID, UserEmail: email})
	}
	srv.AddWebhook("https://hooks.example.com/shared", mockserver.WebhookEvents(quiet))
	return srv
}

// toxiproxy's own goroutines outlive a connection whose pipe one of its toxics has closed; nothing of ours is in them.
var proxysOwn = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).write"),
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
}

// through makes n calls through a network with the lanes, and checks everything that can be said of any network.
func through(t *testing.T, seed uint64, chance float64, n int, lanes ...lane) tally {
	t.Helper()
	before := goleak.IgnoreCurrent()
	srv := newFake(t)
	network := newNetwork(t, strings.TrimSuffix(strings.TrimPrefix(srv.URL(), "http://"), "/v1"), seed, chance, lanes...)
	client, err := selgora.NewClient(srv.APIKey(), selgora.WithBaseURL(srv.URL()),
		selgora.WithHTTPClient(&http.Client{Transport: network}), selgora.WithoutRateLimit(),
		selgora.WithRetryWait(time.Millisecond, 4*time.Millisecond), selgora.WithAttemptTimeout(attemptTimeout))
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	results := run(t, srv, client, n, atOnce)
	took := time.Since(begun)
	network.close()
	// What is still in the fake was sent before the network went down, and counts.
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	sum := check(t, srv, results)

	if conns, bodies := network.conns.Load(), network.bodies.Load(); conns != 0 || bodies != 0 {
		t.Errorf("%d connections and %d bodies are left open", conns, bodies)
	}
	if err := goleak.Find(append(proxysOwn, before)...); err != nil {
		t.Error(err)
	}
	t.Logf("%d calls in %v, %d requests: %d done, %d failed (%d not sent, %d failed though done, %d failed and not done)",
		n, took.Round(time.Millisecond), len(srv.Requests()), sum.done, sum.failed, sum.notSent, sum.unknown, sum.lost)
	for i, l := range network.lanes {
		if network.used[i] == 0 {
			t.Errorf("no connection took the lane %s", l.name)
		}
		t.Logf("%5d connections: %s", network.used[i], l.name)
	}
	return sum
}

// TestEachFault has each fault on most connections.
func TestEachFault(t *testing.T) {
	for i, l := range lanes() {
		t.Run(l.name, func(t *testing.T) {
			l.burst = 0 // alone it needs none to be met often
			sum := through(t, uint64(i), 0.7, 10*len(kinds()), l)
			if sum.done == 0 {
				t.Error("no call succeeded")
			}
			if l.breaks && sum.failed == 0 {
				t.Error("no call failed: the fault did nothing")
			}
		})
	}
}

// TestEverythingAtRandom has all faults, each on its share of most connections.
func TestEverythingAtRandom(t *testing.T) {
	sum := through(t, *seed, 0.7, *calls, lanes()...)
	if sum.done == 0 || sum.notSent == 0 || sum.unknown == 0 || sum.lost == 0 {
		t.Errorf("an outcome never happened: %+v", sum)
	}
}
