package store

// fanout is the most entries a node holds. Wide nodes keep a tree of a million entries four levels deep, which is what
// keeps a lookup there close to the price of one among a thousand. With the one entry that makes a node overfull it is
// a power of two, which is what memory comes in.
const fanout = 63

// owner marks the nodes that one tree may change in place. Its size is not zero, so that two owners never share an
// address.
type owner struct{ _ byte }

// tree is an ordered map that also finds entries by rank. Copies made by share and fork have all nodes in common and
// copy what they change. Get, At, Rank and Ascend may run at the same time; Set and Delete need the tree alone.
type tree[K, V any] struct {
	compare func(a, b K) int
	root    *node[K, V]
	own     *owner
	size    int
}

// node is a leaf (keys, vals) or an inner node, whose keys[i] is a lower bound of everything under kids[i] (for i > 0;
// the first child takes whatever is smaller than the second) and whose sums[i] counts the entries there.
type node[K, V any] struct {
	own  *owner
	keys []K
	vals []V
	kids []*node[K, V]
	sums []int
}

func newTree[K, V any](compare func(a, b K) int) tree[K, V] {
	return tree[K, V]{compare: compare, own: new(owner)}
}

// share returns a copy that must never be written, and gives up the right to change the nodes both now hold.
func (t *tree[K, V]) share() tree[K, V] {
	frozen := *t
	frozen.own = nil
	t.own = new(owner)
	return frozen
}

// fork returns a copy that may be written, leaving t untouched; t must come from share.
func (t *tree[K, V]) fork() tree[K, V] {
	c := *t
	c.own = new(owner)
	return c
}

// Len returns the number of entries.
func (t *tree[K, V]) Len() int { return t.size }

// Get returns the value of k.
func (t *tree[K, V]) Get(k K) (v V, ok bool) {
	n := t.root
	if n == nil {
		return v, false
	}
	for n.kids != nil {
		n = n.kids[t.child(n, k)]
	}
	if i, found := t.search(n, k); found {
		return n.vals[i], true
	}
	return v, false
}

// Rank returns how many entries have a key below k.
func (t *tree[K, V]) Rank(k K) int {
	n, rank := t.root, 0
	if n == nil {
		return 0
	}
	for n.kids != nil {
		i := t.child(n, k)
		for _, s := range n.sums[:i] {
			rank += s
		}
		n = n.kids[i]
	}
	i, _ := t.search(n, k)
	return rank + i
}

// Ascend calls yield with the entries from the given rank on, in order, until yield returns false.
func (t *tree[K, V]) Ascend(rank int, yield func(K, V) bool) {
	if t.root != nil && rank < t.size {
		t.root.ascend(max(rank, 0), yield)
	}
}

func (n *node[K, V]) ascend(rank int, yield func(K, V) bool) bool {
	if n.kids == nil {
		for i := rank; i < len(n.keys); i++ {
			if !yield(n.keys[i], n.vals[i]) {
				return false
			}
		}
		return true
	}
	for i, s := range n.sums {
		if rank >= s {
			rank -= s
			continue
		}
		if !n.kids[i].ascend(rank, yield) {
			return false
		}
		rank = 0
	}
	return true
}

// search returns the position of the first key in n that is not below k, and whether it equals k.
func (t *tree[K, V]) search(n *node[K, V], k K) (int, bool) {
	lo, hi := 0, len(n.keys)
	// Rows mostly arrive in ascending order.
	if hi > 0 && t.compare(n.keys[hi-1], k) < 0 {
		return hi, false
	}
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch c := t.compare(n.keys[mid], k); {
		case c == 0:
			return mid, true
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return lo, false
}

// child returns which child of the inner node n holds k if any does.
func (t *tree[K, V]) child(n *node[K, V], k K) int {
	i, found := t.search(n, k)
	if !found {
		i--
	}
	return max(i, 0)
}
