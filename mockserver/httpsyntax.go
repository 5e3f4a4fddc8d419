package mockserver

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// checkRequest refuses what net/http's own transport refuses to send.
func checkRequest(r *http.Request) error {
	switch {
	case r.URL == nil:
		return errors.New("http: nil Request.URL")
	case r.Header == nil:
		return errors.New("http: nil Request.Header")
	case r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return fmt.Errorf("unsupported protocol scheme %q", r.URL.Scheme)
	case r.URL.Host == "":
		return errors.New("http: no Host in request URL")
	case r.Method != "" && !validHeaderName(r.Method): // both are tokens
		return fmt.Errorf("net/http: invalid method %q", r.Method)
	}
	for name, values := range r.Header {
		if !validHeaderName(name) {
			return fmt.Errorf("net/http: invalid header field name %q", name)
		}
		for _, value := range values {
			if !validHeaderValue(value) {
				// The value may be a secret.
				return fmt.Errorf("net/http: invalid header field value for %q", name)
			}
		}
	}
	return nil
}

// validHeaderName tells whether name is a token.
func validHeaderName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return name != ""
}

// validHeaderValue tells whether value has no control characters.
func validHeaderValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
