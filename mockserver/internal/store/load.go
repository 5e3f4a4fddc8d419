package store

import (
	"slices"
	"strings"
)

// entry is a key with its value.
type entry[K, V any] struct {
	k K
	v V
}

// fill builds an empty tree from entries in ascending order, which is several times faster than to insert them.
func (t *tree[K, V]) fill(entries []entry[K, V]) {
	var level []*node[K, V]
	for part := range slices.Chunk(entries, fanout) {
		n := &node[K, V]{own: t.own, keys: make([]K, 0, fanout+1), vals: make([]V, 0, fanout+1)}
		for _, e := range part {
			n.keys = append(n.keys, e.k)
			n.vals = append(n.vals, e.v)
		}
		level = append(level, n)
	}
	for len(level) > 1 {
		var above []*node[K, V]
		for kids := range slices.Chunk(level, fanout) {
			n := &node[K, V]{own: t.own, kids: roomy(kids)}
			for _, kid := range kids {
				n.keys = append(n.keys, kid.keys[0])
				n.sums = append(n.sums, kid.count())
			}
			above = append(above, n)
		}
		level = above
	}
	if len(level) == 1 {
		t.root, t.size = level[0], len(entries)
	}
}

// load fills an empty table with values in the order of their places. Ids and natural keys must be different.
func (t *table[T]) load(st *state, values []T) {
	// One allocation holds all rows; it lives as long as any of them does.
	rows := make([]row[T], len(values))
	places := make([]entry[place, *row[T]], len(values))
	ids := make([]entry[string, *row[T]], len(values))
	var uniques []entry[string, *row[T]]
	for i := range values {
		r := &rows[i]
		*r = row[T]{place{t.created(&values[i]).Unix(), st.nextSeq()}, values[i]}
		places[i] = entry[place, *row[T]]{r.place, r}
		ids[i] = entry[string, *row[T]]{t.id(&r.v), r}
		if t.unique == nil {
			continue
		}
		if k := t.unique(&r.v); k != "" {
			uniques = append(uniques, entry[string, *row[T]]{k, r})
		}
	}
	byKey := func(a, b entry[string, *row[T]]) int { return strings.Compare(a.k, b.k) }
	slices.SortFunc(ids, byKey)
	slices.SortFunc(uniques, byKey)
	t.rows.fill(places)
	t.ids.fill(ids)
	t.uniques.fill(uniques)
	if t.schema.groups != nil {
		t.loadGroups(rows)
	}
}

// loadGroups fills the groups with rows in the order of their places: it counts the members of each group, and so knows
// where each is to go.
func (t *table[T]) loadGroups(rows []row[T]) {
	numbers := map[group]uint32{}
	members := make([]entry[groupPlace, *row[T]], 0, 3*len(rows))
	var starts []int
	var buf [8]group
	for i := range rows {
		r := &rows[i]
		for _, g := range t.schema.groups(&r.v, buf[:0]) {
			n, ok := numbers[g]
			if !ok {
				n = uint32(len(starts))
				numbers[g] = n
				starts = append(starts, 0)
				t.names.Set(g, n)
			}
			starts[n]++
			members = append(members, entry[groupPlace, *row[T]]{groupPlace{n, r.place}, r})
		}
	}
	next := 0
	for n, count := range starts {
		starts[n] = next
		next += count
	}
	sorted := make([]entry[groupPlace, *row[T]], len(members))
	for _, m := range members {
		sorted[starts[m.k.group]] = m
		starts[m.k.group]++
	}
	t.groups.fill(sorted)
}
