package wire

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// ParseBaseURL reads the address of the API. The problem is "" where it can be
// used. Plain http is taken for loopback alone, unless it is asked for.
func ParseBaseURL(raw string, insecure bool) (base *url.URL, problem string) {
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's error repeats its input, which may hold a password.
		return nil, "is not a URL"
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "must start with https:// (or http:// on loopback)"
	case u.Hostname() == "":
		return nil, "has no host"
	case !isASCII(u.Hostname()):
		// Transports map such names to others, which nothing here has checked.
		return nil, "has a host with characters outside ASCII; write the name in its ASCII form (xn--…)"
	case u.User != nil:
		return nil, "must not hold a user name or password"
	case !validPort(u.Port()):
		return nil, "has port " + u.Port() + ", which is not between 1 and 65535"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, "must not have a query or fragment"
	case u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()):
		return nil, "is plain http to a host that is not loopback, which would show the key to the network; use https, or WithInsecureHTTP to insist"
	}
	for segment := range strings.SplitSeq(u.Path, "/") { // as decoded, which is how a server would take it
		if segment == "." || segment == ".." {
			return nil, `has "` + segment + `" for a segment of its path, which servers and proxies resolve to another path; write the path out`
		}
	}
	// Not u.Path, where an escaped slash at the end looks like a plain one.
	escaped := strings.TrimRight(u.EscapedPath(), "/")
	if u.RawPath != "" {
		u.RawPath = escaped
	}
	u.Path, _ = url.PathUnescape(escaped) // no error: it was escaped just now
	return u, ""
}

// validPort takes "", which leaves the port to the scheme.
func validPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
