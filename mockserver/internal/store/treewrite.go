package store

import "slices"

// Set stores v under k and reports whether k is new.
func (t *tree[K, V]) Set(k K, v V) bool {
	if t.root == nil {
		t.root = &node[K, V]{own: t.own, keys: []K{k}, vals: []V{v}}
		t.size = 1
		return true
	}
	t.root = t.mutable(t.root)
	right, added := t.insert(t.root, k, v)
	if right != nil {
		left := t.root
		t.root = &node[K, V]{
			own:  t.own,
			keys: []K{left.keys[0], right.keys[0]},
			kids: []*node[K, V]{left, right},
			sums: []int{left.count(), right.count()},
		}
	}
	if added {
		t.size++
	}
	return added
}

// Delete removes k and reports whether it was there.
func (t *tree[K, V]) Delete(k K) bool {
	// Looking first keeps a miss from copying a path of shared nodes.
	if _, ok := t.Get(k); !ok {
		return false
	}
	t.root = t.mutable(t.root)
	t.remove(t.root, k)
	t.size--
	for len(t.root.kids) == 1 {
		t.root = t.root.kids[0]
	}
	if t.size == 0 {
		t.root = nil
	}
	return true
}

// mutable returns n, or a copy of it if another tree may still read it.
func (t *tree[K, V]) mutable(n *node[K, V]) *node[K, V] {
	if n.own == t.own {
		return n
	}
	return &node[K, V]{
		own:  t.own,
		keys: slices.Clone(n.keys),
		vals: slices.Clone(n.vals),
		kids: slices.Clone(n.kids),
		sums: slices.Clone(n.sums),
	}
}

func (n *node[K, V]) count() int {
	if n.kids == nil {
		return len(n.keys)
	}
	total := 0
	for _, s := range n.sums {
		total += s
	}
	return total
}

// insert puts k under n, which is mutable, and returns the new right sibling if n had to be split.
func (t *tree[K, V]) insert(n *node[K, V], k K, v V) (right *node[K, V], added bool) {
	if n.kids == nil {
		i, found := t.search(n, k)
		if found {
			n.vals[i] = v
			return nil, false
		}
		n.keys = slices.Insert(n.keys, i, k)
		n.vals = slices.Insert(n.vals, i, v)
		return t.split(n, i), true
	}
	i := t.child(n, k)
	kid := t.mutable(n.kids[i])
	n.kids[i] = kid
	sibling, added := t.insert(kid, k, v)
	if added {
		n.sums[i]++
	}
	if sibling == nil {
		return nil, added
	}
	moved := sibling.count()
	n.sums[i] -= moved
	n.keys = slices.Insert(n.keys, i+1, sibling.keys[0])
	n.kids = slices.Insert(n.kids, i+1, sibling)
	n.sums = slices.Insert(n.sums, i+1, moved)
	return t.split(n, i+1), added
}

// split moves the upper part of an overfull node to a new right sibling. After an insertion at the very end it moves
// only that entry: rows arrive in ascending order, and half-empty nodes behind them would double the memory.
func (t *tree[K, V]) split(n *node[K, V], inserted int) *node[K, V] {
	if len(n.keys) <= fanout {
		return nil
	}
	at := len(n.keys) / 2
	if inserted == len(n.keys)-1 {
		at = inserted
	}
	right := &node[K, V]{own: t.own, keys: roomy(n.keys[at:])}
	clear(n.keys[at:])
	n.keys = n.keys[:at]
	if n.kids == nil {
		right.vals = roomy(n.vals[at:])
		clear(n.vals[at:])
		n.vals = n.vals[:at]
		return right
	}
	right.kids = roomy(n.kids[at:])
	right.sums = roomy(n.sums[at:])
	clear(n.kids[at:])
	n.kids, n.sums = n.kids[:at], n.sums[:at]
	return right
}

// roomy copies entries to where as many as a node can hold have room.
func roomy[E any](s []E) []E { return append(make([]E, 0, fanout+1), s...) }

// remove takes k, which is there, out from under n, which is mutable.
func (t *tree[K, V]) remove(n *node[K, V], k K) {
	if n.kids == nil {
		i, _ := t.search(n, k)
		n.keys = slices.Delete(n.keys, i, i+1)
		n.vals = slices.Delete(n.vals, i, i+1)
		return
	}
	i := t.child(n, k)
	kid := t.mutable(n.kids[i])
	n.kids[i] = kid
	t.remove(kid, k)
	n.sums[i]--
	switch {
	case n.sums[i] == 0:
		n.drop(i)
	case len(kid.keys) < fanout/4 && i+1 < len(n.kids) && t.merge(n, i):
	case len(kid.keys) < fanout/4 && i > 0:
		t.merge(n, i-1)
	}
}

// drop removes child i from the inner node n.
func (n *node[K, V]) drop(i int) {
	n.keys = slices.Delete(n.keys, i, i+1)
	n.kids = slices.Delete(n.kids, i, i+1)
	n.sums = slices.Delete(n.sums, i, i+1)
}

// merge moves the entries of child i+1 into child i if they fit.
func (t *tree[K, V]) merge(n *node[K, V], i int) bool {
	left, right := n.kids[i], n.kids[i+1]
	if len(left.keys)+len(right.keys) > fanout {
		return false
	}
	left = t.mutable(left)
	first := len(left.keys)
	left.keys = append(left.keys, right.keys...)
	left.vals = append(left.vals, right.vals...)
	left.kids = append(left.kids, right.kids...)
	left.sums = append(left.sums, right.sums...)
	if left.kids != nil {
		// The first key of an inner node may lie above what its first child holds; the parent's bound does not.
		left.keys[first] = n.keys[i+1]
	}
	n.kids[i] = left
	n.sums[i] += n.sums[i+1]
	n.drop(i + 1)
	return true
}
