package mockserver

import "math/rand/v2"

// garbageEffect replaces the body with bytes that are not JSON, the same for
// the same seed.
type garbageEffect uint64

// minGarbage is how long garbage is at least, so that it cannot be taken for
// an empty answer.
const minGarbage = 64

func (e garbageEffect) apply(_ *Server, _ *call, r *reply) *reply {
	random := rand.New(rand.NewPCG(uint64(e), 0))
	body := make([]byte, max(minGarbage, len(r.body)))
	for i := range body {
		body[i] = byte(random.Uint32())
	}
	body[0] = 0xff // no JSON text and no UTF-8 begins like this
	r.body = body
	return r
}
