package mockserver

import (
	"net/http"
	"time"
)

var clockControls = []controlEndpoint{
	{"GET", "/_mock/clock", "the time of the server's clock", false, clockNow},
	{"POST", "/_mock/clock/advance", `moves the clock forward, {"by": "35h"}, and runs what falls due`, false, clockAdvance},
}

func clockNow(s *Server, _ *call) *reply {
	return jsonReply(http.StatusOK, map[string]time.Time{"now": s.Now()})
}

func clockAdvance(s *Server, c *call) *reply {
	in, bad := controlInput[struct {
		By duration `json:"by"`
	}](c)
	if bad != nil {
		return bad
	}
	if in.By <= 0 {
		return errorf(http.StatusUnprocessableEntity, `by must be a positive duration such as "90s" or "35h"`)
	}
	s.Advance(time.Duration(in.By))
	return clockNow(s, c)
}

// duration is a time.Duration that JSON holds as Go writes it, such as "1m30s".
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}
