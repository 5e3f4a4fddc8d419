package wire

// permits are the budgets of requests under way. The zero value has none. An id
// is a running number and, in its low bits, the place of the permit: looking in
// a place costs less than looking into a map.
type permits struct {
	last   uint64 // running number
	places []place
	free   []uint64 // indexes of places that no permit has
}

// placeBits leave room for 16 million requests under way, and for a trillion in
// all.
const placeBits = 24

type place struct {
	id     PermitID
	budget *keyBudget // nil: no permit has the place
}

func (p *permits) add(k *keyBudget) PermitID {
	if len(p.free) == 0 {
		p.free = append(p.free, uint64(len(p.places)))
		p.places = append(p.places, place{})
	}
	end := len(p.free) - 1
	i := p.free[end]
	p.free = p.free[:end]
	p.last++
	id := PermitID(p.last<<placeBits | i)
	p.places[i] = place{id, k}
	return id
}

// remove returns the permit's budget, nil for an id that is unknown or was
// removed before.
func (p *permits) remove(id PermitID) *keyBudget {
	i := uint64(id) & (1<<placeBits - 1)
	if i >= uint64(len(p.places)) || p.places[i].id != id || p.places[i].budget == nil {
		return nil
	}
	k := p.places[i].budget
	p.places[i].budget = nil
	p.free = append(p.free, i)
	return k
}

func (p *permits) len() int { return len(p.places) - len(p.free) }
