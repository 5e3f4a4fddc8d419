package store

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// problems collects what is wrong with an input.
type problems map[string]string

// add notes a problem; the first of a field stays.
func (p *problems) add(field, problem string) {
	if *p == nil {
		*p = problems{}
	}
	if _, ok := (*p)[field]; !ok {
		(*p)[field] = problem
	}
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &ValidationError{p}
}

const (
	isRequired  = "is required"
	notNullable = "must not be null"
)

// need reports a field that is absent, null or of the wrong type, and returns whether there is a value to look at.
func need[T any](p *problems, field string, o Opt[T]) bool {
	if !o.Set {
		p.add(field, isRequired)
		return false
	}
	return may(p, field, o)
}

// may is need for a field that can be left out.
func may[T any](p *problems, field string, o Opt[T]) bool {
	if o.Null {
		p.add(field, notNullable)
		return false
	}
	return mayNull(p, field, o)
}

// mayNull is may for a field that can be null.
func mayNull[T any](p *problems, field string, o Opt[T]) bool {
	for _, f := range o.bad {
		p.add(field+f.path, f.problem)
	}
	return o.given()
}

// checkText reports a string that is too long or not text.
func checkText(p *problems, field, s string, most int) {
	if !utf8.ValidString(s) {
		p.add(field, "must be valid UTF-8")
		return
	}
	if most > 0 && len(s) > most { // in bytes, of which there are as many or more
		if n := utf8.RuneCountInString(s); n > most {
			p.add(field, fmt.Sprintf("must be at most %d characters long, not %d", most, n))
		}
	}
}

// maxTitle is the longest title, in characters.
const maxTitle = 255

func checkTitle(p *problems, field, s string) {
	if strings.TrimSpace(s) == "" {
		p.add(field, "must not be blank")
	}
	checkText(p, field, s, maxTitle)
}

// checkOneOf reports a value that is not among those allowed.
func checkOneOf(p *problems, field, s string, allowed ...string) {
	for _, a := range allowed {
		if s == a {
			return
		}
	}
	p.add(field, fmt.Sprintf("must be one of %s, not %q", strings.Join(allowed, ", "), s))
}

// checkTime reports a moment outside the years that RFC 3339 can write, with room for what is computed from it.
func checkTime(p *problems, field string, t time.Time) {
	if y := t.UTC().Year(); y < 1900 || y > 9000 {
		p.add(field, "must lie between the years 1900 and 9000")
	}
}

func checkDate(p *problems, field, s string) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		p.add(field, "must be a date such as 2024-12-15")
	}
}

// wholeSeconds is how every time is kept.
func wholeSeconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// CheckEmail says what is wrong with an address, or "". It takes what RFC 5321 calls a mailbox with a dot-string and
// a domain name of at least two labels: no quoted local part, no address literal, ASCII only.
func CheckEmail(s string) string {
	if s == "" {
		return "must not be blank"
	}
	if len(s) > 254 {
		return fmt.Sprintf("must be at most 254 characters long, not %d", len(s))
	}
	for _, r := range s {
		switch {
		case r <= ' ' || r == 0x7f || r == 0xA0:
			return "must not contain spaces or control characters"
		case r > 0x7f:
			return "must consist of ASCII characters"
		}
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "must contain an @"
	}
	local, domain := s[:at], s[at+1:]
	switch {
	case local == "":
		return "must have a name before the @"
	case len(local) > 64:
		return "must have at most 64 characters before the @"
	case local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, ".."):
		return "must not have a dot at the start or end of the name, nor two in a row"
	}
	for i := range len(local) {
		c := local[i]
		if !isAlnum(c) && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return fmt.Sprintf("must not contain %q before the @", c)
		}
	}
	return checkDomain(domain)
}

func checkDomain(domain string) string {
	if !strings.Contains(domain, ".") {
		return "must have a full domain after the @, such as example.com"
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "must have a valid domain after the @"
		}
		for i := range len(label) {
			if !isAlnum(label[i]) && label[i] != '-' {
				return fmt.Sprintf("must not contain %q after the @", label[i])
			}
		}
	}
	return ""
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// needEmail is need for an address.
func needEmail(p *problems, field string, o Opt[string]) {
	if need(p, field, o) {
		if problem := CheckEmail(o.Value); problem != "" {
			p.add(field, problem)
		}
	}
}

// checkURL reports an address that webhooks cannot be sent to: https anywhere, http on this machine only.
func checkURL(p *problems, field, s string) {
	u, err := url.Parse(s)
	switch {
	case len(s) > 2048:
		p.add(field, "must be at most 2048 characters long")
	case err != nil:
		p.add(field, "must be a valid URL")
	case u.Scheme != "https" && u.Scheme != "http":
		p.add(field, "must be an https URL")
	case u.Hostname() == "":
		p.add(field, "must name a host")
	case u.User != nil:
		p.add(field, "must not contain a user name or password")
	case u.Fragment != "":
		p.add(field, "must not have a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		p.add(field, "must be an https URL; http is for loopback addresses only")
	}
}

// isLoopback agrees with what deliveries go to. A dot at the end of localhost makes it a name that DNS may answer.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
