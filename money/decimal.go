package money

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Decimal is an exact decimal number: up to 18 significant digits (19 up to 9223372036854775807), at most 100
// decimals and at most 119 digits before the point.
//
// The zero value is 0. Equal numbers are equal under ==, however they were written (49.90 == 49.9, -0 == 0), so a
// Decimal is usable as a map key and in a switch. It is a small value: pass and store it as such.
type Decimal struct {
	// The number is coef × 10^exp. coef is not divisible by ten and a zero has exp 0: that is what makes == work.
	coef int64
	exp  int8
}

const (
	minExp = -100
	maxExp = 100
)

// The reasons for which an amount is refused; match them with errors.Is.
var (
	// ErrSyntax says that a text is not a decimal number.
	ErrSyntax = errors.New("not a decimal number")
	// ErrRange says that a number has more digits than a Decimal, or than an int64 of minor units, can hold.
	ErrRange = errors.New("out of range")
	// ErrInexact says that an amount has more decimals than its currency.
	ErrInexact = errors.New("more decimals than the currency has")
	// ErrUnknownCurrency says that a currency code is not one that ISO 4217 lists with a minor unit.
	ErrUnknownCurrency = errors.New("unknown currency")
)

var pow10 = [...]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// FromInt returns n as a Decimal: FromInt(497) is the price 497.
func FromInt(n int64) Decimal {
	return normalize(n, 0)
}

// normalize strips trailing zeros of the coefficient. The caller has made sure that the exponent stays in range.
func normalize(coef int64, exp int) Decimal {
	if coef == 0 {
		return Decimal{}
	}
	for coef%10 == 0 {
		coef /= 10
		exp++
	}
	return Decimal{coef: coef, exp: int8(exp)}
}

// magnitude returns |coef|, which for the smallest int64 is more than an int64 holds.
func (d Decimal) magnitude() uint64 {
	if d.coef < 0 {
		return -uint64(d.coef)
	}
	return uint64(d.coef)
}

// signed turns a sign and a magnitude into an int64, where it fits.
func signed(negative bool, magnitude uint64) (int64, bool) {
	if negative {
		return int64(-magnitude), magnitude <= 1<<63
	}
	return int64(magnitude), magnitude <= math.MaxInt64
}

// IsZero reports whether d is 0. It is also what the json option omitzero asks.
func (d Decimal) IsZero() bool { return d.coef == 0 }

// Sign returns -1, 0 or +1 for a negative number, zero and a positive number.
func (d Decimal) Sign() int { return cmp.Compare(d.coef, 0) }

// Equal reports whether d and other are the same amount, as == does. It is there for packages that compare values by
// such a method, as go-cmp does.
func (d Decimal) Equal(other Decimal) bool { return d == other }

// Cmp returns -1, 0 or +1 as d is less than, equal to or greater than other. It can be passed to slices.SortFunc as
// money.Decimal.Cmp.
func (d Decimal) Cmp(other Decimal) int {
	if s := d.Sign(); s != other.Sign() || s == 0 {
		return cmp.Compare(s, other.Sign())
	} else if s < 0 {
		return compareMagnitudes(other, d)
	}
	return compareMagnitudes(d, other)
}

func compareMagnitudes(a, b Decimal) int {
	ma, mb := a.magnitude(), b.magnitude()
	// Numbers with different positions of the leading digit need no arithmetic; with the same position the exponents
	// differ by less than the number of digits, so that aligning them fits 128 bits.
	if c := cmp.Compare(digits(ma)+int(a.exp), digits(mb)+int(b.exp)); c != 0 {
		return c
	}
	ahi, alo := bits.Mul64(ma, pow10[max(0, int(a.exp)-int(b.exp))])
	bhi, blo := bits.Mul64(mb, pow10[max(0, int(b.exp)-int(a.exp))])
	return cmp.Or(cmp.Compare(ahi, bhi), cmp.Compare(alo, blo))
}

// digits returns the number of decimal digits of n, 0 for 0.
func digits(n uint64) int {
	// 1233/4096 is a little more than log10(2).
	count := bits.Len64(n) * 1233 >> 12
	if count < len(pow10) && n >= pow10[count] {
		count++
	}
	return count
}

// Neg returns -d. The error is ErrRange, for the one number whose opposite does not fit: -9223372036854775808.
func (d Decimal) Neg() (Decimal, error) {
	if d.coef == math.MinInt64 {
		return Decimal{}, fmt.Errorf("money: -(%v): %w", d, ErrRange)
	}
	return Decimal{coef: -d.coef, exp: d.exp}, nil
}

// Add returns d + other, exactly. The error is ErrRange where the sum has more digits than a Decimal holds; the result
// is then 0.
func (d Decimal) Add(other Decimal) (Decimal, error) {
	sum, ok := add(d, other, other.coef < 0)
	if !ok {
		return Decimal{}, fmt.Errorf("money: %v + %v: %w", d, other, ErrRange)
	}
	return sum, nil
}

// Sub returns d − other, exactly. The error is ErrRange where the difference has more digits than a Decimal holds; the
// result is then 0.
func (d Decimal) Sub(other Decimal) (Decimal, error) {
	difference, ok := add(d, other, other.coef > 0)
	if !ok {
		return Decimal{}, fmt.Errorf("money: %v - %v: %w", d, other, ErrRange)
	}
	return difference, nil
}

// add returns a ± |b|, with b's sign given by the caller so that Sub never has to negate the smallest int64.
func add(a, b Decimal, bNegative bool) (Decimal, bool) {
	ma, mb := a.magnitude(), b.magnitude()
	exp := int(min(a.exp, b.exp))
	switch {
	case ma == 0:
		exp = int(b.exp)
	case mb == 0:
		exp = int(a.exp)
	default:
		// A sum of numbers with different exponents never ends in a zero, hence it must fit without being shortened,
		// and so must its larger part (up to a factor of two, which 64 unsigned bits still hold).
		var okA, okB bool
		ma, okA = scale(ma, int(a.exp)-exp)
		mb, okB = scale(mb, int(b.exp)-exp)
		if !okA || !okB {
			return Decimal{}, false
		}
	}
	var (
		total    uint64
		negative = a.coef < 0
	)
	switch {
	case ma == 0:
		total, negative = mb, bNegative
	case mb == 0:
		total = ma
	case negative == bNegative:
		var carry uint64
		if total, carry = bits.Add64(ma, mb, 0); carry != 0 {
			// Only equal exponents come here with a sum that could still end in a zero: 2^64, which does not.
			return Decimal{}, false
		}
	case ma >= mb:
		total = ma - mb
	default:
		total, negative = mb-ma, bNegative
	}
	return fit(negative, total, exp)
}

// scale returns n × 10^by, where it fits.
func scale(n uint64, by int) (uint64, bool) {
	if by >= len(pow10) {
		return 0, n == 0
	}
	hi, lo := bits.Mul64(n, pow10[by])
	return lo, hi == 0
}

// fit makes a Decimal of a sign, a magnitude and an exponent, where they fit after trailing zeros are stripped.
func fit(negative bool, magnitude uint64, exp int) (Decimal, bool) {
	if magnitude == 0 {
		return Decimal{}, true
	}
	for magnitude%10 == 0 {
		magnitude /= 10
		exp++
	}
	coef, ok := signed(negative, magnitude)
	if !ok || exp < minExp || exp > maxExp {
		return Decimal{}, false
	}
	return Decimal{coef: coef, exp: int8(exp)}, true
}
