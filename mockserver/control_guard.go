package mockserver

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// guard keeps the control API to this machine, unless [WithOpenControl] opens
// it. The names in Host and Origin count too: a web page that a browser on
// this machine shows is not from here, even if its name leads here.
func (s *Server) guard(c *call) *reply {
	if s.cfg.openControl || c.inProcess {
		return nil
	}
	if !isLoopback(c.request.RemoteAddr) {
		return errorf(http.StatusForbidden, "the control API is for clients on the server's machine only; -open-control opens it")
	}
	if !localName(c.request.Host) {
		return errorf(http.StatusForbidden, "the control API is not served under the name %q: use 127.0.0.1 or localhost", c.request.Host)
	}
	for _, origin := range c.request.Header.Values("Origin") {
		if u, err := url.Parse(origin); err != nil || !localName(u.Host) {
			return errorf(http.StatusForbidden, "the control API is not for web pages of %q", origin)
		}
	}
	return nil
}

// isLoopback tells whether an address is on this machine.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// localName tells whether a host, with or without a port, is written as one of
// this machine.
func localName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
