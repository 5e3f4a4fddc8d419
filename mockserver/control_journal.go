package mockserver

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

var journalControls = []controlEndpoint{
	{"GET", "/_mock/requests", "the latest requests, oldest first; ?operation=, ?status= and ?limit= (100) choose", false, requestsList},
	{"DELETE", "/_mock/requests", "forgets the requests so far", false, requestsClear},
}

// requestJSON is a [Request] in the control API.
type requestJSON struct {
	ID         string      `json:"id"`
	Time       time.Time   `json:"time"`
	Operation  Operation   `json:"operation"`
	Method     string      `json:"method"`
	Path       string      `json:"path"`
	Query      url.Values  `json:"query,omitempty"`
	Header     http.Header `json:"header"`
	Key        string      `json:"key"`
	Body       string      `json:"body"`
	Status     int         `json:"status"`
	RetryAfter float64     `json:"retry_after,omitempty"` // seconds
	Response   string      `json:"response"`
	Fault      string      `json:"fault,omitempty"`
	Problem    string      `json:"problem,omitempty"`
}

func newRequestJSON(r Request) requestJSON {
	return requestJSON{
		ID: r.ID, Time: r.Time, Operation: r.Operation, Method: r.Method, Path: r.Path, Query: r.Query, Header: r.Header,
		Key: r.Key, Body: strings.ToValidUTF8(string(r.Body), "\uFFFD"), Status: r.Status, RetryAfter: r.RetryAfter.Seconds(),
		Response: strings.ToValidUTF8(string(r.Response), "\uFFFD"), Fault: r.Fault, Problem: r.Problem,
	}
}

const defaultRequestsLimit = 100

func requestsList(s *Server, c *call) *reply {
	query := c.request.URL.Query()
	limit := defaultRequestsLimit
	var filters []Filter
	for name, values := range query {
		value := values[0]
		n, err := strconv.Atoi(value)
		switch {
		case name == "operation":
			filters = append(filters, ByOperation(Operation(value)))
		case name == "status" && err == nil:
			filters = append(filters, ByStatus(n))
		case name == "limit" && err == nil && n > 0:
			limit = n
		case name == "status" || name == "limit":
			return errorf(http.StatusBadRequest, "the parameter %s must be a number, not %q", name, value)
		default:
			return errorf(http.StatusBadRequest, "unknown parameter %s%s", name, didYouMean(name, []string{"operation", "status", "limit"}))
		}
	}
	requests := s.Requests(filters...)
	list := []requestJSON{}
	for _, r := range requests[max(0, len(requests)-limit):] {
		list = append(list, newRequestJSON(r))
	}
	return jsonReply(http.StatusOK, map[string]any{"data": list, "total": len(requests)})
}

func requestsClear(s *Server, _ *call) *reply {
	s.journal.reset()
	return done()
}
