package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/selgora/selgora-go/mockserver"
)

// settings is what flags and variables say.
type settings struct {
	addr           string
	seedFile       string
	empty          bool
	randomSeed     uint64
	clock          time.Time
	limits         limits
	keys           keys
	strict         bool
	documentedOnly bool
	noMagic        bool
	openControl    bool
	externalHooks  bool
	journal        int
	json           bool
	logRequests    bool
	logLevel       slog.Level
	version        bool
}

// envPrefix begins the variables that stand in for flags: -log-requests is
// SELGORA_MOCK_LOG_REQUESTS.
const envPrefix = "SELGORA_MOCK_"

func (s *settings) flags() *flag.FlagSet {
	f := flag.NewFlagSet("selgora-mock", flag.ContinueOnError)
	f.SetOutput(io.Discard) // run writes errors and help itself
	f.StringVar(&s.addr, "addr", "127.0.0.1:8484", "the `address` to listen on; port 0 is a free one")
	f.StringVar(&s.seedFile, "seed", "", "fill the account from a `file`, as GET /_mock/export writes it, in place of the sandbox data")
	f.BoolVar(&s.empty, "empty", false, "begin with an empty account")
	f.Uint64Var(&s.randomSeed, "random-seed", 0, "the `number` that determines ids, sandbox data and the luck of faults")
	f.TextVar(&s.clock, "clock", time.Time{}, "the `time` at which the clock begins, such as 2026-03-01T12:00:00Z; by default the real one")
	s.limits = limits(mockserver.DefaultRateLimits)
	f.Var(&s.limits, "limits", "the rate limits of each key as `hour/minute/concurrent`, 0 for none; off for no limits at all")
	f.Var(&s.keys, "key", "an API `key`, or key=permission,permission; can be repeated. Keys that begin with test_key_ are good without it")
	f.BoolVar(&s.strict, "strict", false, "answer unknown query parameters and body fields with 422, and log the name that was probably meant")
	f.BoolVar(&s.documentedOnly, "documented-only", false, "answer operations that the provider's guides do not show with 404")
	f.BoolVar(&s.noMagic, "no-magic", false, "take addresses such as fail+503@example.com for ordinary ones")
	f.BoolVar(&s.openControl, "open-control", false, "let clients on other machines use the control API")
	f.BoolVar(&s.externalHooks, "external-webhooks", false, "deliver webhooks to other machines too")
	f.IntVar(&s.journal, "journal", 1000, "how many `requests` the journal keeps")
	f.BoolVar(&s.json, "json", false, "print the ready line as JSON: url, control_url, api_key")
	f.BoolVar(&s.logRequests, "log-requests", false, "log every request to standard error, as -log-level info does")
	f.TextVar(&s.logLevel, "log-level", slog.LevelError, "the `level` of what to log: info is every request, warn those that failed, error what strict mode finds")
	f.BoolVar(&s.version, "version", false, "print the version and exit")
	return f
}

// parse reads the variables and then the flags, which win.
func parse(args []string, getenv func(string) string) (*settings, error) {
	set := new(settings)
	f := set.flags()
	var problem error
	f.VisitAll(func(fl *flag.Flag) {
		name := variable(fl.Name)
		if name == "" {
			return
		}
		if value := getenv(name); value != "" && problem == nil {
			if err := f.Set(fl.Name, value); err != nil {
				problem = fmt.Errorf("%s: %w", name, err)
			}
		}
	})
	if problem != nil {
		return nil, problem
	}
	// A list in a variable is replaced by flags, not continued.
	set.keys.restart = true
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case f.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q: there are only flags", f.Arg(0))
	case set.empty && set.seedFile != "":
		return nil, fmt.Errorf("-empty and -seed exclude each other")
	case set.addr == "":
		return nil, fmt.Errorf("-addr is empty")
	}
	return set, nil
}

// variable is what stands in for a flag; "" if nothing does.
func variable(flag string) string {
	if flag == "version" {
		return "" // an image may well set such a variable for its own version
	}
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// options turns the settings into those of the server.
func (s *settings) options(log io.Writer) []mockserver.Option {
	level := s.logLevel
	if s.logRequests {
		level = min(level, slog.LevelInfo)
	}
	options := []mockserver.Option{
		mockserver.WithAddr(s.addr),
		mockserver.WithSeed(s.randomSeed),
		mockserver.WithClock(s.clock),
		mockserver.WithRateLimits(mockserver.RateLimits(s.limits)),
		mockserver.WithJournalSize(s.journal),
		mockserver.WithLogger(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level}))),
	}
	switch {
	case s.seedFile != "":
		options = append(options, mockserver.WithSeedFile(s.seedFile))
	case !s.empty:
		options = append(options, mockserver.WithSandboxData())
	}
	for _, k := range s.keys.list {
		options = append(options, mockserver.WithAPIKey(k.key, k.permissions...))
	}
	for _, mode := range []struct {
		on     bool
		option mockserver.Option
	}{
		{s.strict, mockserver.WithStrict()},
		{s.documentedOnly, mockserver.WithDocumentedOnly()},
		{!s.noMagic, mockserver.WithMagicValues()},
		{s.openControl, mockserver.WithOpenControl()},
		{s.externalHooks, mockserver.AllowExternalWebhooks()},
	} {
		if mode.on {
			options = append(options, mode.option)
		}
	}
	return options
}

// limits is a flag such as 1000/100/10.
type limits mockserver.RateLimits

func (l *limits) String() string {
	return fmt.Sprintf("%d/%d/%d", l.PerHour, l.PerMinute, l.Concurrent)
}

func (l *limits) Set(text string) error {
	if text == "off" {
		*l = limits{}
		return nil
	}
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return fmt.Errorf("give hour/minute/concurrent, such as 1000/100/10, or off")
	}
	var numbers [3]int
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a number of requests", part)
		}
		numbers[i] = n
	}
	*l = limits{PerHour: numbers[0], PerMinute: numbers[1], Concurrent: numbers[2]}
	return nil
}

// keys is a flag that can be repeated; its variable separates keys by blanks.
type keys struct {
	list    []key
	restart bool // the next one begins a new list
}

type key struct {
	key         string
	permissions []string
}

// String shows no keys: the flag package prints values in errors and help.
func (k *keys) String() string { return "" }

func (k *keys) Set(text string) error {
	if k.restart {
		k.list, k.restart = nil, false
	}
	for part := range strings.FieldsSeq(text) {
		name, permissions, limited := strings.Cut(part, "=")
		one := key{key: name}
		if limited {
			one.permissions = strings.Split(permissions, ",")
		}
		k.list = append(k.list, one)
	}
	return nil
}
