package store

import (
	"encoding/json"
	"math/big"
	"testing"
)

func TestDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.00": "0", "497": "497", "49.99": "49.99", "49.90": "49.9", "4999e-2": "49.99", "4.97E+2": "497",
		"-0.05": "-0.05", "1e14": "100000000000000", "0.000000000001": "0.000000000001", "0e999999999999999999999": "0", "100": "100",
		"123456789012345": "123456789012345",
	} {
		if d, err := ParseDecimal(in); err != nil || d.String() != want {
			t.Errorf("%s is %s, %v, want %s", in, d, err, want)
		}
	}
	for _, bad := range []string{"", "-", ".5", "5.", "1e", "1e400", "1e-13", "1e99999999999999999999", "1234567890123456", "0x1", "NaN", "1_0", "+1", "1e15"} {
		if d, err := ParseDecimal(bad); err == nil {
			t.Errorf("%s is taken for %s", bad, d)
		}
	}
	if d, ok := FromMinor(4999, 2).Minor(3); d != 49990 || !ok {
		t.Errorf("49.99 is %d thousandths, %v", d, ok)
	}
	if _, ok := FromMinor(4999, 2).Minor(0); ok {
		t.Error("49.99 is taken for a whole number")
	}
	huge := FromMinor(1<<63-1, 0)
	if sum := huge.Add(FromMinor(1, 12)); sum.Negative() {
		t.Errorf("the sum is %s", sum)
	}
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"49.99", "-1e2", "0.001", "12e-5", "1e400", "999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			return
		}
		if len(s) < 50 && json.Valid([]byte(s)) {
			want, ok := new(big.Rat).SetString(s)
			got, _ := new(big.Rat).SetString(d.String())
			if ok && want.Cmp(got) != 0 {
				t.Fatalf("%s became %s", s, d)
			}
		}
		if again, err := ParseDecimal(d.String()); err != nil || again != d {
			t.Fatalf("%s became %s, then %s, %v", s, d, again, err)
		}
	})
}

func FuzzDecimalAdd(f *testing.F) {
	f.Add(int64(1999), uint8(2), int64(-5), uint8(0))
	f.Fuzz(func(t *testing.T, a int64, as uint8, b int64, bs uint8) {
		const limit = 1_000_000_000_000
		a, b, as, bs = a%limit, b%limit, as%5, bs%5
		x, y := FromMinor(a, int(as)), FromMinor(b, int(bs))
		rat := func(d Decimal) *big.Rat { r, _ := new(big.Rat).SetString(d.String()); return r }
		if got, want := rat(x.Add(y)), new(big.Rat).Add(rat(x), rat(y)); got.Cmp(want) != 0 {
			t.Fatalf("%s + %s is %s", x, y, x.Add(y))
		}
	})
}
