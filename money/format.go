package money

import (
	"fmt"
	"slices"
	"strconv"
)

// String returns d in plain notation with no needless zeros: "49.9", "0", "-1200".
func (d Decimal) String() string {
	var buf [32]byte
	return string(d.append(buf[:0]))
}

// append writes d in plain notation.
func (d Decimal) append(b []byte) []byte {
	if d.coef < 0 {
		b = append(b, '-')
	}
	return appendPlain(b, d.magnitude(), int(d.exp))
}

// appendPlain writes n × 10^exp without an exponent.
func appendPlain(b []byte, n uint64, exp int) []byte {
	start := len(b)
	b = strconv.AppendUint(b, n, 10)
	if exp >= 0 {
		return appendZeros(b, exp)
	}
	if missing := 1 - exp - (len(b) - start); missing > 0 {
		var lead [1 - minExp]byte
		b = slices.Insert(b, start, appendZeros(lead[:0], missing)...)
	}
	return slices.Insert(b, len(b)+exp, '.')
}

func appendZeros(b []byte, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	return b
}

// Format makes a Decimal print as its number under %v and %s, as a quoted number under %q, and with a fixed number of
// decimals under %f: fmt.Sprintf("%.2f", d) gives "49.90". Where %f drops decimals it rounds half away from zero;
// without a precision it drops none. Width and the flags '-', '0' and (under %f) '+' work as for numbers. %#v gives
// the Go expression.
func (d Decimal) Format(s fmt.State, verb rune) {
	var buf [32]byte
	b := buf[:0]
	switch verb {
	case 'v', 's', 'q':
		switch {
		case verb == 'v' && s.Flag('#'):
			b = append(d.append(append(b, `money.MustParse("`...)), `")`...)
		case verb == 'q':
			b = append(d.append(append(b, '"')), '"')
		default:
			b = d.append(b)
		}
	case 'f', 'F':
		places, given := s.Precision()
		if !given {
			places = max(0, -int(d.exp))
		}
		b = d.appendFixed(b, places, s.Flag('+'))
	default:
		b = fmt.Appendf(b, "%%!%c(money.Decimal=%v)", verb, d.String())
	}
	pad(s, b, verb == 'f' || verb == 'F')
}

// appendFixed writes d with exactly this number of decimals.
func (d Decimal) appendFixed(b []byte, places int, plus bool) []byte {
	n, exp := d.magnitude(), int(d.exp)
	if drop := -exp - places; drop > 0 {
		n, exp = roundedShift(n, drop), -places
	}
	switch {
	case d.coef < 0 && n != 0:
		b = append(b, '-')
	case plus:
		b = append(b, '+')
	}
	b = appendPlain(b, n, exp)
	if places == 0 {
		return b
	}
	if exp >= 0 {
		b = append(b, '.')
		exp = 0
	}
	return appendZeros(b, places+exp)
}

// roundedShift divides n by 10^by, halves away from zero.
func roundedShift(n uint64, by int) uint64 {
	if by >= len(pow10) {
		return 0
	}
	unit := pow10[by]
	quotient, rest := n/unit, n%unit
	if rest >= unit-rest {
		quotient++
	}
	return quotient
}

// pad writes b to s, filled up to the width that the user asked for.
func pad(s fmt.State, b []byte, number bool) {
	width, _ := s.Width()
	missing := width - len(b)
	switch {
	case missing <= 0:
	case s.Flag('-'):
		b = append(b, slices.Repeat([]byte{' '}, missing)...)
	case s.Flag('0') && number:
		at := 0
		if b[0] == '-' || b[0] == '+' {
			at = 1
		}
		b = slices.Insert(b, at, slices.Repeat([]byte{'0'}, missing)...)
	default:
		b = slices.Insert(b, 0, slices.Repeat([]byte{' '}, missing)...)
	}
	// A failing writer is fmt's to report.
	_, _ = s.Write(b)
}
