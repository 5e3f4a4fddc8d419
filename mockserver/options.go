package mockserver

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Option changes how a server is set up; see [New] and [Start].
type Option func(*config)

// config is what the options say.
type config struct {
	sandbox        bool
	limits         RateLimits
	start          time.Time
	strict         bool
	documentedOnly bool
	keys           []keyConfig
	seed           uint64
	seedFile       string
	webhooks       webhookConfig
	journalSize    int
	magic          bool
	addr           string
	openControl    bool
	logger         *slog.Logger

	problems []error
}

type keyConfig struct {
	key         string
	permissions []string
}

func (c *config) refuse(format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("mockserver: "+format, args...))
}

func newConfig(strict bool, opts []Option) (config, error) {
	c := config{strict: strict, journalSize: defaultJournalSize, webhooks: webhookConfig{log: defaultDeliveryLog}}
	for _, o := range opts {
		if o != nil {
			o(&c)
		}
	}
	return c, errors.Join(c.problems...)
}

// WithSandboxData fills the account with the data of the provider's sandbox
// (100 courses, 1000 contacts, enrollments in various states, sample webhook
// events), documented in the API guide. Without it the account is empty.
func WithSandboxData() Option {
	return func(c *config) { c.sandbox = true }
}

// WithRateLimits sets limits for each API key; [DefaultRateLimits] are the
// documented ones. Without it there are none.
func WithRateLimits(limits RateLimits) Option {
	return func(c *config) {
		if err := limits.validate(); err != nil {
			c.refuse("WithRateLimits: %w", err)
			return
		}
		c.limits = limits
	}
}

// WithClock makes the server's clock start at t and run on from there, with
// real time and with [Server.Advance]. The zero time, and the default, is the
// real time.
func WithClock(t time.Time) Option {
	return func(c *config) { c.start = t }
}

// WithStrict makes unknown routes, query parameters and body fields failures:
// they are answered 404 or 422 and reported, to the test of [New] and by
// [Server.Close]. It is the default of New, and not that of [Start].
func WithStrict() Option {
	return func(c *config) { c.strict = true }
}

// WithLenient ignores unknown query parameters and body fields, and answers
// unknown routes without reporting them. It is the default of [Start].
func WithLenient() Option {
	return func(c *config) { c.strict = false }
}

// WithDocumentedOnly hides the operations that none of the provider's guides
// shows: they answer 404. What works then needs nothing but what the provider
// documents.
func WithDocumentedOnly() Option {
	return func(c *config) { c.documentedOnly = true }
}

// WithAPIKey adds an API key that has the permissions, such as
// "courses:read", or all of them without any. [Server.APIKey] returns the
// first key that was added. Every key that begins with "test_key_" and was not
// added keeps all permissions, as in the provider's sandbox.
func WithAPIKey(key string, permissions ...string) Option {
	return func(c *config) { c.keys = append(c.keys, keyConfig{key, permissions}) }
}

// WithSeed determines everything that looks random: ids, sandbox data, the
// luck of faults. The same seed, clock and requests give the same bytes. The
// default is 0.
func WithSeed(seed uint64) Option {
	return func(c *config) { c.seed = seed }
}

// WithJournalSize sets how many requests the journal keeps, 10 000 by default.
// Zero keeps none.
func WithJournalSize(requests int) Option {
	return func(c *config) {
		if requests < 0 {
			c.refuse("WithJournalSize(%d): it cannot be negative", requests)
			return
		}
		c.journalSize = requests
	}
}

// WithMagicValues lets clients ask for failures by the e-mail addresses that
// they send, such as fail+503@example.com; the documentation of the
// selgora-mock command lists them. It is the default of that command, not of
// this package: tests have [Server.Inject].
func WithMagicValues() Option {
	return func(c *config) { c.magic = true }
}

// WithAddr makes the server listen on a TCP address, such as
// "127.0.0.1:8484", from its start, instead of on a free loopback port when
// [Server.URL] is first called. That the address is taken is an error of
// [Start].
func WithAddr(addr string) Option {
	return func(c *config) { c.addr = addr }
}

// WithOpenControl lets clients on other machines use the control API too,
// which otherwise only those on this machine may.
func WithOpenControl() Option {
	return func(c *config) { c.openControl = true }
}

// WithLogger logs every request with its outcome, without keys and bodies: at
// level warn if it got a fault, a status from 500 or no answer, else at info.
// What strict mode and others find wrong is logged at level error. Nil, and
// the default, logs nothing.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) { c.logger = logger }
}
