package store

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number, kept without trailing zeros so that == compares values. The zero value is 0.
type Decimal struct {
	coef  int64
	scale uint8 // digits after the point
}

// maxScale bounds the digits after the point; no currency has more than four.
const maxScale = 12

var (
	errDecimalSyntax = errors.New("must be a number")
	errDecimalRange  = errors.New("is out of range: at most 15 digits, 12 of them after the point")
)

// ParseDecimal reads a number in JSON's syntax, exponents included.
func ParseDecimal(s string) (Decimal, error) {
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return Decimal{}, errDecimalSyntax
		}
		mantissa, exponent = s[:i], e
	}
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || point && fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return Decimal{}, errDecimalSyntax
	}
	fraction = strings.TrimRight(fraction, "0")
	number := strings.TrimLeft(whole+fraction, "0")
	if number == "" {
		return Decimal{}, nil
	}
	trimmed := strings.TrimRight(number, "0")
	// The value is trimmed × 10^(-places).
	places := len(fraction) - (len(number) - len(trimmed))
	if exponent > 1000 || exponent < -1000 || len(trimmed) > 15 {
		return Decimal{}, errDecimalRange
	}
	places -= exponent
	if places > maxScale || len(trimmed)-min(places, 0) > 15 {
		return Decimal{}, errDecimalRange
	}
	coef, err := strconv.ParseInt(trimmed, 10, 64)
	if err != nil {
		return Decimal{}, errDecimalRange
	}
	for ; places < 0; places++ {
		coef *= 10
	}
	if negative {
		coef = -coef
	}
	return Decimal{coef, uint8(places)}, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// FromMinor returns n units of 10^-digits: FromMinor(4999, 2) is 49.99.
func FromMinor(n int64, digits int) Decimal {
	for digits > 0 && n%10 == 0 {
		n, digits = n/10, digits-1
	}
	return Decimal{n, uint8(digits)}
}

// Add returns the sum of d and e; what does not fit stays at the largest value that does.
func (d Decimal) Add(e Decimal) Decimal {
	for d.scale < e.scale {
		d = Decimal{mulSaturated(d.coef), d.scale + 1}
	}
	for e.scale < d.scale {
		e = Decimal{mulSaturated(e.coef), e.scale + 1}
	}
	sum := d.coef + e.coef
	if (sum > d.coef) != (e.coef > 0) && e.coef != 0 {
		sum = math.MaxInt64
		if e.coef < 0 {
			sum = math.MinInt64
		}
	}
	return FromMinor(sum, int(d.scale))
}

func mulSaturated(n int64) int64 {
	switch {
	case n > math.MaxInt64/10:
		return math.MaxInt64
	case n < math.MinInt64/10:
		return math.MinInt64
	}
	return n * 10
}

// Equal reports whether d and e are the same number.
func (d Decimal) Equal(e Decimal) bool { return d == e }

// Negative reports whether d is below zero.
func (d Decimal) Negative() bool { return d.coef < 0 }

// Digits returns the number of digits after the point.
func (d Decimal) Digits() int { return int(d.scale) }

// Minor returns d in units of 10^-digits and whether it is a whole number of them.
func (d Decimal) Minor(digits int) (int64, bool) {
	if int(d.scale) > digits {
		return 0, false
	}
	n := d.coef
	for range digits - int(d.scale) {
		n = mulSaturated(n)
	}
	return n, n != math.MaxInt64 && n != math.MinInt64
}

// String returns d in plain notation: "49.99", "497", "0.5".
func (d Decimal) String() string { return string(d.AppendJSON(nil)) }

// AppendJSON appends d as a JSON number.
func (d Decimal) AppendJSON(b []byte) []byte {
	if d.scale == 0 {
		return strconv.AppendInt(b, d.coef, 10)
	}
	n := uint64(d.coef)
	if d.coef < 0 {
		b, n = append(b, '-'), -n
	}
	digits := strconv.FormatUint(n, 10)
	if missing := int(d.scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - int(d.scale)
	b = append(b, digits[:point]...)
	b = append(b, '.')
	return append(b, digits[point:]...)
}

// MarshalJSON implements json.Marshaler.
func (d Decimal) MarshalJSON() ([]byte, error) { return d.AppendJSON(nil), nil }
