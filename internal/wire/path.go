package wire

import (
	"net/url"
	"strings"
)

// Path is where a request goes, below the base URL: the one place that knows
// how an id becomes a segment.
type Path struct {
	Below string // escaped, with a leading slash
	whole string // not escaped, with the base URL's path before it
}

// SegmentError is an id that cannot stand in a path.
type SegmentError struct {
	Index   int // of the id
	Problem string
}

func (e *SegmentError) Error() string { return "id: " + e.Problem }

// Expand puts ids, in their order, in the place of a template's {…}. Whatever
// an id holds, it arrives as exactly one segment.
func (c *Client) Expand(template string, ids ...string) (Path, error) {
	var whole strings.Builder
	whole.Grow(len(c.BaseURL.Path) + len(template) + 16)
	whole.WriteString(c.BaseURL.Path)
	plain, rest := true, template
	for i, id := range ids {
		if problem := segmentProblem(id); problem != "" {
			return Path{}, &SegmentError{i, problem}
		}
		plain = plain && IsUnreserved(id)
		before, after, _ := strings.Cut(rest, "{")
		_, rest, _ = strings.Cut(after, "}")
		whole.WriteString(before)
		whole.WriteString(id)
	}
	whole.WriteString(rest)
	p := Path{Below: whole.String()[len(c.BaseURL.Path):], whole: whole.String()}
	if !plain {
		p.Below = escape(template, ids)
	}
	return p, nil
}

// escape is the template with its ids escaped.
func escape(template string, ids []string) string {
	var below strings.Builder
	for _, id := range ids {
		before, after, _ := strings.Cut(template, "{")
		_, template, _ = strings.Cut(after, "}")
		below.WriteString(before)
		below.WriteString(url.PathEscape(id))
	}
	return below.String() + template
}

// segmentProblem refuses the segments that mean something else to servers and
// proxies than themselves.
func segmentProblem(s string) string {
	switch s {
	case "":
		return "is empty"
	case ".", "..":
		return `cannot be "` + s + `"`
	}
	return ""
}

// IsUnreserved reports whether s is the same escaped and not.
func IsUnreserved(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' || c == '~') {
			return false
		}
	}
	return true
}

// ParsePath reads a path as a user writes it, with an optional query. The
// problem is "" where it can be used.
func (c *Client) ParsePath(raw string) (p Path, query, problem string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return p, "", "is not a path"
	case u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "":
		return p, "", "must be relative to the base URL, without scheme and host"
	case u.Fragment != "":
		return p, "", "must not have a fragment"
	case strings.ContainsFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return p, "", "has a query that is not percent-encoded"
	}
	p.Below = "/" + strings.TrimPrefix(u.EscapedPath(), "/")
	for s := range strings.SplitSeq(p.Below, "/") {
		if plain, err := url.PathUnescape(s); err == nil && (plain == "." || plain == "..") {
			return p, "", "must not have dot segments"
		}
	}
	// Not u.Path, from which an escaped slash at the start looks like a plain one.
	decoded, err := url.PathUnescape(p.Below)
	if err != nil {
		return p, "", "is not a path"
	}
	p.whole = c.BaseURL.Path + decoded
	return p, u.RawQuery, ""
}

// url joins the path and a query to base.
func (p Path) url(base *url.URL, query string) *url.URL {
	u := *base
	if base.RawPath != "" || p.Below != p.whole[len(base.Path):] {
		u.RawPath = base.EscapedPath() + p.Below
	}
	u.Path, u.RawQuery = p.whole, query
	return &u
}
