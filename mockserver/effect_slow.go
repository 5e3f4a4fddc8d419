package mockserver

import "time"

// slowEffect lets the body trickle.
type slowEffect time.Duration

func (e slowEffect) apply(_ *Server, _ *call, r *reply) *reply {
	r.wire.pace = time.Duration(e)
	return r
}

// slowPieces is in how many pieces a slow body arrives.
const slowPieces = 10

// pieces cuts a body for [wire.pace]; each piece comes after the pause.
func pieces(body []byte, pace time.Duration) (size int, pause time.Duration) {
	size = max(1, (len(body)+slowPieces-1)/slowPieces)
	count := (len(body) + size - 1) / size
	return size, pace / time.Duration(max(1, count))
}
