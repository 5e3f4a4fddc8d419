package money_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/money"
)

func parseAll(t *testing.T, texts ...string) []money.Decimal {
	t.Helper()
	var all []money.Decimal
	for _, text := range texts {
		d, err := money.Parse(text)
		if err != nil {
			t.Fatalf("Parse(%q): %v", text, err)
		}
		all = append(all, d)
	}
	return all
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, want string
		err      error
	}{
		{in: "0", want: "0"},
		{in: "-0", want: "0"},
		{in: "-0.000e9", want: "0"},
		{in: "0e99999999999999999999", want: "0"},
		{in: "49.90", want: "49.9"},
		{in: "049.9", want: "49.9"},
		{in: "+49.9", want: "49.9"},
		{in: ".5", want: "0.5"},
		{in: "5.", want: "5"},
		{in: "-12.05", want: "-12.05"},
		{in: "4.99E+1", want: "49.9"},
		{in: "499e-1", want: "49.9"},
		{in: "1e21", want: "1000000000000000000000"},
		{in: "5.684341886080802e-14", want: "0.00000000000005684341886080802"},
		{in: "0.30000000000000004", want: "0.30000000000000004"},
		{in: "9223372036854775807", want: "9223372036854775807"},
		{in: "-9223372036854775808", want: "-9223372036854775808"},
		{in: "-92233720368547758.08", want: "-92233720368547758.08"},
		{in: "9223372036854775808", err: money.ErrRange},
		{in: "-9223372036854775809", err: money.ErrRange},
		{in: "18446744073709551617", err: money.ErrRange},
		{in: "1" + strings.Repeat("0", 18) + "1", err: money.ErrRange},
		{in: "1" + strings.Repeat("0", 40) + "1", err: money.ErrRange},
		{in: "1." + strings.Repeat("0", 5000), want: "1"},
		{in: strings.Repeat("0", 5000) + "7", want: "7"},
		{in: "1" + strings.Repeat("0", 100), want: "1" + strings.Repeat("0", 100)},
		{in: "1" + strings.Repeat("0", 101), err: money.ErrRange},
		{in: "1" + strings.Repeat("0", 1000) + "e-1000", want: "1"},
		{in: "1e-100", want: "0." + strings.Repeat("0", 99) + "1"},
		{in: "1e-101", err: money.ErrRange},
		{in: "1e99999999999999999999", err: money.ErrRange},
		{in: "1e-99999999999999999999", err: money.ErrRange},
		{in: "", err: money.ErrSyntax},
		{in: "-", err: money.ErrSyntax},
		{in: ".", err: money.ErrSyntax},
		{in: "e5", err: money.ErrSyntax},
		{in: "1e", err: money.ErrSyntax},
		{in: "1e+", err: money.ErrSyntax},
		{in: " 1", err: money.ErrSyntax},
		{in: "1 ", err: money.ErrSyntax},
		{in: "1,5", err: money.ErrSyntax},
		{in: "1_000", err: money.ErrSyntax},
		{in: "$5", err: money.ErrSyntax},
		{in: "0x10", err: money.ErrSyntax},
		{in: "NaN", err: money.ErrSyntax},
		{in: "Inf", err: money.ErrSyntax},
		{in: "--1", err: money.ErrSyntax},
		{in: "1.2.3", err: money.ErrSyntax},
		{in: "٣", err: money.ErrSyntax},
		{in: "1e1e1", err: money.ErrSyntax},
		{in: strings.Repeat("9", 30) + "x", err: money.ErrSyntax},
	}
	for _, tt := range tests {
		got, err := money.Parse(tt.in)
		if !errors.Is(err, tt.err) {
			t.Errorf("Parse(%.40q) error = %v, want %v", tt.in, err, tt.err)
			continue
		}
		if tt.err != nil {
			if got != (money.Decimal{}) {
				t.Errorf("Parse(%.40q) = %v beside an error, want 0", tt.in, got)
			}
			continue
		}
		if got.String() != tt.want {
			t.Errorf("Parse(%.40q) = %s, want %s", tt.in, got, tt.want)
		}
		if again := money.MustParse(tt.want); again != got {
			t.Errorf("Parse(%.40q) is not == Parse(%q)", tt.in, tt.want)
		}
	}
}

func TestParseErrorNamesTheInput(t *testing.T) {
	t.Parallel()
	_, err := money.Parse("12 EUR")
	if want := `money: "12 EUR": not a decimal number`; err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
	_, err = money.Parse(strings.Repeat("1", 1_000_000))
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("a long input is repeated in full in the error, or accepted")
	}
}

func TestMustParsePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("MustParse of no number did not panic")
		}
	}()
	money.MustParse("free")
}

func TestEqualNumbersAreEqualKeys(t *testing.T) {
	t.Parallel()
	sold := map[money.Decimal]int{}
	for _, d := range parseAll(t, "49.9", "49.90", "4990e-2", "499e-1", "+049.900") {
		sold[d]++
	}
	fromMinor, err := money.FromMinor(4990, "USD")
	if err != nil {
		t.Fatal(err)
	}
	sold[fromMinor]++
	sold[money.FromInt(100)]++
	sold[money.MustParse("1e2")]++
	want := map[money.Decimal]int{money.MustParse("49.9"): 6, money.MustParse("100"): 2}
	if diff := cmp.Diff(want, sold); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	var zero money.Decimal
	if zero != money.MustParse("-0.00") || !zero.IsZero() || zero.String() != "0" {
		t.Error("the zero value is not 0")
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	ordered := parseAll(t, "-1e100", "-9223372036854775808", "-9223372036854775807", "-100.5", "-100", "-1", "-0.1",
		"-1e-100", "0", "1e-100", "0.1", "0.10000000000000001", "1", "9.223372036854775807", "10", "99.99", "100",
		"100.00000000000001", "9223372036854775806", "9223372036854775807", "1e19", "1e100", "9223372036854775807e100")
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := a.Cmp(b); got != want {
				t.Errorf("(%s).Cmp(%s) = %d, want %d", a, b, got, want)
			}
		}
		if want := a.Cmp(money.Decimal{}); a.Sign() != want {
			t.Errorf("(%s).Sign() = %d, want %d", a, a.Sign(), want)
		}
	}
	shuffled := slices.Clone(ordered)
	slices.Reverse(shuffled)
	slices.SortFunc(shuffled, money.Decimal.Cmp)
	if !slices.Equal(shuffled, ordered) {
		t.Errorf("sorted = %v, want %v", shuffled, ordered)
	}
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b, sum, difference string // "" is out of range
	}{
		{"0.1", "0.2", "0.3", "-0.1"},
		{"49.99", "0.01", "50", "49.98"},
		{"0", "5", "5", "-5"},
		{"5", "0", "5", "5"},
		{"0", "1e100", "1e100", "-1e100"},
		{"-3", "3", "0", "-6"},
		{"1e17", "0.1", "100000000000000000.1", "99999999999999999.9"},
		{"1e18", "0.1", "", ""},
		{"1e20", "0.1", "", ""},
		{"9223372036854775807", "1", "", "9223372036854775806"},
		{"9223372036854775807", "3", "9223372036854775810", "9223372036854775804"},
		{"9223372036854775807", "0.5", "", ""},
		{"-9223372036854775808", "-9223372036854775808", "", "0"},
		{"-9223372036854775808", "9223372036854775807", "-1", ""},
		{"0", "-9223372036854775808", "-9223372036854775808", ""},
		{"1e19", "-9223372036854775808", "776627963145224192", ""},
		{"1e100", "1e-100", "", ""},
		{"9e100", "1e100", "", "8e100"},
		{"100", "0.001", "100.001", "99.999"},
	}
	for _, tt := range tests {
		a, b := money.MustParse(tt.a), money.MustParse(tt.b)
		check := func(op, want string, got money.Decimal, err error) {
			t.Helper()
			if want == "" {
				if !errors.Is(err, money.ErrRange) || got != (money.Decimal{}) {
					t.Errorf("%s %s %s = %v, %v; want ErrRange", tt.a, op, tt.b, got, err)
				}
				return
			}
			if err != nil || got != money.MustParse(want) {
				t.Errorf("%s %s %s = %v, %v; want %s", tt.a, op, tt.b, got, err, want)
			}
		}
		sum, err := a.Add(b)
		check("+", tt.sum, sum, err)
		sum, err = b.Add(a)
		check("+ (turned)", tt.sum, sum, err)
		difference, err := a.Sub(b)
		check("-", tt.difference, difference, err)
	}

	if got, err := money.MustParse("-49.9").Neg(); err != nil || got != money.MustParse("49.9") {
		t.Errorf("Neg = %v, %v", got, err)
	}
	if got, err := money.FromInt(math.MinInt64).Neg(); !errors.Is(err, money.ErrRange) || !got.IsZero() {
		t.Errorf("Neg of the smallest = %v, %v, want ErrRange", got, err)
	}
}

func TestRangeErrorNamesTheNumbers(t *testing.T) {
	t.Parallel()
	_, err := money.FromInt(math.MaxInt64).Add(money.MustParse("0.5"))
	if want := "money: 9223372036854775807 + 0.5: out of range"; err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
}

func TestEqualLetsStructsBeCompared(t *testing.T) {
	type product struct{ Price money.Decimal }
	a, b := product{money.MustParse("49.90")}, product{money.MustParse("49.9")}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("same amounts differ:\n%s", diff)
	}
	if cmp.Equal(a, product{money.MustParse("49.91")}) {
		t.Error("different amounts are the same")
	}
}
