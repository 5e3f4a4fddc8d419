package mockserver

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// basePath is what the paths of the API start with.
const basePath = "/v1"

// maxPathIDs is how many ids a path can hold.
const maxPathIDs = 2

// segments are the parts of a path pattern; "" stands for an id.
type segments []string

func newSegments(pattern string) segments {
	parts := strings.Split(pattern[1:], "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = ""
		}
	}
	return parts
}

// pathEntry is one pattern and the endpoints that share it.
type pathEntry struct {
	segments segments
	byMethod []*endpoint
}

// pathIndex finds the entry of a path by its first segment.
type pathIndex map[string][]*pathEntry

// paths is derived from the table and never changed.
var paths = newPathIndex(table)

func newPathIndex(table []endpoint) pathIndex {
	index := make(pathIndex)
	byPattern := make(map[string]*pathEntry)
	for i := range table {
		e := &table[i]
		entry := byPattern[e.Pattern]
		if entry == nil {
			entry = &pathEntry{segments: newSegments(e.Pattern)}
			byPattern[e.Pattern] = entry
			first := entry.segments[0]
			if !slices.Contains(entry.segments, "") {
				// Ahead of the pattern with an id in the same place.
				index[first] = append([]*pathEntry{entry}, index[first]...)
			} else {
				index[first] = append(index[first], entry)
			}
		}
		entry.byMethod = append(entry.byMethod, e)
	}
	return index
}

// find returns the entry for a request's path with the ids in it, or nil.
func (x pathIndex) find(u *url.URL) (*pathEntry, [maxPathIDs]string) {
	var ids [maxPathIDs]string
	rest, ok := strings.CutPrefix(u.EscapedPath(), basePath+"/")
	if !ok {
		return nil, ids
	}
	first, _, _ := strings.Cut(rest, "/")
	for _, entry := range x[first] {
		if entry.segments.match(rest, &ids) {
			return entry, ids
		}
	}
	return nil, ids
}

// match tells whether a path without its first slash fits, and notes its ids.
func (s segments) match(rest string, ids *[maxPathIDs]string) bool {
	n := 0
	for i, want := range s {
		segment, after, more := strings.Cut(rest, "/")
		if more == (i == len(s)-1) {
			return false
		}
		rest = after
		switch {
		case want != "":
			if segment != want {
				return false
			}
		case segment == "":
			return false
		default:
			// Each segment on its own, so that an escaped slash stays part of
			// the id.
			id, err := url.PathUnescape(segment)
			if err != nil {
				return false
			}
			ids[n] = id
			n++
		}
	}
	return true
}

// method returns the endpoint for a method, or nil.
func (p *pathEntry) method(method string) *endpoint {
	for _, e := range p.byMethod {
		if e.Method == method {
			return e
		}
	}
	return nil
}

// allow is the value of the Allow header. In documented-only mode the
// undocumented methods do not exist.
func (p *pathEntry) allow(documentedOnly bool) string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		if e := p.method(m); e != nil && (e.Documented || !documentedOnly) {
			methods = append(methods, m)
		}
	}
	return strings.Join(methods, ", ")
}
