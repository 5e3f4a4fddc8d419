package jsstringify

import (
	"math"
	"strconv"
)

// exactDigits is how many digits every integer may have and still be held and
// printed by a double as it stands.
const exactDigits = 15

// number takes a number and returns it as JavaScript prints it.
func (p *parser) number() ([]byte, error) {
	start := p.pos
	negative := p.take('-')
	whole := p.pos
	switch digits := p.digits(); {
	case digits == 0 && p.pos == len(p.src):
		return nil, errEnd
	case digits == 0 && negative:
		return nil, errNumber
	case digits == 0:
		return nil, errByte
	case digits > 1 && p.src[whole] == '0':
		p.pos = whole + 1
		return nil, errNumber
	}
	integer := true
	if p.take('.') {
		integer = false
		if p.digits() == 0 {
			return nil, errNumber
		}
	}
	if p.take('e') || p.take('E') {
		integer = false
		if !p.take('+') {
			p.take('-')
		}
		if p.digits() == 0 {
			return nil, errNumber
		}
	}
	text := p.src[start:p.pos]
	if integer && p.pos-whole <= exactDigits && !(negative && p.src[whole] == '0') {
		return text, nil
	}
	return formatNumber(text), nil
}

func (p *parser) take(b byte) bool {
	if p.pos < len(p.src) && p.src[p.pos] == b {
		p.pos++
		return true
	}
	return false
}

func (p *parser) digits() int {
	start := p.pos
	for p.pos < len(p.src) && '0' <= p.src[p.pos] && p.src[p.pos] <= '9' {
		p.pos++
	}
	return p.pos - start
}

// formatNumber prints the double nearest to a number of valid grammar by
// ECMAScript's Number::toString, or null where no finite one is near.
func formatNumber(text []byte) []byte {
	f, _ := strconv.ParseFloat(string(text), 64) // the only error left is the range, and its value is the infinity
	size := math.Abs(f)
	switch {
	case f == 0: // also -0
		return []byte("0")
	case math.IsInf(f, 0):
		return []byte("null")
	case size >= 1e-6 && size < 1e21:
		return strconv.AppendFloat(nil, f, 'f', -1, 64)
	}
	out := strconv.AppendFloat(nil, f, 'e', -1, 64)
	if n := len(out); out[n-2] == '0' && (out[n-3] == '-' || out[n-3] == '+') { // Go pads an exponent to two digits
		out[n-2] = out[n-1]
		out = out[:n-1]
	}
	return out
}
