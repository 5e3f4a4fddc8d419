package mockserver

// noAnswerEffect ends the connection in place of an answer.
type noAnswerEffect cut

func (e noAnswerEffect) apply(_ *Server, _ *call, _ *reply) *reply {
	return &reply{wire: wire{cut: cut(e)}}
}

// cutEffect ends the connection within the body.
type cutEffect struct {
	cut  cut
	keep int
}

func (e cutEffect) apply(_ *Server, _ *call, r *reply) *reply {
	keep := e.keep
	if keep == 0 {
		keep = len(r.body) / 2
	}
	r.wire.cut = e.cut
	// At least the last byte is missing, or it would not be cut.
	r.wire.sent = max(0, min(keep, len(r.body)-1))
	return r
}
