package mockserver

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Request is one entry of the journal: a request of the API and what became
// of it. API keys and webhook secrets are replaced by "[redacted]" everywhere
// in it.
type Request struct {
	// ID is what the X-Request-Id header of the answer says.
	ID string
	// Time is when the request arrived, by the server's clock.
	Time time.Time
	// Operation is what the request asked for; empty if it fits none.
	Operation Operation
	// Method is the HTTP method.
	Method string
	// Path is the path as it was sent, such as "/v1/courses".
	Path string
	// Query holds the query parameters; nil without any.
	Query url.Values
	// Header holds the request's headers.
	Header http.Header
	// Key tells the API keys apart ("key 1"); empty if the request had no
	// good one.
	Key string
	// Body is the beginning of the request's body, at most 64 KiB. It is empty
	// where the request was refused before its body was read, by a 401 or a
	// rate limit.
	Body []byte
	// Status is the status of the answer; 0 while there is none, and for ever
	// if the connection was cut in its place.
	Status int
	// RetryAfter is what the answer's Retry-After header said; 0 without one.
	RetryAfter time.Duration
	// Response is the beginning of the answer's body, at most 64 KiB, before
	// any fault spoilt its way.
	Response []byte
	// Fault describes the injected fault that hit the request; empty if none
	// did.
	Fault string
	// Problem is what strict mode found wrong with the request.
	Problem string
}

// Filter picks entries of the journal.
type Filter func(Request) bool

// ByOperation picks the requests of the operations.
func ByOperation(operations ...Operation) Filter {
	return func(r Request) bool { return slices.Contains(operations, r.Operation) }
}

// ByStatus picks the requests that were answered with one of the statuses; 0
// stands for those that got no answer.
func ByStatus(statuses ...int) Filter {
	return func(r Request) bool { return slices.Contains(statuses, r.Status) }
}

// Requests returns the requests that the API has received, oldest first, only
// those that pass all filters. Requests of the control API are not among them.
// The journal keeps the latest 10 000 requests, or as many as
// [WithJournalSize] says, and the latest 32 MiB of their bodies.
func (s *Server) Requests(filters ...Filter) []Request {
	var list []Request
entries:
	for _, r := range s.journal.list() {
		for _, passes := range filters {
			if !passes(r) {
				continue entries
			}
		}
		list = append(list, r)
	}
	return list
}

// Calls returns the requests of one operation; it is [Server.Requests] with
// [ByOperation].
func (s *Server) Calls(operation Operation) []Request {
	return s.Requests(ByOperation(operation))
}

// record is an entry as it is kept: as cheap as possible, since every request
// pays for it and few are looked at. What is secret is taken out when the
// entry is read.
type record struct {
	id        string
	at        time.Time
	operation Operation
	method    string
	url       *url.URL
	header    http.Header
	token     string
	body      []byte
	bare      bool // keeps no bodies

	key     *apiKey // nil where there was no good one
	status  int
	answer  []byte
	told    time.Duration // by Retry-After
	fault   *activeFault
	problem string
}

// short is a body as a record keeps it. One that is too long is redacted now,
// because that needs the whole of it.
func short(body []byte, token string) []byte {
	if len(body) <= maxRecordedBody {
		return body
	}
	return redactBody(body, token)
}

// journal holds the latest requests.
type journal struct {
	size int

	mu      sync.Mutex
	records []*record // number n is at n % size
	count   int       // of all records so far
	bare    int       // the records before this number have no bodies
	bytes   int       // of the bodies that the others have

	retries retryWatch
}

const (
	// defaultJournalSize is how many requests are kept.
	defaultJournalSize = 10_000
	// maxJournalBytes bounds what their bodies take. The oldest go first.
	maxJournalBytes = 32 << 20
)

// begin adds a request that has just arrived.
func (j *journal) begin(c *call) *record {
	r := &record{
		id: c.id, at: c.at, operation: c.operation(), method: c.request.Method,
		url:    c.request.URL,
		header: c.request.Header,
		token:  bearer(c.request.Header),
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.retries.arrived(r)
	switch {
	case j.size == 0:
		r.bare = true
		return r
	case len(j.records) < j.size:
		j.records = append(j.records, r)
	default:
		j.strip(j.records[j.count%j.size])
		j.bare = max(j.bare, j.count-j.size+1)
		j.records[j.count%j.size] = r
	}
	j.count++
	return r
}

// strip takes the bodies from a record.
func (j *journal) strip(r *record) {
	j.bytes -= len(r.body) + len(r.answer)
	r.body, r.answer, r.bare = nil, nil, true
}

// finish adds what became of it.
func (j *journal) finish(c *call, reply *reply, told time.Duration, now time.Time) {
	r := c.recorded
	var body, answer []byte
	if j.size > 0 { // outside of the lock, since large ones take long
		body, answer = short(c.body, r.token), short(reply.body, r.token)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	r.key, r.fault = c.key, c.fault
	r.status, r.problem, r.told = reply.status, reply.problem, told
	if !r.bare {
		r.body, r.answer = body, answer
		j.bytes += len(r.body) + len(r.answer)
		for ; j.bytes > maxJournalBytes && j.bare < j.count; j.bare++ {
			j.strip(j.records[j.bare%j.size])
		}
	}
	if told > 0 {
		j.retries.told(r, now.Add(told))
	}
}

// list returns the entries without their secrets.
func (j *journal) list() []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]Request, 0, len(j.records))
	for i := range j.records {
		list = append(list, j.records[(j.count+i)%len(j.records)].show())
	}
	return list
}

// reset forgets everything.
func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.records {
		r.bare = true // those in progress are not in the journal any more
	}
	j.records, j.count, j.bare, j.bytes, j.retries = nil, 0, 0, 0, retryWatch{}
}

// maxRecordedBody is how much of a body an entry shows.
const maxRecordedBody = 64 << 10

// show makes the entry that users see.
func (r *record) show() Request {
	shown := Request{
		ID: r.id, Time: r.at, Operation: r.operation, Method: r.method,
		Path:   redactText(r.url.EscapedPath(), r.token),
		Header: redactHeader(r.header, r.token),
		Body:   redactBody(r.body, r.token),
		Status: r.status, RetryAfter: r.told, Problem: r.problem,
		Response: redactBody(r.answer, r.token),
	}
	if r.url.RawQuery != "" {
		shown.Query = r.url.Query()
		for _, values := range shown.Query {
			for i := range values {
				values[i] = redactText(values[i], r.token)
			}
		}
	}
	if r.key != nil {
		shown.Key = r.key.label
	}
	if r.fault != nil {
		shown.Fault = r.fault.Fault.String()
	}
	return shown
}
