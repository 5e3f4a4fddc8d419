package selgora

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Environment is one of the provider's hosts. The zero value stands for the
// choice by key: [Sandbox] for a key that starts with test_key_, otherwise
// [Production].
type Environment string

// The environments of the API guide.
const (
	Production Environment = "production" // https://api.selgora.com/v1
	Staging    Environment = "staging"    // https://staging-api.selgora.com/v1
	Sandbox    Environment = "sandbox"    // https://sandbox-api.selgora.com/v1
)

const testKeyPrefix = "test_key_"

var environments = []struct {
	name    Environment
	baseURL string
}{
	{Production, "https://api.selgora.com/v1"},
	{Staging, "https://staging-api.selgora.com/v1"},
	{Sandbox, "https://sandbox-api.selgora.com/v1"},
}

// BaseURL returns the address of the environment's API, without a trailing
// slash, or "" for an unknown environment.
func (e Environment) BaseURL() string {
	for _, env := range environments {
		if env.name == e {
			return env.baseURL
		}
	}
	return ""
}

func defaultEnvironment(key string) Environment {
	if strings.HasPrefix(key, testKeyPrefix) {
		return Sandbox
	}
	return Production
}

// resolveBaseURL settles which address the client talks to.
func resolveBaseURL(key, baseURL string, env Environment, insecure bool) (*url.URL, error) {
	switch {
	case baseURL != "" && env != "":
		return nil, errors.New("selgora: base URL and environment are both given; give one of them")
	case baseURL != "":
		return parseBaseURL(baseURL, insecure)
	case env == "":
		env = defaultEnvironment(key)
	}
	known := env.BaseURL()
	if known == "" {
		return nil, fmt.Errorf("selgora: environment %q is unknown; it is %q, %q or %q", string(env), Production, Staging, Sandbox)
	}
	return url.Parse(known)
}

func parseBaseURL(raw string, insecure bool) (*url.URL, error) {
	bad := func(problem string) error { return errors.New("selgora: base URL " + problem) }
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's error repeats its input, which may hold a password.
		return nil, bad("is not a URL")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, bad("must start with https:// (or http:// on loopback)")
	case u.Hostname() == "":
		return nil, bad("has no host")
	case u.User != nil:
		return nil, bad("must not hold a user name or password")
	case !validPort(u.Port()):
		return nil, bad("has port " + u.Port() + ", which is not between 1 and 65535")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, bad("must not have a query or fragment")
	case u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()):
		return nil, bad("is plain http to a host that is not loopback, which would show the key to the network; use https, or WithInsecureHTTP to insist")
	}
	for segment := range strings.SplitSeq(u.Path, "/") { // as decoded, which is how a server would take it
		if segment == "." || segment == ".." {
			return nil, bad(`has "` + segment + `" for a segment of its path, which servers and proxies resolve to another path; write the path out`)
		}
	}
	// Not u.Path, where an escaped slash at the end looks like a plain one.
	escaped := strings.TrimRight(u.EscapedPath(), "/")
	if u.RawPath != "" {
		u.RawPath = escaped
	}
	u.Path, _ = url.PathUnescape(escaped) // no error: it was escaped just now
	return u, nil
}

// validPort takes "", which leaves the port to the scheme.
func validPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// checkKey refuses what cannot be a key in a header, and a key of another
// environment than the known one it would be sent to; at is "" for a host that
// is not the provider's.
func checkKey(key string, at Environment) error {
	if key == "" {
		return errors.New("selgora: the API key is empty")
	}
	for i := range len(key) {
		if c := key[i]; c <= ' ' || c >= 0x7f {
			return errors.New("selgora: the API key has a blank, a control character or a character outside ASCII in it; was it copied with a line break?")
		}
	}
	isTest := strings.HasPrefix(key, testKeyPrefix)
	isLive := strings.HasPrefix(key, "sk_live_") || strings.HasPrefix(key, "pk_live_")
	switch {
	case isTest && (at == Production || at == Staging):
		return fmt.Errorf("selgora: a %s… key belongs to the sandbox, not to %s", testKeyPrefix, at)
	case isLive && at == Sandbox:
		return fmt.Errorf("selgora: a live key must not be sent to the sandbox; use a %s… key", testKeyPrefix)
	}
	return nil
}

// hostEnvironment returns the environment whose host base has, or "".
func hostEnvironment(base *url.URL) Environment {
	host := strings.TrimSuffix(base.Hostname(), ".")
	for _, env := range environments {
		if known, err := url.Parse(env.baseURL); err == nil && strings.EqualFold(known.Host, host) {
			return env.name
		}
	}
	return ""
}
