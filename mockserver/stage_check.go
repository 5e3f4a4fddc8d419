package mockserver

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// maxComplaints is how many unknown names of one request are told.
const maxComplaints = 100

// check is the stage that looks at the names of query parameters and body
// fields. Unknown ones fail in strict mode and are ignored otherwise.
func (s *Server) check(c *call) *reply {
	var unknown map[string]string
	complain := func(name string, known []string) {
		if s.cfg.strict && len(unknown) < maxComplaints {
			if unknown == nil {
				unknown = make(map[string]string)
			}
			unknown[name] = "is unknown" + didYouMean(name, known)
		}
	}
	if c.request.URL.RawQuery != "" {
		query, err := url.ParseQuery(c.request.URL.RawQuery)
		if err != nil {
			return errorf(http.StatusBadRequest, "malformed query: %v", err)
		}
		for name, values := range query {
			switch {
			case !slices.Contains(c.Query, name):
				complain(name, c.Query)
			case len(values) > 1:
				return errorf(http.StatusBadRequest, "the parameter %s is given more than once", name)
			}
		}
		c.query = query
	}
	switch {
	case c.Body != nil:
		c.fields = c.known(complain)
	case (len(c.body) > 0 || c.tooLarge) && s.cfg.strict:
		r := errorReply(http.StatusUnprocessableEntity, errorBody{Error: "the operation takes no body"})
		return s.strictFailure(c, r, "%s %s: %s takes no body", c.request.Method, c.request.URL.EscapedPath(), c.Operation)
	}
	if len(unknown) == 0 {
		return nil
	}
	r := errorReply(http.StatusUnprocessableEntity, errorBody{Error: "Unknown parameters or fields", Fields: unknown})
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		r = s.strictFailure(c, r, "%s %s: %s %s", c.request.Method, c.request.URL.EscapedPath(), name, unknown[name])
	}
	return r
}

// strictFailure notes what is wrong with a request, and in strict mode reports
// it. The answer is the same in either mode.
func (s *Server) strictFailure(c *call, r *reply, format string, args ...any) *reply {
	if !s.cfg.strict {
		return r
	}
	problem := fmt.Sprintf(format, args...)
	if r.problem != "" {
		r.problem += "; "
	}
	r.problem += problem
	s.report.failf("%s (WithLenient allows it)", problem)
	return r
}
