package wire

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// withoutSecrets returns err, or where its text or that of an error in it shows
// a key or a query, which may hold people's addresses, an error with another
// text, which matches what err matches and gives away nothing else.
func withoutSecrets(err error, sent sentQueries, redact func(string) string) error {
	for {
		u, ok := err.(*url.Error) // as http.Client puts around every error
		if !ok {
			break
		}
		err = u.Err
	}
	hide := func(s string) string { return redact(withoutQueries(s, err, sent)) }
	if shows(err, hide) {
		return &redactedError{text: hide(err.Error()), hidden: func() (func(string) string, error) { return hide, err }}
	}
	return err
}

// shows reports whether the text of an error, or of any that it wraps, has in
// it what hide replaces.
func shows(err error, hide func(string) string) bool {
	if text := err.Error(); hide(text) != text {
		return true
	}
	return slices.ContainsFunc(wrapped(err), func(inner error) bool { return shows(inner, hide) })
}

// wrapped returns the errors that an error wraps.
func wrapped(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return []error{inner}
		}
	case interface{ Unwrap() []error }:
		return slices.DeleteFunc(slices.Clone(e.Unwrap()), func(inner error) bool { return inner == nil })
	}
	return nil
}

// sentQueries are those of the requests of a call.
type sentQueries struct {
	own       string
	redirects []string // that the server gave
}

// add takes in the query of one more request.
func (s *sentQueries) add(query string) {
	if query != s.own && !slices.Contains(s.redirects, query) {
		s.redirects = append(s.redirects, query)
	}
}

// withoutQueries replaces in a text the queries that an error's URLs have, and
// the call's own, whole and value by value.
func withoutQueries(text string, err error, sent sentQueries) string {
	for _, q := range append(queries(err, slices.Clip(sent.redirects)), sent.own) {
		if q == "" {
			continue
		}
		for _, form := range []string{q, quoted(q), lowerEscapes(q), url.QueryEscape(q)} {
			text = strings.ReplaceAll(text, form, redacted)
		}
		for pair := range strings.SplitSeq(q, "&") {
			_, value, _ := strings.Cut(pair, "=")
			plain, err := url.QueryUnescape(value)
			if err != nil || !telling(plain) {
				continue
			}
			for _, form := range []string{plain, quoted(plain), value, url.PathEscape(plain)} {
				text = strings.ReplaceAll(text, form, redacted)
			}
		}
	}
	return text
}

// lowerEscapes writes a query's escapes as some proxies do, %2b for %2B.
func lowerEscapes(q string) string {
	b := []byte(q)
	for i := range b {
		if b[i] == '%' {
			end := min(i+3, len(b))
			copy(b[i:end], bytes.ToLower(b[i:end]))
		}
	}
	return string(b)
}

// quoted is how %q writes a text, without the quotes around it.
func quoted(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

// telling reports whether a query's value may be of a person; page numbers and
// short words are no secrets, and stand in many a text.
func telling(value string) bool {
	_, err := strconv.Atoi(value)
	return err != nil && (len(value) >= 6 || strings.ContainsAny(value, "@ "))
}

// queries returns those of all URLs that an error has in it, however deep.
func queries(err error, found []string) []string {
	if u, ok := err.(*url.Error); ok {
		if _, q, ok := strings.Cut(u.URL, "?"); ok {
			found = append(found, q)
		}
	}
	for _, inner := range wrapped(err) {
		found = queries(inner, found)
	}
	return found
}

type redactedError struct {
	text   string
	hidden func() (hide func(string) string, err error) // out of the reach of package fmt
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Is(target error) bool {
	_, err := e.hidden()
	return errors.Is(err, target)
}

// As finds what err wraps, unless that shows what this one hides.
func (e *redactedError) As(target any) bool {
	hide, err := e.hidden()
	return as(err, target, func(found error) bool { return !shows(found, hide) })
}

// as is errors.As for those errors of a tree that may be shown.
func as(err error, target any, may func(error) bool) bool {
	if may(err) {
		return errors.As(err, target)
	}
	return slices.ContainsFunc(wrapped(err), func(inner error) bool { return as(inner, target, may) })
}
