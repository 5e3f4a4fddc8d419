package money

import (
	"fmt"
	"math/bits"
	"strconv"
)

// Parse reads a decimal number: an optional sign, digits with an optional point, an optional power of ten ("49.90",
// "-0.5", "+3", ".5", "4.99e1"). Blanks, thousands separators, currency signs, "Inf" and "NaN" are refused with
// ErrSyntax, a number that a [Decimal] cannot hold exactly with ErrRange. Nothing is ever rounded.
func Parse(s string) (Decimal, error) {
	return parse(s, false)
}

// MustParse is Parse for constants in code and tests: it panics where Parse returns an error.
func MustParse(s string) Decimal {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// parse reads a number; strict allows only what JSON calls one.
func parse[T string | []byte](s T, strict bool) (Decimal, error) {
	d, reason := scan(s, strict)
	if reason != nil {
		return Decimal{}, fmt.Errorf("money: %s: %w", excerpt(string(s)), reason)
	}
	return d, nil
}

// excerpt quotes an input for an error, cut where it is long.
func excerpt(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// scan returns the number in s, or the reason why there is none. It builds no error text, so that it does not allocate.
func scan[T string | []byte](s T, strict bool) (Decimal, error) {
	i, negative := 0, false
	if i < len(s) && (s[i] == '-' || s[i] == '+' && !strict) {
		negative = s[i] == '-'
		i++
	}

	var (
		magnitude uint64
		exp       int64 // of the last digit taken into magnitude, up to the written exponent
		zeros     int   // read but not yet taken in: they count only if another digit follows
		tooLong   bool
	)
	take := func(c byte) {
		if c == '0' {
			if magnitude != 0 {
				zeros++
			}
			return
		}
		shifted, ok := scale(magnitude, zeros+1)
		sum, carry := bits.Add64(shifted, uint64(c-'0'), 0)
		tooLong = tooLong || !ok || carry != 0
		magnitude, zeros = sum, 0
	}

	start := i
	for ; i < len(s) && isDigit(s[i]); i++ {
		take(s[i])
	}
	whole := i - start
	if strict && (whole == 0 || whole > 1 && s[start] == '0') {
		return Decimal{}, ErrSyntax
	}
	decimals := 0
	if i < len(s) && s[i] == '.' {
		i++
		start = i
		for ; i < len(s) && isDigit(s[i]); i++ {
			take(s[i])
		}
		decimals = i - start
		if strict && decimals == 0 {
			return Decimal{}, ErrSyntax
		}
	}
	if whole+decimals == 0 {
		return Decimal{}, ErrSyntax
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		written, end, ok := scanExponent(s, i+1)
		if !ok {
			return Decimal{}, ErrSyntax
		}
		exp, i = written, end
	}
	if i < len(s) {
		return Decimal{}, ErrSyntax
	}

	if magnitude == 0 && !tooLong {
		return Decimal{}, nil
	}
	exp += int64(zeros) - int64(decimals)
	coef, ok := signed(negative, magnitude)
	if tooLong || !ok || exp < minExp || exp > maxExp {
		return Decimal{}, ErrRange
	}
	return Decimal{coef: coef, exp: int8(exp)}, nil
}

// scanExponent reads a signed integer from s[i:] and returns it with the index behind it.
func scanExponent[T string | []byte](s T, i int) (exp int64, end int, ok bool) {
	negative := false
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		negative = s[i] == '-'
		i++
	}
	start := i
	for ; i < len(s) && isDigit(s[i]); i++ {
		// Far beyond any number of digits that an input can make up for.
		if exp < 1<<50 {
			exp = exp*10 + int64(s[i]-'0')
		}
	}
	if negative {
		exp = -exp
	}
	return exp, i, i > start
}
