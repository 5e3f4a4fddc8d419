package money_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/money"
)

func TestMinor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		major, currency string
		minor           int64
	}{
		{"49.9", "USD", 4990},
		{"497", "USD", 49700},
		{"0", "USD", 0},
		{"-0.01", "EUR", -1},
		{"4990", "JPY", 4990},
		{"1e6", "KRW", 1_000_000},
		{"4.99", "KWD", 4990},
		{"0.001", "BHD", 1},
		{"1.234", "OMR", 1234},
		{"0.0001", "CLF", 1},
		{"1234.5678", "UYW", 12345678},
		{"92233720368547758.07", "USD", math.MaxInt64},
		{"-92233720368547758.08", "USD", math.MinInt64},
		{"9223372036854775807", "JPY", math.MaxInt64},
		{"-9223372036854775808", "JPY", math.MinInt64},
	}
	for _, tt := range tests {
		for _, currency := range []string{tt.currency, strings.ToLower(tt.currency)} {
			major := money.MustParse(tt.major)
			if got, err := major.Minor(currency); err != nil || got != tt.minor {
				t.Errorf("(%s).Minor(%q) = %d, %v; want %d", tt.major, currency, got, err, tt.minor)
			}
			if got, err := money.FromMinor(tt.minor, currency); err != nil || got != major {
				t.Errorf("FromMinor(%d, %q) = %v, %v; want %s", tt.minor, currency, got, err, tt.major)
			}
		}
	}
}

func TestMinorRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		major, currency string
		err             error
		text            string
	}{
		{"49.999", "USD", money.ErrInexact, "money: 49.999 USD: more decimals than the currency has (2)"},
		{"0.5", "jpy", money.ErrInexact, "money: 0.5 JPY: more decimals than the currency has (0)"},
		{"0.0001", "KWD", money.ErrInexact, "money: 0.0001 KWD: more decimals than the currency has (3)"},
		{"1e-100", "CLF", money.ErrInexact, ""},
		{"92233720368547758.1", "USD", money.ErrRange, "money: 92233720368547758.1 USD in minor units: out of range (±9223372036854775807)"},
		{"1e17", "USD", money.ErrRange, ""},
		{"1e100", "JPY", money.ErrRange, ""},
		{"-1e19", "JPY", money.ErrRange, ""},
		{"1", "ABC", money.ErrUnknownCurrency, `money: unknown currency: "ABC" is not an ISO 4217 code with a minor unit`},
		{"0", "", money.ErrUnknownCurrency, `money: unknown currency: "" is not an ISO 4217 code with a minor unit`},
		{"1", "XAU", money.ErrUnknownCurrency, ""},
		{"1", " USD", money.ErrUnknownCurrency, ""},
		{"1", "uſd", money.ErrUnknownCurrency, ""},
		{"1", "$", money.ErrUnknownCurrency, ""},
	}
	for _, tt := range tests {
		got, err := money.MustParse(tt.major).Minor(tt.currency)
		if !errors.Is(err, tt.err) || got != 0 {
			t.Errorf("(%s).Minor(%q) = %d, %v; want %v", tt.major, tt.currency, got, err, tt.err)
		}
		if err != nil && tt.text != "" && err.Error() != tt.text {
			t.Errorf("error = %q, want %q", err, tt.text)
		}
	}
	if got, err := money.FromMinor(1, "DOLLAR"); !errors.Is(err, money.ErrUnknownCurrency) || !got.IsZero() {
		t.Errorf("FromMinor with an unknown currency = %v, %v", got, err)
	}
}

func TestExponent(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]int{"USD": 2, "eur": 2, "JPY": 0, "ISK": 0, "TND": 3, "UYW": 4, "HUF": 2} {
		if got, err := money.Exponent(currency); err != nil || got != want {
			t.Errorf("Exponent(%q) = %d, %v; want %d", currency, got, err, want)
		}
	}
}
