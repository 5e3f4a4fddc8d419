package store

import (
	"strconv"
	"strings"
)

// freeSlug returns a slug for the title that no course has.
func (st *state) freeSlug(title string) string {
	base := slugOf(title)
	n, _ := st.slugs.Get(base)
	for {
		n++
		slug := base
		if n > 1 {
			slug += "-" + strconv.Itoa(n)
		}
		if st.courses.find(slug) == nil {
			st.slugs.Set(base, n)
			return slug
		}
	}
}

// slugOf keeps letters and digits of a title, in lower case, and puts one dash for all else.
func slugOf(title string) string {
	const longest = 80
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(title) {
		plain := latin(r)
		if plain == "" {
			dash = b.Len() > 0
			continue
		}
		if b.Len()+len(plain)+1 > longest {
			break
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteString(plain)
	}
	if b.Len() == 0 {
		return "course"
	}
	return b.String()
}

// latin returns the ASCII letters for a lower-case letter, "" for anything else.
func latin(r rune) string {
	if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
		return string(r)
	}
	return accented[r]
}

var accented = func() map[rune]string {
	m := map[rune]string{}
	for plain, letters := range map[string]string{
		"a": "àáâãåā", "ae": "äæ", "c": "çćč", "e": "èéêëē", "i": "ìíîïī", "n": "ñńň", "o": "òóôõøō", "oe": "öœ",
		"s": "śš", "ss": "ß", "u": "ùúûū", "ue": "ü", "y": "ýÿ", "z": "źżž", "l": "ł",
	} {
		for _, r := range letters {
			m[r] = plain
		}
	}
	return m
}()
