package store

import (
	"cmp"
	"math"
	"strings"
	"time"
)

// place is where a row stands in every list: by creation time in whole seconds, then by order of creation. Generated
// ids ascend, so among rows made by calls the second is the order of ids as well; a row never moves once it is there,
// which is what lets a reader of page after page see each row that stays exactly once.
type place struct {
	sec int64
	seq uint64
}

func (p place) compare(q place) int {
	if c := cmp.Compare(p.sec, q.sec); c != 0 {
		return c
	}
	return cmp.Compare(p.seq, q.seq)
}

// group names a filtered list: the rows of a course, of a status, of both, with a tag.
type group struct {
	kind byte
	a, b string
}

func (g group) compare(h group) int {
	if c := cmp.Compare(g.kind, h.kind); c != 0 {
		return c
	}
	if c := strings.Compare(g.a, h.a); c != 0 {
		return c
	}
	return strings.Compare(g.b, h.b)
}

// groupPlace is a row's place in a group. Groups are numbered, so that walking the index compares integers.
type groupPlace struct {
	group uint32
	place
}

func (p groupPlace) compare(q groupPlace) int {
	if c := cmp.Compare(p.group, q.group); c != 0 {
		return c
	}
	return p.place.compare(q.place)
}

// row is one version of an object. It is never changed, only replaced.
type row[T any] struct {
	place
	v T
}

// schema says how a table reads its rows.
type schema[T any] struct {
	resource string
	id       func(*T) string
	created  func(*T) time.Time
	unique   func(*T) string           // a natural key, "" for none; may be nil
	groups   func(*T, []group) []group // may be nil
}

// table holds the rows of one resource with their indexes.
type table[T any] struct {
	*schema[T]
	rows    tree[place, *row[T]]
	ids     tree[string, *row[T]]
	uniques tree[string, *row[T]]
	names   tree[group, uint32]
	groups  tree[groupPlace, *row[T]]
}

func newTable[T any](s *schema[T]) table[T] {
	return table[T]{
		schema:  s,
		rows:    newTree[place, *row[T]](place.compare),
		ids:     newTree[string, *row[T]](strings.Compare),
		uniques: newTree[string, *row[T]](strings.Compare),
		names:   newTree[group, uint32](group.compare),
		groups:  newTree[groupPlace, *row[T]](groupPlace.compare),
	}
}

func (t *table[T]) share() table[T] {
	return table[T]{t.schema, t.rows.share(), t.ids.share(), t.uniques.share(), t.names.share(), t.groups.share()}
}

func (t *table[T]) fork() table[T] {
	return table[T]{t.schema, t.rows.fork(), t.ids.fork(), t.uniques.fork(), t.names.fork(), t.groups.fork()}
}

// get returns the row with the id, or the error the API answers with.
func (t *table[T]) get(id string) (*row[T], error) {
	if r, ok := t.ids.Get(id); ok {
		return r, nil
	}
	return nil, &NotFoundError{t.resource, id}
}

// find returns the row with the natural key, or nil.
func (t *table[T]) find(unique string) *row[T] {
	r, _ := t.uniques.Get(unique)
	return r
}

// insert adds a row whose id and natural key are free.
func (t *table[T]) insert(v T, seq uint64) *row[T] {
	r := &row[T]{place{t.created(&v).Unix(), seq}, v}
	t.put(r)
	return r
}

// replace puts v where old was.
func (t *table[T]) replace(old *row[T], v T) *row[T] {
	r := &row[T]{old.place, v}
	t.put(r)
	if t.unique != nil {
		if k := t.unique(&old.v); k != "" && k != t.unique(&r.v) {
			t.uniques.Delete(k)
		}
	}
	t.leave(old)
	return r
}

func (t *table[T]) put(r *row[T]) {
	t.rows.Set(r.place, r)
	t.ids.Set(t.id(&r.v), r)
	if t.unique != nil {
		if k := t.unique(&r.v); k != "" {
			t.uniques.Set(k, r)
		}
	}
	if t.schema.groups == nil {
		return
	}
	var buf [8]group
	for _, g := range t.schema.groups(&r.v, buf[:0]) {
		n, ok := t.names.Get(g)
		if !ok {
			n = uint32(t.names.Len())
			t.names.Set(g, n)
		}
		t.groups.Set(groupPlace{n, r.place}, r)
	}
}

// leave takes r out of the groups in which no newer version has taken its place.
func (t *table[T]) leave(r *row[T]) {
	if t.schema.groups == nil {
		return
	}
	var buf [8]group
	for _, g := range t.schema.groups(&r.v, buf[:0]) {
		n, _ := t.names.Get(g)
		at := groupPlace{n, r.place}
		if now, ok := t.groups.Get(at); ok && now == r {
			t.groups.Delete(at)
		}
	}
}

// remove takes a row out.
func (t *table[T]) remove(r *row[T]) {
	t.rows.Delete(r.place)
	t.ids.Delete(t.id(&r.v))
	if t.unique != nil {
		if k := t.unique(&r.v); k != "" {
			t.uniques.Delete(k)
		}
	}
	t.leave(r)
}

// each calls yield with every row in order.
func (t *table[T]) each(yield func(*row[T]) bool) {
	t.rows.Ascend(0, func(_ place, r *row[T]) bool { return yield(r) })
}

// eachIn calls yield with every row of the group in order.
func (t *table[T]) eachIn(g group, yield func(*row[T]) bool) {
	n, ok := t.names.Get(g)
	if !ok {
		return
	}
	from := t.groups.Rank(groupPlace{n, place{math.MinInt64, 0}})
	t.groups.Ascend(from, func(p groupPlace, r *row[T]) bool { return p.group == n && yield(r) })
}

// filter is what a list is narrowed to: the rows of a group (all if nil) created after a moment (any if zero).
type filter struct {
	group *group
	after time.Time
}

// list returns a page of the rows that pass the filter.
func list[T Renderer](t *table[T], f filter, p ListParams) (Page[T], error) {
	p, err := p.check()
	if err != nil {
		return Page[T]{}, err
	}
	first := place{math.MinInt64, 0}
	if !f.after.IsZero() {
		first.sec = f.after.Unix() + 1
	}
	if f.group == nil {
		base := t.rows.Rank(first)
		from, count, meta := p.window(t.rows.Len() - base)
		return Page[T]{collect(&t.rows, base+from, count), meta}, nil
	}
	n, ok := t.names.Get(*f.group)
	if !ok {
		_, _, meta := p.window(0)
		return Page[T]{[]T{}, meta}, nil
	}
	base := t.groups.Rank(groupPlace{n, first})
	from, count, meta := p.window(t.groups.Rank(groupPlace{n + 1, place{math.MinInt64, 0}}) - base)
	return Page[T]{collect(&t.groups, base+from, count), meta}, nil
}

// collect copies count values from the given rank on.
func collect[K, T any](t *tree[K, *row[T]], from, count int) []T {
	data := make([]T, 0, count)
	if count == 0 {
		return data
	}
	t.Ascend(from, func(_ K, r *row[T]) bool {
		data = append(data, r.v)
		return len(data) < count
	})
	return data
}

// value is the value of a row that was looked for.
func value[T any](r *row[T], err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return r.v, nil
}
