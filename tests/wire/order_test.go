package wire_test

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// The default waits are anything up to 1, 2, 4 and then always 8 s.
func TestDefaultBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls = 300
		var mu sync.Mutex
		at := map[string][]time.Time{}
		client := newClient(t, selgora.WithoutRateLimit(), selgora.WithMaxRetries(6), inProcess(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			id := path.Base(req.URL.Path)
			at[id] = append(at[id], time.Now())
			return respond(req, 503, ""), nil
		}))
		var wg sync.WaitGroup
		for i := range calls {
			wg.Go(func() { client.Courses.Get(t.Context(), fmt.Sprintf("course_%d", i)) })
		}
		wg.Wait()
		for wait, bound := range []time.Duration{1e9, 2e9, 4e9, 8e9, 8e9, 8e9} {
			var waits []time.Duration
			for _, times := range at {
				if len(times) != 7 {
					t.Fatalf("%d attempts, want 7", len(times))
				}
				waits = append(waits, times[wait+1].Sub(times[wait]))
			}
			slices.Sort(waits)
			least, middle, most := waits[0], waits[calls/2], waits[calls-1]
			if least > bound/10 || middle < bound/3 || middle > bound*2/3 || most < bound*9/10 || most > bound {
				t.Errorf("wait %d: from %v over %v to %v, want all between 0 and %v", wait+1, least, middle, most, bound)
			}
		}
	})
}

// Who came first goes first, whatever it waits for.
func TestFirstComeFirstServed(t *testing.T) {
	for name, limit := range map[string]selgora.RateLimit{
		"for a slot":     {Concurrent: 1},
		"for the minute": {PerMinute: 1},
		"for the hour":   {PerHour: 1},
	} {
		bubble(t, name, func(t *testing.T) {
			var order []string
			client := limited(t, roundTripper(func(req *http.Request) (*http.Response, error) {
				order = append(order, path.Base(req.URL.Path))
				time.Sleep(time.Second)
				return respond(req, 200, courseJSON), nil
			}), selgora.WithRateLimit(limit), selgora.WithMaxWait(100*time.Hour))
			var wg sync.WaitGroup
			var want []string
			for i := range 30 {
				id := fmt.Sprintf("course_%d", i)
				want = append(want, id)
				wg.Go(func() {
					if _, err := client.Courses.Get(t.Context(), id); err != nil {
						t.Error(err)
					}
				})
				time.Sleep(time.Millisecond)
			}
			wg.Wait()
			if !slices.Equal(order, want) {
				t.Errorf("order %v", order)
			}
		})
	}
}
