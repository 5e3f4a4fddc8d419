package hostile_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/selgora/selgora-go"
)

// A wait that grows while it lasts is given up when it would come to more than
// twice of what WithMaxWait allows. Another program uses the key up: the server
// says 429, Retry-After 30, to everything.
func TestMaxWaitBoundsAWaitThatGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var longest time.Duration
		tr := &tracer{start: func(_ context.Context, a selgora.AttemptStart) {
			mu.Lock()
			defer mu.Unlock()
			longest = max(longest, a.Wait)
		}}
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			return answer(429, `{"error":"Rate limit exceeded"}`, "Retry-After", "30"), nil
		}, selgora.WithTracer(tr), selgora.WithMaxRetries(0))
		c.Courses.Get(bg(), "c") // the first 429
		var wg sync.WaitGroup
		var slowest time.Duration
		for range 50 {
			wg.Go(func() {
				begin := time.Now()
				c.Courses.Get(bg(), "c")
				mu.Lock()
				defer mu.Unlock()
				slowest = max(slowest, time.Since(begin))
			})
		}
		wg.Wait()
		if longest > 2*time.Minute || slowest > 2*time.Minute {
			t.Errorf("WithMaxWait is 60 s, and one wait for the limiter took %v (a call with no retries took %v)", longest, slowest)
		}
	})
}
