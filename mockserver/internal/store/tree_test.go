package store

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// check compares every view that a tree offers with a plain map.
func check(t *testing.T, tr *tree[int, int], want map[int]int) {
	t.Helper()
	keys := slices.Sorted(maps.Keys(want))
	if tr.Len() != len(keys) {
		t.Fatalf("Len = %d, want %d", tr.Len(), len(keys))
	}
	i := 0
	tr.Ascend(0, func(k, v int) bool {
		if i >= len(keys) || k != keys[i] || v != want[k] {
			t.Fatalf("entry %d is %d=%d", i, k, v)
		}
		i++
		return true
	})
	if i != len(keys) {
		t.Fatalf("Ascend yielded %d of %d entries", i, len(keys))
	}
	for i, k := range keys {
		if i%7 != 0 {
			continue
		}
		if v, ok := tr.Get(k); !ok || v != want[k] {
			t.Fatalf("Get(%d) = %d, %v", k, v, ok)
		}
		if r := tr.Rank(k); r != i {
			t.Fatalf("Rank(%d) = %d, want %d", k, r, i)
		}
		tr.Ascend(i, func(got, _ int) bool {
			if got != k {
				t.Fatalf("rank %d holds %d, want %d", i, got, k)
			}
			return false
		})
	}
	if _, ok := tr.Get(-1); ok {
		t.Fatal("Get found a key that was never set")
	}
}

func TestTreeAgainstMap(t *testing.T) {
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		tr, want := newTree[int, int](cmp.Compare[int]), map[int]int{}
		space := []int{40, 400, 20000}[seed%3]
		for round := range 12 {
			for range 3000 {
				k := rnd.IntN(space)
				_, had := want[k]
				// Rounds alternate between growing and shrinking, so that nodes split, merge and empty.
				if rnd.IntN(10) < 3+4*(round%2) {
					if tr.Set(k, round) == had {
						t.Fatalf("Set(%d) disagrees on whether the key is new", k)
					}
					want[k] = round
				} else {
					if tr.Delete(k) != had {
						t.Fatalf("Delete(%d) disagrees on whether the key was there", k)
					}
					delete(want, k)
				}
			}
			check(t, &tr, want)
		}
		for k := range want {
			tr.Delete(k)
		}
		check(t, &tr, map[int]int{})
	}
}

func TestTreeAscendingAndDescending(t *testing.T) {
	up, down, want := newTree[int, int](cmp.Compare[int]), newTree[int, int](cmp.Compare[int]), map[int]int{}
	for i := range 10000 {
		up.Set(i, i)
		down.Set(9999-i, 9999-i)
		want[i] = i
	}
	check(t, &up, want)
	check(t, &down, want)
	leaves := 0
	var walk func(n *node[int, int])
	walk = func(n *node[int, int]) {
		if n.kids == nil {
			leaves++
		}
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(up.root)
	if full := 10000 / fanout; leaves > full+1 {
		t.Errorf("ascending inserts left %d leaves, want at most %d", leaves, full+1)
	}
}

func TestTreeCopiesAreIndependent(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	tr, want := newTree[int, int](cmp.Compare[int]), map[int]int{}
	write := func(tr *tree[int, int], want map[int]int, v int) {
		for range 500 {
			k := rnd.IntN(3000)
			if rnd.IntN(2) == 0 {
				tr.Set(k, v)
				want[k] = v
			} else {
				tr.Delete(k)
				delete(want, k)
			}
		}
	}
	type copied struct {
		tr   tree[int, int]
		want map[int]int
	}
	var frozen []copied
	for i := range 20 {
		write(&tr, want, i)
		frozen = append(frozen, copied{tr.share(), maps.Clone(want)})
	}
	for i := range frozen {
		forked, forkWant := frozen[i].tr.fork(), maps.Clone(frozen[i].want)
		write(&forked, forkWant, 1000+i)
		check(t, &forked, forkWant)
	}
	for i := range frozen {
		check(t, &frozen[i].tr, frozen[i].want)
	}
	check(t, &tr, want)
}
