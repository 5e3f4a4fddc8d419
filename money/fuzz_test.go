package money_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/money"
)

// rat is the same number in arbitrary precision.
func rat(t *testing.T, d money.Decimal) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		t.Fatalf("String wrote %q, which math/big does not read", d)
	}
	return r
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"49.90", "-0", "1e21", "9223372036854775808", ".5", "5.", "+1e-3", "1e999999999", "0.30000000000000004", "1_0", "0x1p4"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := money.Parse(s)
		if err != nil {
			if !errors.Is(err, money.ErrSyntax) && !errors.Is(err, money.ErrRange) || d != (money.Decimal{}) {
				t.Fatalf("Parse(%q) = %v, %v", s, d, err)
			}
			if json.Valid([]byte(s)) && json.Unmarshal([]byte(s), new(float64)) == nil && errors.Is(err, money.ErrSyntax) && strings.TrimSpace(s) == s && s != "null" {
				t.Fatalf("Parse(%q): %v, but JSON calls it a number", s, err)
			}
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok && d.IsZero() {
			return // math/big refuses some exponents, even of a zero
		}
		if !ok {
			t.Fatalf("Parse(%q) = %v, but math/big reads no number", s, d)
		}
		if rat(t, d).Cmp(want) != 0 {
			t.Fatalf("Parse(%q) = %v, want %v", s, d, want)
		}
		if back := money.MustParse(d.String()); back != d {
			t.Fatalf("Parse(%q) = %v, which is read back as %#v", s, d, back)
		}
		encoded, err := d.MarshalJSON()
		if err != nil || !json.Valid(encoded) {
			t.Fatalf("MarshalJSON of %v = %s, %v", d, encoded, err)
		}
		var decoded money.Decimal
		if err := json.Unmarshal(encoded, &decoded); err != nil || decoded != d {
			t.Fatalf("%s is read as %v, %v", encoded, decoded, err)
		}
		for _, places := range []int{0, 2, 17} {
			got := fmt.Sprintf("%.*f", places, d)
			if want := rat(t, d).FloatString(places); strings.TrimPrefix(got, "-") != strings.TrimPrefix(want, "-") {
				t.Fatalf("%v with %d decimals = %s, want %s", d, places, got, want)
			}
		}
	})
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{`49.90`, `"49.90"`, `null`, `"4\u0039"`, `""`, `"`, `-`, `1e5`, `05`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d money.Decimal
		if err := d.UnmarshalJSON(data); err == nil && !json.Valid(data) {
			t.Fatalf("UnmarshalJSON took %q as %v, which is not JSON", data, d)
		}
	})
}

func FuzzArithmetic(f *testing.F) {
	f.Add("0.1", "0.2")
	f.Add("9223372036854775807", "3")
	f.Add("-9223372036854775808", "-9223372036854775808")
	f.Add("1e19", "-9223372036854775808")
	f.Fuzz(func(t *testing.T, s1, s2 string) {
		a, err1 := money.Parse(s1)
		b, err2 := money.Parse(s2)
		if err1 != nil || err2 != nil {
			return
		}
		ra, rb := rat(t, a), rat(t, b)
		if got, want := a.Cmp(b), ra.Cmp(rb); got != want || (a == b) != (want == 0) {
			t.Fatalf("(%v).Cmp(%v) = %d, want %d", a, b, got, want)
		}
		check := func(op string, got money.Decimal, err error, want *big.Rat) {
			// math/big and Parse together say whether the exact result fits.
			fits, parseErr := money.Parse(want.FloatString(100))
			if (err == nil) != (parseErr == nil) || got != fits {
				t.Fatalf("%v %s %v = %v, %v; want %v, %v", a, op, b, got, err, fits, parseErr)
			}
		}
		sum, err := a.Add(b)
		check("+", sum, err, new(big.Rat).Add(ra, rb))
		difference, err := a.Sub(b)
		check("-", difference, err, new(big.Rat).Sub(ra, rb))
	})
}

func FuzzMinor(f *testing.F) {
	f.Add(int64(4990), "USD")
	f.Add(int64(-1)<<63, "JPY")
	f.Add(int64(1)<<62, "kwd")
	f.Fuzz(func(t *testing.T, n int64, currency string) {
		d, err := money.FromMinor(n, currency)
		if err != nil {
			if !errors.Is(err, money.ErrUnknownCurrency) {
				t.Fatalf("FromMinor(%d, %q): %v", n, currency, err)
			}
			return
		}
		if back, err := d.Minor(currency); err != nil || back != n {
			t.Fatalf("FromMinor(%d, %q) = %v, which is %d, %v in minor units", n, currency, d, back, err)
		}
	})
}
