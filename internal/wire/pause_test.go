package wire

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPause(t *testing.T) {
	refused := func(after time.Duration) PermitOutcome { return PermitOutcome{StatusCode: 429, RetryAfter: after} }
	for _, tt := range []struct {
		name     string
		outcomes []PermitOutcome
		want     time.Duration
	}{
		{"20 s", []PermitOutcome{refused(20 * time.Second)}, 20 * time.Second},
		{"the longest wins", []PermitOutcome{refused(20 * time.Second), refused(50 * time.Second), refused(time.Second)}, 50 * time.Second},
		{"another status", []PermitOutcome{{StatusCode: 503, RetryAfter: 20 * time.Second}}, 0},
		{"none", []PermitOutcome{refused(0)}, 0},
		{"nonsense", []PermitOutcome{refused(-time.Hour)}, 0},
		{"nonsense does not end another", []PermitOutcome{refused(20 * time.Second), refused(-time.Hour)}, 20 * time.Second},
		{"enormous", []PermitOutcome{refused(1<<63 - 1)}, overlong},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, Limits{}, func(t *testing.T, l *LocalLimiter) {
				time.Sleep(time.Minute)
				var ids []PermitID
				for range tt.outcomes {
					ids = append(ids, acquire(t, l, "key"))
				}
				for i, o := range tt.outcomes {
					l.Release(ids[i], o)
				}
				start := time.Now()
				acquire(t, l, "another key")
				acquire(t, l, "key")
				if got := time.Since(start); got != tt.want {
					t.Errorf("the next request went after %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// Without limits only a 429 holds back: nothing else is limited, and what was
// held back goes at once after the pause.
func TestNoLimits(t *testing.T) {
	inBubble(t, Limits{}, func(t *testing.T, l *LocalLimiter) {
		a := acquire(t, l, "key")
		for range 5000 {
			acquire(t, l, "key")
		}
		o := PermitOutcome{StatusCode: 429, RetryAfter: time.Minute}
		o.RateLimit = RateLimitStatus{Reset: time.Now().Add(time.Hour), ResetAfter: time.Hour}
		l.Release(a, o)
		for range 50 {
			l.Record("key", 0)
		}
		wantNext(t, l, time.Minute)
		for range 5000 {
			acquire(t, l, "key")
		}
		if got := l.now(); got != time.Minute {
			t.Errorf("it took %v", got)
		}
		if k := l.keys["key"]; k.minute.buckets != nil || k.hour.buckets != nil {
			t.Error("it keeps a list that nothing ever reads")
		}
	})
}

// After the pause requests go out evenly for a minute, then freely again.
func TestPacing(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: 100, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
		a, b := acquire(t, l, "key"), acquire(t, l, "key")
		l.Release(a, PermitOutcome{StatusCode: 429, RetryAfter: 10 * time.Second})
		time.Sleep(time.Second)
		l.Release(b, PermitOutcome{StatusCode: 429, RetryAfter: time.Second})
		start := time.Now()
		want := 9 * time.Second
		for i := range 100 {
			sendNow(t, l, 1, ok)
			if got := time.Since(start); got < want || got > want+time.Duration(i) {
				t.Fatalf("the request %d went after %v, want %v", i, got, want)
			}
			want += 600 * time.Millisecond
		}
		// Those of the minute count for a minute, so the next go as evenly. Once
		// they have come to an end there is nothing to see of them.
		time.Sleep(2 * time.Minute)
		again := time.Now()
		sendNow(t, l, 100, ok)
		if got := time.Since(again); got != 0 {
			t.Errorf("a hundred later requests took %v", got)
		}
	})
}

// The known waits of those in the queue change when a pause begins: who cannot
// wait so long is refused at once, and those behind move up.
func TestPauseBeginsWhileTheyWait(t *testing.T) {
	inBubble(t, Limits{PerHour: plenty, PerMinute: 2, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
		l.Release(acquire(t, l, "key"), ok)
		a := acquire(t, l, "key")
		q := queued{start: time.Now()}
		q.add(t, l, t.Context(), "a", 60*time.Second, 0)
		q.add(t, l, t.Context(), "b", 100*time.Second, 0)
		q.add(t, l, t.Context(), "c", 180*time.Second, 0)
		q.add(t, l, t.Context(), "d", -1, 0)
		q.add(t, l, t.Context(), "e", 180*time.Second, 0)
		time.Sleep(10 * time.Second)
		l.Release(a, PermitOutcome{StatusCode: 429, RetryAfter: 95 * time.Second})
		synctest.Wait()
		slices.Sort(q.log)
		q.want(t,
			"a 10s nothing was sent: the client's own rate limit asks to wait 1m35s, longer than the 1m0s that a wait may take",
			"e 10s nothing was sent: the client's own rate limit asks to wait 3m5s, longer than the 3m0s that a wait may take")
		time.Sleep(time.Hour)
		q.want(t, "b 1m45s", "c 2m15s", "d 2m45s")
	})
}

// The hour's budget of the server is what it has left less those under way; who
// comes back is not subtracted twice.
func TestServerBudget(t *testing.T) {
	inBubble(t, Limits{PerHour: 1000, PerMinute: 100, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
		end := time.Now().Add(30 * time.Minute)
		says := func(remaining int) PermitOutcome {
			return PermitOutcome{StatusCode: 200, RateLimit: RateLimitStatus{
				Limit: 1000, Remaining: remaining, Reset: end.Add(70 * time.Hour), ResetAfter: time.Until(end),
			}}
		}
		a, b, c := acquire(t, l, "key"), acquire(t, l, "key"), acquire(t, l, "key")
		l.Release(a, says(5)) // two of the five are under way
		d, e := acquire(t, l, "key"), acquire(t, l, "key")
		l.Release(b, says(4))
		l.Release(c, PermitOutcome{StatusCode: 502}) // may have been counted
		l.Release(d, PermitOutcome{Unsent: true})    // was not
		q := queued{start: time.Now()}
		q.add(t, l, t.Context(), "f", time.Hour, time.Minute)
		q.add(t, l, t.Context(), "g", time.Hour, time.Minute)
		q.add(t, l, t.Context(), "h", 20*time.Minute, time.Minute)
		q.add(t, l, t.Context(), "i", time.Hour, time.Minute)
		l.Release(e, PermitOutcome{})
		time.Sleep(time.Hour)
		q.want(t, "f 0s", "g 0s",
			"h 1m0s nothing was sent: the client's own rate limit asks to wait 29m0s, longer than the 20m0s that a wait may take", "i 30m0s")
		wantNext(t, l, 0)
	})
}

// A day at a server that counts the hours of its own clock: none is refused, and
// all of every hour is used.
func TestServerHoursForADay(t *testing.T) {
	inBubble(t, Limits{PerHour: 1000, PerMinute: 100, Concurrent: 10}, func(t *testing.T, l *LocalLimiter) {
		const perHour = 50
		time.Sleep(17 * time.Minute)
		var mu sync.Mutex
		used, refused := map[int64]int{}, 0
		for range 8 {
			go func() {
				for time.Since(l.start) < 25*time.Hour {
					id := acquire(t, l, "key")
					time.Sleep(50 * time.Millisecond)
					hour := time.Now().Unix() / 3600
					mu.Lock()
					o := PermitOutcome{StatusCode: 200, RetryAfter: time.Second}
					if used[hour]++; used[hour] > perHour {
						refused++
						o.StatusCode = 429
					}
					reset := time.Unix((hour+1)*3600, 0)
					o.RateLimit = RateLimitStatus{perHour, max(0, perHour-used[hour]), reset.Add(time.Hour * 99), time.Until(reset)}
					mu.Unlock()
					time.Sleep(50 * time.Millisecond)
					l.Release(id, o)
				}
			}()
		}
		time.Sleep(27 * time.Hour)
		synctest.Wait()
		if refused > 0 {
			t.Errorf("%d were refused", refused)
		}
		for hour, n := range used {
			if n != perHour && hour < (l.start.Unix()/3600)+24 {
				t.Errorf("%d requests in an hour, want %d", n, perHour)
			}
		}
	})
}
