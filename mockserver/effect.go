package mockserver

// effect is one thing that a fault does to a request. It gets the answer so
// far, nil where there is none yet, and returns the answer to go on with. An
// answer that is already there may be changed, its body not.
type effect interface {
	apply(s *Server, c *call, r *reply) *reply
}

// effects are those of one fault, in the order in which they happen.
type effects struct {
	replacing []effect // at the moment that AfterCommit says
	spoiling  []effect // once there is an answer
}

func newEffects(f *Fault, seed uint64) effects {
	var e effects
	if f.Delay > 0 {
		e.replacing = append(e.replacing, delayEffect(f.Delay))
	}
	if f.Status != 0 {
		e.replacing = append(e.replacing, &statusEffect{f.Status, f.Header, f.Body})
	}
	if f.Reset {
		e.replacing = append(e.replacing, noAnswerEffect(cutReset))
	}
	if f.Empty {
		e.replacing = append(e.replacing, noAnswerEffect(cutEmpty))
	}
	if f.Garbage {
		e.spoiling = append(e.spoiling, garbageEffect(seed))
	}
	if f.Truncate {
		e.spoiling = append(e.spoiling, cutEffect{cutTruncate, f.Keep})
	}
	if f.ResetBody {
		e.spoiling = append(e.spoiling, cutEffect{cutResetBody, f.Keep})
	}
	if f.SlowBody > 0 {
		e.spoiling = append(e.spoiling, slowEffect(f.SlowBody))
	}
	return e
}

// applyAll hands the answer from effect to effect, up to one that ends the
// request.
func applyAll(effects []effect, s *Server, c *call, r *reply) *reply {
	for _, e := range effects {
		if r = e.apply(s, c, r); r != nil && r.err != nil {
			return r
		}
	}
	return r
}

// intercept is the stage that lets a fault happen before the change is made.
func (s *Server) intercept(c *call) *reply {
	c.fault = s.faults.next(c.operation())
	if c.fault == nil {
		c.fault = s.magic.fault(c)
	}
	if c.fault == nil || c.fault.AfterCommit {
		return nil
	}
	return applyAll(c.fault.replacing, s, c, nil)
}

// spoil lets the rest of the fault happen, when there is an answer.
func (s *Server) spoil(c *call, r *reply) *reply {
	if c.fault == nil || r.err != nil {
		return r
	}
	if c.fault.AfterCommit {
		r = applyAll(c.fault.replacing, s, c, r)
	}
	if r.err != nil {
		return r
	}
	return applyAll(c.fault.spoiling, s, c, r)
}
