package money_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/selgora/selgora-go/money"
)

func Example() {
	price := money.MustParse("49.90")
	cents, err := price.Minor("USD")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(price, cents, price == money.MustParse("49.9"))
	// Output: 49.9 4990 true
}

func ExampleParse() {
	price, err := money.Parse("49.90")
	fmt.Println(price, err)
	_, err = money.Parse("49,90")
	fmt.Println(err, errors.Is(err, money.ErrSyntax))
	// Output:
	// 49.9 <nil>
	// money: "49,90": not a decimal number true
}

func ExampleFromMinor() {
	for _, currency := range []string{"USD", "JPY", "KWD"} {
		amount, err := money.FromMinor(19700, currency)
		fmt.Println(currency, amount, err)
	}
	// Output:
	// USD 197 <nil>
	// JPY 19700 <nil>
	// KWD 19.7 <nil>
}

func ExampleDecimal_Minor() {
	fmt.Println(money.MustParse("49.90").Minor("USD"))
	fmt.Println(money.MustParse("49.999").Minor("USD"))
	// Output:
	// 4990 <nil>
	// 0 money: 49.999 USD: more decimals than the currency has (2)
}

func ExampleDecimal_Add() {
	var total money.Decimal
	for _, sale := range []string{"49.90", "0.10", "197"} {
		var err error
		if total, err = total.Add(money.MustParse(sale)); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("%.2f\n", total)
	// Output: 247.00
}

func ExampleDecimal_Format() {
	price, currency := money.MustParse("1.5"), "KWD"
	decimals, err := money.Exponent(currency)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v|%.2f|%8.2f|%.*f %s\n", price, price, price, decimals, price, currency)
	// Output: 1.5|1.50|    1.50|1.500 KWD
}

func ExampleDecimal_UnmarshalJSON() {
	var course struct {
		Price money.Decimal `json:"price"`
	}
	if err := json.Unmarshal([]byte(`{"price": 49.90}`), &course); err != nil {
		fmt.Println(err)
		return
	}
	out, err := json.Marshal(course)
	fmt.Println(string(out), err)
	// Output: {"price":49.9} <nil>
}
