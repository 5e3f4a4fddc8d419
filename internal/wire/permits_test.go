package wire

import "testing"

// An id names its own permit alone: not the one that has its place afterwards,
// and not a place that nobody has.
func TestPermits(t *testing.T) {
	var p permits
	one, two := new(keyBudget), new(keyBudget)
	first, second := p.add(one), p.add(two)
	if first == 0 || second <= first {
		t.Errorf("ids %d and %d, want a running number", first, second)
	}
	if k := p.remove(first); k != one {
		t.Errorf("removed %p, want %p", k, one)
	}
	third := p.add(two)
	if len(p.places) != 2 || p.len() != 2 {
		t.Errorf("%d permits in %d places, want 2 in 2", p.len(), len(p.places))
	}
	for _, id := range []PermitID{0, 1, first, first + 5, 1 << 63, ^PermitID(0)} {
		if k := p.remove(id); k != nil {
			t.Errorf("id %d: a permit that it does not name", id)
		}
	}
	if p.remove(second) != two || p.remove(third) != two || p.len() != 0 {
		t.Errorf("%d permits are left", p.len())
	}
	if p.remove(0) != nil || p.remove(third) != nil || len(p.free) != 2 {
		t.Errorf("places %v are free, want each once", p.free)
	}
}
