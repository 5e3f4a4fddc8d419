// Package money holds exact decimal amounts, as the Selgora API sends and takes them.
//
// The API writes amounts in two ways. The price of a course and the lifetime value of a contact are in major units:
// 497 or 49.99 means dollars (documented in the API guide). Orders, payments and subscriptions in webhooks are whole
// numbers of minor units: 19700 means $197.00 (documented in the webhook guide). [Decimal] holds the first exactly,
// [FromMinor] and [Decimal.Minor] go between the two and know how many decimals each currency has:
//
//	price := money.MustParse("49.90")
//	cents, err := price.Minor("USD") // 4990
//	yen, err := money.FromMinor(4990, "JPY") // 4990, the yen has no minor unit
//
// No binary floating point is involved anywhere, so an amount that is read and written back is the same amount.
package money
