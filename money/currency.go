package money

import (
	"fmt"
	"math"
	"strings"
)

// Exponent returns the number of decimals that ISO 4217 gives a currency: 2 for USD, 0 for JPY, 3 for KWD. The code is
// taken in upper or lower case. A code that is not a currency, or one without a minor unit such as gold (XAU), is
// ErrUnknownCurrency.
func Exponent(currency string) (int, error) {
	if exponent, ok := exponents[currency]; ok {
		return exponent, nil
	}
	if exponent, ok := exponents[upper(currency)]; ok {
		return exponent, nil
	}
	return 0, fmt.Errorf("money: %w: %s is not an ISO 4217 code with a minor unit", ErrUnknownCurrency, excerpt(currency))
}

// upper is limited to ASCII: no other letter is part of a code, not even one whose upper case is.
func upper(code string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - ('a' - 'A')
		}
		return r
	}, code)
}

// FromMinor returns n minor units of a currency in its major unit: 19700 USD is 197, 19700 JPY is 19700, 19700 KWD is
// 19.7. This is how amounts in the webhook guide's payloads are read. The error is ErrUnknownCurrency.
func FromMinor(n int64, currency string) (Decimal, error) {
	exponent, err := Exponent(currency)
	if err != nil {
		return Decimal{}, err
	}
	return normalize(n, -exponent), nil
}

// Minor returns d as a whole number of minor units of a currency: 49.9 USD is 4990. The error is ErrUnknownCurrency,
// ErrInexact where d has more decimals than the currency (49.999 USD), or ErrRange where the number does not fit an
// int64. Nothing is rounded.
func (d Decimal) Minor(currency string) (int64, error) {
	exponent, err := Exponent(currency)
	if err != nil {
		return 0, err
	}
	shift := int(d.exp) + exponent
	if shift < 0 {
		return 0, fmt.Errorf("money: %v %s: %w (%d)", d, upper(currency), ErrInexact, exponent)
	}
	magnitude, ok := scale(d.magnitude(), shift)
	if minor, fits := signed(d.coef < 0, magnitude); ok && fits {
		return minor, nil
	}
	return 0, fmt.Errorf("money: %v %s in minor units: %w (±%d)", d, upper(currency), ErrRange, int64(math.MaxInt64))
}

// exponents holds the currencies of ISO 4217 that have a minor unit, and those withdrawn in recent years, which older
// orders still carry.
var exponents = func() map[string]int {
	table := make(map[string]int, 200)
	for exponent, codes := range map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF " +
			"CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ " +
			"GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD " +
			"MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD " +
			"RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH " +
			"USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ZWL",
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	} {
		for code := range strings.FieldsSeq(codes) {
			table[code] = exponent
		}
	}
	return table
}()
