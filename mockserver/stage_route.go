package mockserver

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/selgora/selgora-go/mockserver/internal/nearest"
)

// route is the stage that refuses what the API does not have.
func (s *Server) route(c *call) *reply {
	if c.endpoint != nil {
		return nil
	}
	method, path := c.request.Method, c.request.URL.EscapedPath()
	if c.path == nil {
		r := errorf(http.StatusNotFound, "no such route: %s %s", method, path)
		return s.strictFailure(c, r, "%s %s: the API has no such route%s", method, path, hint(nearestPath(path)))
	}
	allow := c.path.allow(s.cfg.documentedOnly)
	if allow == "" {
		r := errorf(http.StatusNotFound, "no such route: %s %s", method, path)
		return s.strictFailure(c, r, "%s %s: %s", method, path, onlyDocumented)
	}
	if e := c.path.method(method); e != nil {
		// Known, or it would have an endpoint: so it is the undocumented one.
		r := errorf(http.StatusNotFound, "no such route: %s %s", method, path)
		return s.strictFailure(c, r, "%s %s: %s", method, path, onlyDocumented)
	}
	r := errorf(http.StatusMethodNotAllowed, "method not allowed: %s takes %s", path, allow).set("Allow", allow)
	return s.strictFailure(c, r, "%s %s: the path takes %s only", method, path, allow)
}

const onlyDocumented = "the provider's guides do not show this operation, and the fake was told to serve documented operations only"

// nearestPath returns the pattern of the API that a path resembles most.
func nearestPath(path string) string {
	segments := strings.Split(strings.Trim(strings.TrimPrefix(path, basePath+"/"), "/"), "/")
	best, bestDistance := "", 1<<30
	for i := range table {
		pattern := table[i].Pattern
		total := 0
		wanted := strings.Split(pattern[1:], "/")
		if len(wanted) != len(segments) {
			continue
		}
		for j, want := range wanted {
			if strings.HasPrefix(want, "{") {
				if segments[j] == "" {
					total = 1 << 30
				}
				continue
			}
			limit := len(want)/2 + 1
			d := nearest.Distance(segments[j], want, limit)
			if d == limit {
				d = 1 << 30
			}
			total = min(total+d, 1<<30)
		}
		if total < bestDistance {
			best, bestDistance = basePath+pattern, total
		}
	}
	return best
}

// negotiate is the stage that checks whether the client takes what the API
// answers.
func (s *Server) negotiate(c *call) *reply {
	accept := c.request.Header.Values("Accept")
	if len(accept) == 0 || acceptable(strings.Join(accept, ",")) {
		return nil
	}
	return errorf(http.StatusNotAcceptable, "nothing in the Accept header %q can be had: the API answers %s and %s",
		strings.Join(accept, ", "), versionType, jsonType)
}

// versionType is what the API guide puts into the Accept header.
const versionType = "application/vnd.selgora.v1+json"

func acceptable(accept string) bool {
	if accept == versionType || accept == jsonType || strings.TrimSpace(accept) == "" {
		return true
	}
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil && q == 0 {
			continue
		}
		switch mediaType {
		case versionType, jsonType, "*/*", "application/*":
			return true
		}
	}
	return false
}
