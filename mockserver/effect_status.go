package mockserver

import (
	"fmt"
	"net/http"
	"strconv"
)

// statusEffect answers in place of the API.
type statusEffect struct {
	status int
	header http.Header
	body   []byte
}

func (e *statusEffect) apply(_ *Server, _ *call, _ *reply) *reply {
	r := &reply{status: e.status, body: e.body}
	if e.body == nil {
		r = errorReply(e.status, e.errorBody())
	}
	r.header = e.header.Clone() // the client may change what it gets
	return r
}

// errorBody is what the API itself would say with this status.
func (e *statusEffect) errorBody() errorBody {
	if e.status == http.StatusTooManyRequests {
		// The header may be missing, a date or nonsense: then there is no number.
		seconds, _ := strconv.Atoi(e.header.Get("Retry-After"))
		return errorBody{Error: "Rate limit exceeded: injected fault", RetryAfter: max(0, seconds)}
	}
	return errorBody{Error: fmt.Sprintf("Injected fault: %d %s", e.status, http.StatusText(e.status))}
}
