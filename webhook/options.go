package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

const (
	// DefaultHandlerTimeout is how long a request may take before it is
	// answered with a 503. The provider waits 5 seconds (webhook guide).
	DefaultHandlerTimeout = 4500 * time.Millisecond
	// DefaultAsyncTimeout is how long one attempt may take under [Async].
	DefaultAsyncTimeout = time.Minute
	// DefaultDedupWindow is how long a done event is remembered. The
	// provider's last retry comes 34 h 35 min after the first attempt.
	DefaultDedupWindow = 72 * time.Hour
	// MinDedupWindow is how long the provider retries: 5 min + 30 min + 2 h +
	// 8 h + 24 h (webhook guide). The attempts themselves take some seconds
	// more, so a window should be longer than this.
	MinDedupWindow = 34*time.Hour + 35*time.Minute
	// DefaultLease is how long a claim outlives a receiver that crashed. It
	// is renewed every third of that while the event is being handled.
	DefaultLease = 30 * time.Second

	maxMaxBody = 1 << 30
)

// An Option changes what [NewHandler] makes.
type Option func(*settings) error

type mode int

const (
	modeSync mode = iota
	modeAsync
	modeEnqueue
)

type settings struct {
	mode     mode
	modeSet  bool
	workers  int
	capacity int
	queue    Queue

	store       Store
	dedupSet    bool
	dedupOff    bool
	window      time.Duration
	shortWindow bool
	lease       time.Duration

	timeout         time.Duration
	maxBody         int64
	retryUnverified bool

	attempts  int
	firstWait time.Duration
	maxWait   time.Duration

	logger     *slog.Logger
	observers  []Observer
	onReject   []func(*http.Request, Rejection)
	deadLetter func(ctx context.Context, letter DeadLetter)
	asyncOnly  string // the last option given that needs Async
}

func (s *settings) setMode(m mode) error {
	if s.modeSet {
		return errors.New("webhook: more than one of Sync, Async and Enqueue")
	}
	s.mode, s.modeSet = m, true
	return nil
}

// Sync handles each event before it is answered; this is the default. An
// answer later than [HandlerTimeout] is a 503 and ends the handlers' context;
// the claim on the event is kept until they have really returned, so that a
// redelivery never runs beside them, and what they then return decides whether
// a redelivery runs at all.
func Sync() Option { return func(s *settings) error { return s.setMode(modeSync) } }

// Dedup remembers done events in a store of your own for the given window;
// [DefaultDedupWindow] if that is 0. A window shorter than [MinDedupWindow] is
// refused, since a late retry would be handled again, unless
// [AllowShortWindow] is given too. Without this option a [MemoryStore] is used.
func Dedup(store Store, window time.Duration) Option {
	return func(s *settings) error {
		if memory, ok := store.(*MemoryStore); store == nil || ok && memory == nil {
			return errors.New("webhook: Dedup: store is nil")
		}
		if window < 0 {
			return fmt.Errorf("webhook: Dedup: window is negative: %v", window)
		}
		if window == 0 {
			window = DefaultDedupWindow
		}
		s.store, s.window, s.dedupSet = store, window, true
		return nil
	}
}

// WithoutDedup handles every delivery, also of events that are done or being
// handled. Handlers must then recognize repetitions themselves.
func WithoutDedup() Option {
	return func(s *settings) error { s.dedupOff = true; return nil }
}

// AllowShortWindow lets [Dedup] have a window shorter than [MinDedupWindow].
func AllowShortWindow() Option {
	return func(s *settings) error { s.shortWindow = true; return nil }
}

// DedupLease changes how long a claim outlives a receiver that crashed, from
// [DefaultLease]. At least 1 s, and less than the five minutes after which the
// provider tries again.
func DedupLease(d time.Duration) Option {
	return func(s *settings) error {
		if d < time.Second || d >= 5*time.Minute {
			return fmt.Errorf("webhook: DedupLease must be at least 1s and under 5m, not %v", d)
		}
		s.lease = d
		return nil
	}
}

// HandlerTimeout changes how long an event may take: under [Sync] and
// [Enqueue] from the arrival of the request to its answer
// ([DefaultHandlerTimeout]), under [Async] each attempt ([DefaultAsyncTimeout]).
// Then the handlers' context ends with [ErrHandlerTimeout].
func HandlerTimeout(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return fmt.Errorf("webhook: HandlerTimeout must be positive, not %v", d)
		}
		s.timeout = d
		return nil
	}
}

// MaxBody changes how many bytes a body may have, from [DefaultMaxBody]; at
// most 1 GiB.
func MaxBody(bytes int64) Option {
	return func(s *settings) error {
		if bytes <= 0 || bytes > maxMaxBody {
			return fmt.Errorf("webhook: MaxBody must be from 1 to %d, not %d", maxMaxBody, bytes)
		}
		s.maxBody = bytes
		return nil
	}
}

// RetryUnverified answers a wrong signature with 503 instead of 401, so that
// the provider delivers the event again. Use it for the time of a rotation in
// which the new secret may be in use before this program knows it.
func RetryUnverified() Option {
	return func(s *settings) error { s.retryUnverified = true; return nil }
}

// OnReject calls fn for each request that gets an answer other than success,
// except a prober's, after the answer is written and before it is sent. The
// body of the request is used up. Given several times, all are called.
func OnReject(fn func(r *http.Request, rejection Rejection)) Option {
	return func(s *settings) error {
		if fn == nil {
			return errors.New("webhook: OnReject: function is nil")
		}
		s.onReject = append(s.onReject, fn)
		return nil
	}
}

// WithLogger changes where the handler logs, from [slog.Default]; nil turns
// logging off. Records never hold bodies, secrets or signatures.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) error { s.logger = logger; return nil }
}

// WithObserver adds an observer.
func WithObserver(o Observer) Option {
	return func(s *settings) error {
		if o == nil {
			return errors.New("webhook: WithObserver: observer is nil")
		}
		s.observers = append(s.observers, o)
		return nil
	}
}

// newSettings applies the options and then looks at the whole.
func newSettings(opts []Option) (settings, error) {
	s := settings{
		window:    DefaultDedupWindow,
		lease:     DefaultLease,
		maxBody:   DefaultMaxBody,
		attempts:  defaultAttempts,
		firstWait: defaultFirstWait,
		maxWait:   defaultMaxWait,
		logger:    slog.Default(),
	}
	var errs []error
	for i, opt := range opts {
		if opt == nil {
			errs = append(errs, fmt.Errorf("webhook: option %d is nil", i+1))
			continue
		}
		if err := opt(&s); err != nil {
			errs = append(errs, err)
		}
	}
	if s.dedupOff && s.dedupSet {
		errs = append(errs, errors.New("webhook: both Dedup and WithoutDedup"))
	}
	if s.window < MinDedupWindow && !s.shortWindow {
		errs = append(errs, fmt.Errorf("webhook: a dedup window of %v is shorter than the %v in which the provider retries; "+
			"make it longer, or add AllowShortWindow", s.window, MinDedupWindow))
	}
	if s.mode != modeAsync && s.asyncOnly != "" {
		errs = append(errs, fmt.Errorf("webhook: %s without Async", s.asyncOnly))
	}
	switch {
	case s.dedupOff:
		s.store = nil
	case s.store == nil:
		s.store = NewMemoryStore(DefaultMemoryEntries)
	}
	if s.timeout == 0 {
		s.timeout = DefaultHandlerTimeout
		if s.mode == modeAsync {
			s.timeout = DefaultAsyncTimeout
		}
	}
	return s, errors.Join(errs...)
}
