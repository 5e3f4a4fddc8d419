package mockserver

import (
	"slices"
	"time"

	"github.com/selgora/selgora-go"
)

// The waits between a client's attempts: short, because a test waits for them.
const (
	clientRetryWaitMin = time.Millisecond
	clientRetryWaitMax = 8 * time.Millisecond
)

// Client returns a client of the API that uses this server in-process, with
// [Server.APIKey]. It has no rate limiter of its own and waits a millisecond
// or a few between attempts, unless the options, which come last, say
// otherwise. A mistake in them is reported as [Server.Inject] reports its own,
// and the client is then one without them.
func (s *Server) Client(opts ...selgora.Option) *selgora.Client {
	if t := s.report.t; t != nil {
		t.Helper()
	}
	own := []selgora.Option{
		selgora.WithHTTPClient(s.HTTPClient()),
		selgora.WithRetryWait(clientRetryWaitMin, clientRetryWaitMax),
		selgora.WithoutRateLimit(),
	}
	client, err := selgora.NewClient(s.APIKey(), slices.Concat(own, opts)...)
	if err != nil { // perhaps of WithLimiter, which excludes the last of them
		client, err = selgora.NewClient(s.APIKey(), slices.Concat(own[:2], opts)...)
	}
	if err != nil {
		s.report.failf("Client: %v", err)
		client, err = selgora.NewClient(defaultKey, own...)
	}
	if err != nil {
		s.report.failf("Client: %v", err)
	}
	return client
}
