package jsstringify

import "slices"

// maxIndex is the largest array index of ECMAScript, 2^32-2.
const maxIndex = 1<<32 - 2

// manyMembers is from how many members on keys are found by map.
const manyMembers = 16

// object gathers members the way an ECMAScript object does: a repeated key
// keeps its place and takes the last value.
type object struct {
	members []member
	places  map[string]int // key to place, once there are many
	indexed bool           // some key is an array index
}

func (o *object) set(key []byte, v value) {
	if i := o.find(key); i >= 0 {
		o.members[i].value = v
		return
	}
	if o.places != nil {
		o.places[string(key)] = len(o.members)
	}
	o.members = append(o.members, member{key, v})
	if _, ok := arrayIndex(key); ok {
		o.indexed = true
	}
}

func (o *object) find(key []byte) int {
	if len(o.members) < manyMembers {
		return slices.IndexFunc(o.members, func(m member) bool { return string(m.key) == string(key) })
	}
	if o.places == nil {
		o.places = make(map[string]int, 2*manyMembers)
		for i, m := range o.members {
			o.places[string(m.key)] = i
		}
	}
	if i, ok := o.places[string(key)]; ok {
		return i
	}
	return -1
}

// value returns the object with its members in the order of property
// enumeration: array indices ascending, then the others as they came.
func (o *object) value() value {
	if o.indexed {
		slices.SortStableFunc(o.members, func(a, b member) int {
			x, xok := arrayIndex(a.key)
			y, yok := arrayIndex(b.key)
			switch {
			case xok && yok:
				return int(x - y)
			case xok:
				return -1
			case yok:
				return 1
			}
			return 0
		})
	}
	return value{kind: '{', members: o.members}
}

// arrayIndex reads a quoted key that is a canonical array index: decimal
// digits without a leading zero, at most [maxIndex].
func arrayIndex(key []byte) (int64, bool) {
	digits := key[1 : len(key)-1]
	if len(digits) == 0 || len(digits) > 10 || digits[0] == '0' && len(digits) > 1 {
		return 0, false
	}
	var n int64
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = 10*n + int64(d-'0')
	}
	return n, n <= maxIndex
}
