package wire

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// windowModel is a window as a plain list: when each request stops counting.
type windowModel struct {
	limit  int
	length time.Duration
	until  []time.Duration
}

func (m *windowModel) free(now time.Duration, underWay, n int) time.Duration {
	until := append([]time.Duration(nil), m.until...)
	for range underWay {
		until = append(until, now+m.length) // they come back now at the earliest
	}
	until = slices.DeleteFunc(until, func(u time.Duration) bool { return u <= now })
	slices.Sort(until)
	if must := len(until) + n - m.limit; must > 0 {
		return until[must-1]
	}
	return now
}

func TestWindowAgainstModel(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		length := []time.Duration{time.Minute, time.Hour}[seed%2]
		granule := length / windowBuckets
		longer := []time.Duration{0, 50 * time.Millisecond, 3 * time.Second, 30 * time.Second, 5 * time.Minute}[r.IntN(5)]
		limit := []int{1, 3, 100, 2000}[r.IntN(4)]
		w, m := window{limit: limit, length: length}, windowModel{limit: limit, length: length}
		now := time.Duration(r.Int64N(int64(length)))
		for range 1500 {
			now += time.Duration(r.ExpFloat64() * float64(length) / float64(min(limit, 300)))
			m.until = slices.DeleteFunc(m.until, func(u time.Duration) bool { return u <= now })
			for range 1 + r.IntN(3) {
				until := now + length
				switch r.IntN(10) {
				case 0, 1:
					until += longer
				case 2:
					until -= time.Duration(r.Int64N(int64(length) * 5 / 4))
				}
				if len(m.until) < limit && until > now {
					m.until = append(m.until, until)
					w.add(now, until)
				}
			}
			underWay := r.IntN(min(limit-len(m.until), 12) + 1)
			n := 1 + r.IntN(limit)
			got, want := w.free(now, underWay, n), m.free(now, underWay, n)
			if got < want || got > want+granule {
				t.Fatalf("seed %d: the request %d may go in %v, want %v", seed, n, got-now, want-now)
			}
			if longer == 0 && got > now+length {
				t.Fatalf("seed %d: waiting for requests that came back takes %v", seed, got-now)
			}
			if counted := w.counted(now); counted < len(m.until) {
				t.Fatalf("seed %d: %d count, want at least %d", seed, counted, len(m.until))
			}
			if most := 2*int((length+longer)/granule) + 4; len(w.buckets)-w.head > most || cap(w.buckets) > 4*most {
				t.Fatalf("seed %d: %d buckets, room for %d", seed, len(w.buckets)-w.head, cap(w.buckets))
			}
		}
	}
}

// A request that came back never waits for one that did not, not even in the
// same bucket.
func TestWindowKeepsLateOnesApart(t *testing.T) {
	w := window{limit: 2, length: time.Minute}
	w.add(0, time.Minute)
	w.add(0, time.Minute+50*time.Millisecond)
	if got := w.free(0, 0, 1); got != time.Minute {
		t.Errorf("the first may go after %v", got)
	}
	if got := w.free(0, 0, 2); got != time.Minute+50*time.Millisecond {
		t.Errorf("the second may go after %v", got)
	}
}

func TestWindowMergesIntoTheLatest(t *testing.T) {
	ms := time.Millisecond
	w, last := window{limit: 100, length: time.Minute}, time.Duration(0)
	for _, at := range []time.Duration{0, 40 * ms, 99 * ms, 100 * ms, 350 * ms, 320 * ms} {
		w.add(max(at, last), at+time.Minute)
		last = max(at, last)
	}
	want := []bucket{{time.Minute + 99*ms, 3}, {time.Minute + 100*ms, 4}, {time.Minute + 350*ms, 6}}
	if diff := cmp.Diff(want, w.buckets, cmp.AllowUnexported(bucket{})); diff != "" {
		t.Error(diff)
	}
}

// While a limit is used steadily, buckets come and go and nothing is allocated.
func TestWindowAllocatesNothing(t *testing.T) {
	w := window{limit: 1 << 30, length: time.Minute}
	now := time.Duration(0)
	step := func() {
		now += 70 * time.Millisecond
		w.add(now, now+w.length)
	}
	for range 3000 {
		step()
	}
	if n := testing.AllocsPerRun(3000, step); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if live := len(w.buckets) - w.head; live > windowBuckets+1 || cap(w.buckets) > 4*windowBuckets {
		t.Errorf("%d buckets, room for %d", live, cap(w.buckets))
	}
}

func TestServerHour(t *testing.T) {
	reset := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	type step struct {
		at   time.Duration
		says RateLimitStatus
	}
	says := func(remaining int, shift, after time.Duration) RateLimitStatus {
		return RateLimitStatus{Limit: 1000, Remaining: remaining, Reset: reset.Add(shift), ResetAfter: after}
	}
	const mi = time.Minute
	for _, tt := range []struct {
		name  string
		steps []step
		want  serverHour
	}{
		{"the first", []step{{1, says(7, 0, mi)}}, serverHour{reset, 1 + mi, 7}},
		{"the whole hour", []step{{0, says(7, 0, time.Hour)}}, serverHour{reset, time.Hour, 7}},
		{"too far", []step{{0, says(7, 0, time.Hour+1)}}, serverHour{remaining: -1}},
		{"past", []step{{0, says(7, 0, 0)}}, serverHour{remaining: -1}},
		{"negative", []step{{0, says(-1, 0, mi)}}, serverHour{remaining: -1}},
		{"no reset", []step{{0, RateLimitStatus{Remaining: 7, ResetAfter: mi}}}, serverHour{remaining: -1}},
		{"none left", []step{{0, says(0, 0, mi)}}, serverHour{reset, mi, 0}},
		{"less", []step{{0, says(7, 0, mi)}, {1, says(3, 0, mi)}}, serverHour{reset, mi, 3}},
		{"more", []step{{0, says(3, 0, mi)}, {1, says(7, 0, mi)}}, serverHour{reset, mi, 3}},
		{"ends sooner", []step{{0, says(3, 0, mi)}, {mi / 2, says(3, 0, mi/4)}}, serverHour{reset, mi * 3 / 4, 3}},
		{"silent", []step{{0, says(3, 0, mi)}, {1, RateLimitStatus{}}}, serverHour{reset, mi, 2}},
		{"older", []step{{0, says(3, 0, mi)}, {1, says(1, -3*time.Second, mi)}}, serverHour{reset, mi, 3}},
		{"later", []step{{0, says(3, 0, mi)}, {1, says(9, 3*time.Second, mi)}}, serverHour{reset.Add(3 * time.Second), 1 + mi, 9}},
		{"another machine", []step{{0, says(3, 0, mi)}, {1, says(2, -time.Second, mi)}, {2, says(9, time.Second, mi)}}, serverHour{reset, mi, 2}},
		{"it ended", []step{{0, says(3, 0, mi)}, {mi, says(9, 0, mi)}}, serverHour{reset, 2 * mi, 9}},
		{"it had not", []step{{0, says(3, 0, mi)}, {mi - 1, says(9, 0, mi)}}, serverHour{reset, mi, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s serverHour
			for _, step := range tt.steps {
				s.learn(step.at, step.says)
			}
			if diff := cmp.Diff(tt.want, s, cmp.AllowUnexported(serverHour{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestServerHourFree(t *testing.T) {
	s := serverHour{until: time.Minute, remaining: 3}
	for _, tt := range []struct {
		now         time.Duration
		underWay, n int
		want        time.Duration
		has         bool
	}{
		{1, 0, 3, 1, true},
		{1, 0, 4, time.Minute, true},
		{1, 2, 1, 1, true},
		{1, 3, 1, 1, false}, // until one of the three is back, and leaves a place
		{1, 2, 4, time.Minute, true},
		{time.Minute, 9, 9, time.Minute, true},
	} {
		if got, has := s.free(tt.now, tt.n), s.has(tt.now, tt.underWay); got != tt.want || has != tt.has {
			t.Errorf("at %v, with %d under way, the request %d may go at %v (one more: %v), want %v (%v)", tt.now, tt.underWay, tt.n, got, has, tt.want, tt.has)
		}
	}
}

// What is known of a wait deep in the queue adds up over all budgets.
func TestEarliestDeepInTheQueue(t *testing.T) {
	const sec = time.Second
	for _, tt := range []struct {
		name string
		set  func(*keyBudget)
		n    int
		want time.Duration
	}{
		{"at once", func(k *keyBudget) {}, 10, 0},
		{"the next minute", func(k *keyBudget) {}, 11, 60 * sec},
		{"the third minute", func(k *keyBudget) {}, 30, 120 * sec},
		{"the hour is used up", func(k *keyBudget) {}, 41, time.Hour},
		{"the hour and a minute", func(k *keyBudget) {}, 51, time.Hour + 60*sec},
		{"two hours", func(k *keyBudget) {}, 81, 2 * time.Hour},
		{"minutes after a pause", func(k *keyBudget) { k.pausedUntil = 45 * sec }, 11, 105 * sec},
		{"minutes after the server's hour", func(k *keyBudget) { k.server = serverHour{until: 600 * sec, remaining: 2} }, 13, 660 * sec},
		{"the server's hour within the minutes", func(k *keyBudget) { k.server = serverHour{until: 600 * sec, remaining: 12} }, 13, 600 * sec},
		{"the own hour within the minutes", func(k *keyBudget) {
			for range 28 {
				k.hour.add(0, 600*sec)
			}
		}, 13, 600 * sec},
		{"under way", func(k *keyBudget) { k.underWay = 4 }, 7, 60 * sec},
		{"not blocked by those under way", func(k *keyBudget) { k.underWay = 4 }, 6, 0},
		{"minutes paced", func(k *keyBudget) { k.pause(0) }, 14, 78 * sec},
		{"paced", func(k *keyBudget) { k.pause(0) }, 10, 54 * sec},
		{"paced after a pause", func(k *keyBudget) { k.pause(5 * sec) }, 10, 59 * sec},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKeyBudget(Limits{PerHour: 40, PerMinute: 10, Concurrent: 4})
			tt.set(k)
			if got := k.earliest(0, tt.n); got != tt.want {
				t.Errorf("the request %d may go after %v, want %v", tt.n, got, tt.want)
			}
		})
	}
}

func BenchmarkWindowAdd(b *testing.B) {
	for _, every := range []time.Duration{time.Millisecond, 100 * time.Millisecond} {
		b.Run(fmt.Sprint(every), func(b *testing.B) {
			b.ReportAllocs()
			w, now := window{limit: 1 << 30, length: time.Minute}, time.Duration(0)
			for b.Loop() {
				now += every
				w.add(now, now+w.length)
			}
		})
	}
}
