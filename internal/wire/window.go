package wire

import (
	"math"
	"net/http"
	"slices"
	"sort"
	"time"

	"golang.org/x/time/rate"
)

// Moments in this file are durations since the limiter was made: they compare
// as integers, and they follow the monotonic clock alone.

const (
	windowBuckets = 600                        // the buckets that a window's length is cut into
	overlong      = 100 * 365 * 24 * time.Hour // the longest duration taken from outside: no sum overflows
	never         = time.Duration(math.MaxInt64)
)

// window knows which requests count in a budget of so many per minute or hour.
//
// A request counts from its departure until one length after it came back.
// When it arrived at the server in between does not matter then: whatever the
// network does, the server sees no more than the limit in any one length.
//
// Those under way are counted outside, by keyBudget: they are the same for both
// windows.
type window struct {
	limit   int // 0: no such budget
	length  time.Duration
	buckets []bucket // requests that came back, in the order in which they stop counting
	head    int      // the first bucket that still counts
	gone    int      // upTo of the bucket before head
}

// bucket is requests that stop counting together. upTo, the number of requests
// in it and in all buckets before it, makes room for a binary search.
type bucket struct {
	until time.Duration
	upTo  int
}

// counted returns how many requests that came back still count.
func (w *window) counted(now time.Duration) int {
	for w.head < len(w.buckets) && w.buckets[w.head].until <= now {
		w.gone = w.buckets[w.head].upTo
		w.head++
	}
	if w.head == len(w.buckets) {
		return 0
	}
	return w.buckets[len(w.buckets)-1].upTo - w.gone
}

// add lets a request that came back count until then.
func (w *window) add(now, until time.Duration) {
	if w.limit == 0 || until <= now {
		return
	}
	w.counted(now) // drops what has gone, so that what comes has room
	i := len(w.buckets)
	for i > w.head && w.buckets[i-1].until > until {
		i-- // only past requests that got no response, and for Record
	}
	switch {
	case i > w.head && w.mergeable(now, w.buckets[i-1].until, until):
		i--
		w.buckets[i].until = until
	case i < len(w.buckets) && w.mergeable(now, w.buckets[i].until, until):
	default:
		i = w.insert(i, until)
	}
	for ; i < len(w.buckets); i++ {
		w.buckets[i].upTo++
	}
}

// mergeable reports whether two requests may share a bucket, which counts until
// the later of the two moments. What got no response may count longer than one
// length; it must not keep a request with it that came back in good order:
// waiting for such a one never takes more than one length.
func (w *window) mergeable(now, a, b time.Duration) bool {
	granule := w.length / windowBuckets
	return a/granule == b/granule && (a > now+w.length) == (b > now+w.length)
}

// insert puts an empty bucket at index i and returns its index. Where half of
// the slice has gone, the rest moves down and nothing is allocated.
func (w *window) insert(i int, until time.Duration) int {
	if len(w.buckets) == cap(w.buckets) && w.head >= len(w.buckets)/2 {
		n := copy(w.buckets, w.buckets[w.head:])
		w.buckets, i, w.head = w.buckets[:n], i-w.head, 0
	}
	upTo := w.gone
	if i > w.head {
		upTo = w.buckets[i-1].upTo
	}
	w.buckets = slices.Insert(w.buckets, i, bucket{until, upTo})
	return i
}

// free returns the moment from which the nth request from now on may go, n
// being at most the limit, if none of those before it has come back by then.
// Where the requests under way are what blocks it, it is the earliest possible.
func (w *window) free(now time.Duration, underWay, n int) time.Duration {
	if w.limit == 0 {
		return now
	}
	counted := w.counted(now)
	must := counted + underWay + n - w.limit // so many must have stopped counting
	if must <= 0 {
		return now
	}
	if must <= counted {
		if at := w.stopped(must); at <= now+w.length {
			return at
		}
	}
	// Those under way come back now at the earliest, which is before those that
	// count longer than one length have stopped.
	return max(now+w.length, w.stopped(must-underWay))
}

// stopped returns when so many of the counted requests have stopped counting.
func (w *window) stopped(n int) time.Duration {
	if n <= 0 {
		return 0
	}
	live := w.buckets[w.head:]
	return live[sort.Search(len(live), func(i int) bool { return live[i].upTo >= w.gone+n })].until
}

// sameReset is how far apart the resets may be that two machines of the server
// tell of the same hour.
const sameReset = 2 * time.Second

// serverHour is what the server has said of its current hour. It counts on its
// own clock and may know of other users of the key.
type serverHour struct {
	reset     time.Time     // names the hour
	until     time.Duration // when it ends
	remaining int           // the smallest number seen in it
}

// learn takes in what a response says, or that it says nothing.
func (s *serverHour) learn(now time.Duration, r RateLimitStatus) {
	switch usable := r.Remaining >= 0 && !r.Reset.IsZero() && r.ResetAfter > 0 && r.ResetAfter <= time.Hour; {
	case !usable:
		s.remaining-- // the server may have counted the request
	case now >= s.until || r.Reset.Sub(s.reset) > sameReset:
		*s = serverHour{reset: r.Reset, until: now + r.ResetAfter, remaining: r.Remaining}
	case s.reset.Sub(r.Reset) <= sameReset:
		s.remaining = min(s.remaining, r.Remaining)
		s.until = min(s.until, now+r.ResetAfter) // the response that was shorter under way knows it better
	}
}

// free returns the moment from which the nth request from now on may go, as far
// as that is known: a place that those under way may yet leave is not lost.
func (s *serverHour) free(now time.Duration, n int) time.Duration {
	if now < s.until && s.remaining < n {
		return s.until
	}
	return now
}

// has reports whether one more request may go beside those under way, which are
// in no Remaining yet, as far as anybody knows.
func (s *serverHour) has(now time.Duration, underWay int) bool {
	return now >= s.until || s.remaining > underWay
}

// keyBudget is all that decides when the next requests of one key may go. The
// limiter's lock guards it.
type keyBudget struct {
	limits       Limits
	minute, hour window
	underWay     int // requests that hold a permit, and with it a slot
	server       serverHour
	pausedUntil  time.Duration
	pace         *rate.Limiter // spreads requests evenly; nil before the first 429
	pacedUntil   time.Duration
	queue        waitQueue
	reviewAt     time.Duration // when the queue is looked through again
}

func newKeyBudget(l Limits) *keyBudget {
	return &keyBudget{
		limits: l,
		minute: window{limit: l.PerMinute, length: time.Minute},
		hour:   window{limit: l.PerHour, length: time.Hour},
	}
}

// hasSlot reports whether one more request may be under way.
func (k *keyBudget) hasSlot() bool {
	return k.limits.Concurrent == 0 || k.underWay < k.limits.Concurrent
}

// earliest returns the moment from which the nth request from now on may go, as
// far as that is known: never too late, and now if nothing is known to hold it
// back. Slots are not part of it, nobody knows when one will be free.
func (k *keyBudget) earliest(now time.Duration, n int) time.Duration {
	// A request cannot go sooner than one length after the one that is a whole
	// budget ahead of it. So whole budgets become whole hours and minutes, and
	// what the windows hold matters for the rest alone.
	hours, n := wholeBudgets(n, k.hour.limit)
	minutes, first := wholeBudgets(n, k.minute.limit)
	at := max(
		k.pausedUntil,
		k.paced(now, first),
		k.server.free(now, first),
		k.hour.free(now, k.underWay, first),
		k.minute.free(now, k.underWay, first),
	) + time.Duration(minutes)*time.Minute
	if minutes > 0 {
		at = max(at, k.server.free(now, n), k.hour.free(now, k.underWay, n))
	}
	return at + time.Duration(hours)*time.Hour
}

// wholeBudgets returns how many whole budgets are ahead of the nth request, and
// its place after those.
func wholeBudgets(n, limit int) (whole, place int) {
	if limit == 0 {
		return 0, n
	}
	return (n - 1) / limit, (n-1)%limit + 1
}

// paced returns when the nth request from now on may go while requests are
// spread evenly.
func (k *keyBudget) paced(now time.Duration, n int) time.Duration {
	if now >= k.pacedUntil {
		return now
	}
	from := max(now, k.pausedUntil)
	tokens := float64(n) - k.pace.TokensAt(rateTime(from))
	if tokens <= 0 {
		return from
	}
	// Rounded down, as the rate limiter does when it is asked for the token.
	return min(k.pacedUntil, from+time.Duration(tokens/float64(k.pace.Limit())*float64(time.Second)))
}

// rateTime is a moment for package rate, which looks at differences alone.
func rateTime(moment time.Duration) time.Time {
	return time.Unix(0, 0).Add(moment)
}

// take lets one request go.
func (k *keyBudget) take(now time.Duration) {
	k.underWay++
	if now < k.pacedUntil {
		k.pace.AllowN(rateTime(now), 1)
	}
}

// giveBack ends a request that was let go. One without a response counts longer:
// so late it may arrive at the server.
func (k *keyBudget) giveBack(now time.Duration, o PermitOutcome, longer time.Duration) {
	k.underWay--
	if o.Unsent {
		return
	}
	came := now
	if o.StatusCode == 0 {
		came += longer
	}
	k.count(now, came)
	if k.limits != (Limits{}) {
		had := k.server.free(now, 1) <= now
		k.server.learn(now, o.RateLimit)
		if had && k.server.free(now, 1) > now {
			k.reviewAt = 0
		}
	}
	if o.StatusCode == http.StatusTooManyRequests {
		k.pause(now + min(max(o.RetryAfter, 0), overlong))
	}
}

// count lets a request that came back count in the windows.
func (k *keyBudget) count(now, came time.Duration) {
	k.minute.add(now, came+k.minute.length)
	k.hour.add(now, came+k.hour.length)
}

// pause holds everything back until then. The budget was kept, so a 429 means
// that somebody else uses the key: all that was held back must not go in one
// burst, so requests go out evenly for a minute after the pause.
func (k *keyBudget) pause(until time.Duration) {
	k.pausedUntil = max(k.pausedUntil, until)
	k.reviewAt = 0
	if k.limits.PerMinute == 0 {
		return
	}
	if k.pace == nil {
		k.pace = rate.NewLimiter(rate.Limit(float64(k.limits.PerMinute)/time.Minute.Seconds()), 1)
	}
	k.pacedUntil = k.pausedUntil + time.Minute
}

// forgettable reports whether a new budget for the key would do the same. That
// is so an hour after its last response, when the hour's window is empty again.
func (k *keyBudget) forgettable(now time.Duration) bool {
	return k.underWay == 0 && k.queue.len == 0 && k.hour.counted(now)+k.minute.counted(now) == 0 &&
		now >= max(k.pausedUntil, k.pacedUntil, k.server.until)
}
