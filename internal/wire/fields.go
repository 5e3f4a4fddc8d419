package wire

import "bytes"

// IsToken reports whether s can be a method or a field name.
func IsToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		alnum := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !alnum && !bytes.ContainsRune([]byte("!#$%&'*+-.^_`|~"), rune(c)) {
			return false
		}
	}
	return s != ""
}

// FieldValueProblem returns why s cannot be the value of a header field, "" where
// it can.
func FieldValueProblem(s string) string {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\t') || c == 0x7f {
			return "has a line break or other control character in its value"
		}
	}
	return ""
}
