package selgora

import (
	"net/url"
	"strings"
)

// path is the segments below the base URL, not escaped.
type path struct {
	segments [5]string
	n        int
}

func pathOf(segments ...string) path {
	p := path{n: len(segments)}
	copy(p.segments[:], segments)
	return p
}

// target is where a request goes: its URL's path and raw path, and what of it,
// escaped, is below the base URL.
type target struct{ path, rawPath, below string }

// target joins the segments to base; whatever an id holds, it arrives as
// exactly one segment.
func (p path) target(base *url.URL) (target, error) {
	size, plain := 0, true
	for i, s := range p.segments[:p.n] {
		if problem := segmentProblem(s); problem != "" {
			field := "id"
			if i > 1 {
				field = "second id"
			}
			return target{}, &ParamError{field, problem}
		}
		size += 1 + len(s)
		plain = plain && isUnreserved(s)
	}
	var whole strings.Builder
	whole.Grow(len(base.Path) + size)
	whole.WriteString(base.Path)
	for _, s := range p.segments[:p.n] {
		whole.WriteByte('/')
		whole.WriteString(s)
	}
	if plain {
		return newTarget(base, whole.String(), whole.String()[len(base.Path):]), nil
	}
	below := ""
	for _, s := range p.segments[:p.n] {
		below += "/" + url.PathEscape(s)
	}
	return newTarget(base, whole.String(), below), nil
}

// newTarget completes a target whose path is base's with below, unescaped,
// after it.
func newTarget(base *url.URL, path, below string) target {
	to := target{path: path, below: below}
	if base.RawPath != "" || path[len(base.Path):] != below {
		to.rawPath = base.EscapedPath() + below
	}
	return to
}

// isUnreserved reports whether s is the same escaped and not.
func isUnreserved(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' || c == '~') {
			return false
		}
	}
	return true
}

// segmentProblem refuses the segments that mean something else to servers and
// proxies than themselves.
func segmentProblem(s string) string {
	switch s {
	case "":
		return "is empty"
	case ".", "..":
		return "cannot be " + `"` + s + `"`
	}
	return ""
}

// parsePath reads a path with an optional query, as given to [Client.Do]. It
// returns the path unescaped and escaped, both with a leading slash.
func parsePath(raw string) (decoded, escaped, query string, err error) {
	bad := func(problem string) (string, string, string, error) {
		return "", "", "", &ParamError{"path", problem}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return bad("is not a path")
	case u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "":
		return bad("must be relative to the base URL, without scheme and host")
	case u.Fragment != "":
		return bad("must not have a fragment")
	case strings.ContainsFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return bad("has a query that is not percent-encoded")
	}
	path := "/" + strings.TrimPrefix(u.EscapedPath(), "/")
	for _, s := range strings.Split(path, "/") {
		if plain, err := url.PathUnescape(s); err == nil && (plain == "." || plain == "..") {
			return bad("must not have dot segments")
		}
	}
	// Not u.Path, from which an escaped slash at the start looks like a plain one.
	if decoded, err = url.PathUnescape(path); err != nil {
		return bad("is not a path")
	}
	return decoded, path, u.RawQuery, nil
}

// query builds an encoded query string, in the order of the calls.
type query struct{ b []byte }

func (q *query) add(name, value string) {
	if value == "" {
		return
	}
	if len(q.b) > 0 {
		q.b = append(q.b, '&')
	}
	q.b = append(q.b, name...)
	q.b = append(q.b, '=')
	q.b = append(q.b, url.QueryEscape(value)...)
}
