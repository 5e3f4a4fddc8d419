package mockserver

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// call is one request on its way through the stages.
type call struct {
	ctx       context.Context
	request   *http.Request
	inProcess bool // the client is in this process

	id        string
	at        time.Time // by the fake's clock
	path      *pathEntry
	ids       [maxPathIDs]string
	*endpoint // nil if nothing serves the path and method

	key      *apiKey // nil until it is known
	usage    usage
	admitted bool // holds a concurrency slot
	fault    *activeFault

	query    url.Values
	body     []byte
	tooLarge bool            // more of a body than is allowed
	bodyDone bool            // the body has been read to its end
	bodyErr  error           // why the body could not be read
	members  []member        // of the body
	fields   json.RawMessage // the body reduced to what the operation knows
	recorded *record
}

// operation is what the request asks for, "" where nothing serves it.
func (c *call) operation() Operation {
	if c.endpoint == nil {
		return ""
	}
	return c.Operation
}

// stage does one step of the work on a request and returns nil, or the answer
// that ends it.
type stage func(*Server, *call) *reply

// stages are the steps that every request of the API goes through.
var stages = [...]stage{
	(*Server).authenticate,
	(*Server).limit,
	(*Server).read,
	(*Server).intercept,
	(*Server).route,
	(*Server).negotiate,
	(*Server).parse,
	(*Server).check,
	(*Server).handle,
}

// serve answers a request. The caller brings the answer to the client and
// calls end just before the client can see the last of it.
func (s *Server) serve(c *call) *reply {
	if isControl(c.request.URL.Path) {
		return s.control(c)
	}
	s.begin(c)
	var r *reply
	for _, stage := range stages {
		if r = stage(s, c); r != nil {
			break
		}
	}
	r = s.spoil(c, r)
	s.finish(c, r)
	return r
}

// begin notes that the request has arrived, and what it asks for.
func (s *Server) begin(c *call) {
	c.at = s.clock.Now()
	c.id = s.nextRequestID()
	c.path, c.ids = paths.find(c.request.URL)
	if c.path != nil {
		c.endpoint = c.path.method(c.request.Method)
	}
	if c.endpoint != nil && s.cfg.documentedOnly && !c.Documented {
		c.endpoint = nil
	}
	c.recorded = s.journal.begin(c)
}

// handle is the stage that does what is asked for.
func (s *Server) handle(c *call) *reply { return c.endpoint.handle(s, c) }

// end frees what the request holds.
func (s *Server) end(c *call) {
	if c.admitted {
		c.admitted = false
		s.limiter.release(c.key.token)
	}
}
