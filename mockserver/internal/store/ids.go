package store

import "strings"

// Prefixes of ids.
const (
	prefixCourse       = "course_"
	prefixEnrollment   = "enr_"
	prefixContact      = "con_"
	prefixEvent        = "event_"
	prefixRegistration = "reg_"
	prefixWebhook      = "wh_"
	prefixDelivery     = "dlv_"
	prefixEmission     = "evt_"
	prefixOrder        = "ord_"
	prefixProduct      = "prod_"
	prefixPayment      = "pay_"
	prefixSubscription = "sub_"
	prefixLesson       = "lesson_"
	prefixEmail        = "em_"
)

// prefixes lists all of them; a counter belongs to each.
var prefixes = [...]string{
	prefixCourse, prefixEnrollment, prefixContact, prefixEvent, prefixRegistration, prefixWebhook, prefixDelivery,
	prefixEmission, prefixOrder, prefixProduct, prefixPayment, prefixSubscription, prefixLesson, prefixEmail,
}

// counters holds the last number given out for each prefix.
type counters [len(prefixes)]uint64

func prefixIndex(prefix string) int {
	for i, p := range prefixes {
		if p == prefix {
			return i
		}
	}
	return -1
}

// base32 in ascending ASCII order, so that ids sort like the numbers they are made of.
const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// makeID turns a number into an id: seven digits that ascend with n and six that look random. Both depend on the seed.
func makeID(prefix string, seed, n uint64) string {
	const ascending, random = 7, 6
	start := mix(seed^hashString(prefix)) % (1 << 33)
	number := (1<<33 + start + n) % (1 << 35)
	noise := mix(seed + mix(n^hashString(prefix)))
	var digits [ascending + random]byte
	for i := range ascending {
		digits[i] = idAlphabet[number>>(5*(ascending-1-i))&31]
	}
	for i := range random {
		digits[ascending+i] = idAlphabet[noise>>(5*i)&31]
	}
	return prefix + string(digits[:])
}

// mix scrambles the bits of x (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hashString is FNV-1a.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// next gives out an id that taken does not know.
func (st *state) next(prefix string, taken func(string) bool) string {
	i := prefixIndex(prefix)
	c := &st.counters[i]
	*c = max(*c, st.floor[i])
	for {
		*c++
		if id := makeID(prefix, st.seed, *c); taken == nil || !taken(id) {
			return id
		}
	}
}

// nextFor gives out an id for a new row of t.
func nextFor[T any](st *state, prefix string, t *table[T]) string {
	return st.next(prefix, func(id string) bool { _, ok := t.ids.Get(id); return ok })
}

// checkID says what is wrong with an id that a seed brings along, or "".
func checkID(id, prefix string) string {
	switch {
	case id == "":
		return "must not be empty"
	case len(id) > 128:
		return "must be at most 128 characters long"
	case strings.IndexFunc(id, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-')
	}) >= 0:
		return "must consist of letters, digits, _ and -"
	case prefix == prefixCourse && strings.HasPrefix(id, "test_"):
		// The guides' own sample of a course has its prefix in the middle: test_course_123.
		return ""
	case !strings.HasPrefix(id, prefix):
		return "must start with " + prefix
	}
	return ""
}
