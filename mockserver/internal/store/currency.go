package store

import "strings"

// isoCurrencies are the active codes of ISO 4217, grouped by their digits after the point.
var isoCurrencies = map[int]string{
	0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
	2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF " +
		"CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG " +
		"HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR " +
		"MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD " +
		"SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG " +
		"YER ZAR ZMW ZWG",
	3: "BHD IQD JOD KWD LYD OMR TND",
	4: "CLF UYW",
}

var currencyDigits = func() map[string]int {
	m := map[string]int{}
	for digits, codes := range isoCurrencies {
		for _, c := range strings.Fields(codes) {
			m[c] = digits
		}
	}
	return m
}()

// CurrencyDigits returns the digits after the point of a currency, and false for what is not an ISO 4217 code.
func CurrencyDigits(code string) (int, bool) {
	d, ok := currencyDigits[code]
	return d, ok
}

func checkCurrency(p *problems, field, code string) {
	if _, ok := CurrencyDigits(code); ok {
		return
	}
	if _, ok := CurrencyDigits(strings.ToUpper(code)); ok {
		p.add(field, "must be in capitals: "+strings.ToUpper(code))
		return
	}
	p.add(field, "must be an ISO 4217 code such as USD")
}
