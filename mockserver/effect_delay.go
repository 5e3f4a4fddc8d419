package mockserver

import "time"

// delayEffect waits.
type delayEffect time.Duration

func (d delayEffect) apply(s *Server, c *call, r *reply) *reply {
	if err := s.waits.sleep(c.ctx, time.Duration(d)); err != nil {
		return &reply{err: err}
	}
	return r
}
