package jsstringify

import (
	"unicode/utf16"
	"unicode/utf8"
)

const lowerHex = "0123456789abcdef"

// string takes a string and returns it, with its quotes, as JSON.stringify
// prints it. Two strings are equal in JavaScript exactly if these bytes are.
func (p *parser) string() ([]byte, error) {
	start := p.pos
	p.pos++
	for p.pos < len(p.src) {
		switch b := p.src[p.pos]; {
		case b == '"':
			p.pos++
			return p.src[start:p.pos:p.pos], nil
		case b == '\\' || b < ' ' || b >= utf8.RuneSelf:
			return p.rewrite(append([]byte(nil), p.src[start:p.pos]...))
		}
		p.pos++
	}
	return nil, errEnd
}

// rewrite goes on with a string that may need to be written differently.
func (p *parser) rewrite(out []byte) ([]byte, error) {
	for p.pos < len(p.src) {
		switch b := p.src[p.pos]; {
		case b == '"':
			p.pos++
			return append(out, '"'), nil
		case b == '\\':
			unit, err := p.escape()
			if err != nil {
				return nil, err
			}
			if utf16.IsSurrogate(unit) {
				out = p.surrogate(out, unit)
			} else {
				out = appendRune(out, unit)
			}
		case b < ' ':
			return nil, errControl
		case b < utf8.RuneSelf:
			out = append(out, b)
			p.pos++
		default:
			r, size := utf8.DecodeRune(p.src[p.pos:])
			if r == utf8.RuneError && size == 1 {
				size = malformed(p.src[p.pos:])
			}
			out = utf8.AppendRune(out, r)
			p.pos += size
		}
	}
	return nil, errEnd
}

// escape takes an escape sequence and returns its UTF-16 code unit.
func (p *parser) escape() (rune, error) {
	if p.pos+1 >= len(p.src) {
		p.pos = len(p.src)
		return 0, errEnd
	}
	b := p.src[p.pos+1]
	if b == 'u' {
		return p.hexEscape()
	}
	var r rune
	switch b {
	case '"', '\\', '/':
		r = rune(b)
	case 'b':
		r = '\b'
	case 'f':
		r = '\f'
	case 'n':
		r = '\n'
	case 'r':
		r = '\r'
	case 't':
		r = '\t'
	default:
		return 0, errEscape
	}
	p.pos += 2
	return r, nil
}

func (p *parser) hexEscape() (rune, error) {
	if p.pos+6 > len(p.src) {
		p.pos = len(p.src)
		return 0, errEnd
	}
	var r rune
	for _, b := range p.src[p.pos+2 : p.pos+6] {
		switch {
		case '0' <= b && b <= '9':
			b -= '0'
		case 'a' <= b && b <= 'f':
			b -= 'a' - 10
		case 'A' <= b && b <= 'F':
			b -= 'A' - 10
		default:
			return 0, errEscape
		}
		r = r<<4 | rune(b)
	}
	p.pos += 6
	return r, nil
}

// surrogate writes a surrogate that was escaped: a character if the escape of
// its other half follows, else the escape again.
func (p *parser) surrogate(out []byte, unit rune) []byte {
	rest := p.src[p.pos:]
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		before := p.pos
		if low, err := p.hexEscape(); err == nil {
			if r := utf16.DecodeRune(unit, low); r != utf8.RuneError {
				return utf8.AppendRune(out, r)
			}
		}
		p.pos = before
	}
	return appendHex(out, unit)
}

func appendRune(out []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(out, '\\', byte(r))
	case '\b':
		return append(out, '\\', 'b')
	case '\f':
		return append(out, '\\', 'f')
	case '\n':
		return append(out, '\\', 'n')
	case '\r':
		return append(out, '\\', 'r')
	case '\t':
		return append(out, '\\', 't')
	}
	if r < ' ' {
		return appendHex(out, r)
	}
	return utf8.AppendRune(out, r)
}

func appendHex(out []byte, r rune) []byte {
	return append(out, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
}

// malformed returns how many bytes of malformed UTF-8 a decoder replaces by
// one U+FFFD: the longest start of a character that s begins with, by the
// WHATWG encoding standard, or one byte.
func malformed(s []byte) int {
	low, high, more := byte(0x80), byte(0xBF), 0
	switch b := s[0]; {
	case 0xC2 <= b && b <= 0xDF:
		more = 1
	case 0xE0 <= b && b <= 0xEF:
		more = 2
	case 0xF0 <= b && b <= 0xF4:
		more = 3
	}
	switch s[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n <= more && n < len(s) && low <= s[n] && s[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}
