package delivery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// CheckURL returns why nothing can be sent to a URL at all, or, unless
// external addresses are allowed, because it is not literally one of this
// machine: an IP address of the loopback range, or localhost. No name is
// looked up to find out; what merely may lead to this machine is refused.
func CheckURL(raw string, external bool) error {
	u, err := url.Parse(raw)
	if err != nil {
		return errors.New("the URL cannot be parsed") // the error would repeat it, with any password in it
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("the URL has the scheme %q, not http or https", u.Scheme)
	}
	if u.Hostname() == "" {
		return errors.New("the URL names no host")
	}
	if !external && !isLoopback(u.Hostname()) {
		return fmt.Errorf("%q is not a loopback address, and sending to others is not allowed", u.Hostname())
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	// ParseAddr takes neither short nor decimal, octal or hexadecimal forms,
	// which a system's resolver might.
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}

// dialer connects to the host of a request, once more only to loopback unless
// external addresses are allowed: whatever leads here, this is the last door.
type dialer struct {
	net.Dialer
	external bool
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(host, "localhost") {
		// Not even this name is looked up.
		conn, err := d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			if conn, err6 := d.DialContext(ctx, network, net.JoinHostPort("::1", port)); err6 == nil {
				return conn, nil
			}
		}
		return conn, err
	}
	if !d.external && !isLoopback(host) {
		return nil, fmt.Errorf("%q is not a loopback address", host)
	}
	return d.DialContext(ctx, network, address)
}
