package money_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/money"
)

// A codec is one of the standard library's JSON packages: both must treat amounts alike.
type codec struct {
	name      string
	marshal   func(any) ([]byte, error)
	unmarshal func([]byte, any) error
}

var codecs = []codec{{"encoding/json", json.Marshal, json.Unmarshal}}

type product struct {
	Price    money.Decimal            `json:"price"`
	Discount *money.Decimal           `json:"discount,omitempty"`
	Fee      money.Decimal            `json:"fee,omitzero"`
	ByPrice  map[money.Decimal]string `json:"by_price,omitempty"`
	History  []money.Decimal          `json:"history,omitempty"`
}

func TestJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want string // as it is written back; "" where it must be refused
		err  error
	}{
		{in: `{"price":497}`, want: `{"price":497}`},
		{in: `{"price":49.90}`, want: `{"price":49.9}`},
		{in: `{"price":"49.90"}`, want: `{"price":49.9}`},
		{in: `{"price":"49\u002e90"}`, want: `{"price":49.9}`},
		{in: `{"price":" 49.90"}`, err: money.ErrSyntax},
		{in: `{"price":4.99e1}`, want: `{"price":49.9}`},
		{in: `{"price":1E3}`, want: `{"price":1000}`},
		{in: `{"price":-0.0}`, want: `{"price":0}`},
		{in: `{"price":null}`, want: `{"price":0}`},
		{in: `{}`, want: `{"price":0}`},
		{in: `{"price":1,"fee":0.00}`, want: `{"price":1}`},
		{in: `{"price":1,"discount":0}`, want: `{"price":1,"discount":0}`},
		{in: `{"price":1,"discount":null}`, want: `{"price":1}`},
		{in: `{"price":0.30000000000000004}`, want: `{"price":0.30000000000000004}`},
		{in: `{"price":9223372036854775807}`, want: `{"price":9223372036854775807}`},
		{in: `{"price":1,"by_price":{"49.90":"a"}}`, want: `{"price":1,"by_price":{"49.9":"a"}}`},
		{in: `{"price":1,"history":[1,2.50,"3"]}`, want: `{"price":1,"history":[1,2.5,3]}`},
		{in: `{"price":1,"by_price":{"free":"a"}}`, err: money.ErrSyntax},
		{in: `{"price":9223372036854775808}`, err: money.ErrRange},
		{in: `{"price":1e400}`, err: money.ErrRange},
		{in: `{"price":""}`, err: money.ErrSyntax},
		{in: `{"price":"free"}`, err: money.ErrSyntax},
		{in: `{"price":true}`, err: money.ErrSyntax},
		{in: `{"price":{}}`, err: money.ErrSyntax},
		{in: `{"price":[1]}`, err: money.ErrSyntax},
	}
	for _, c := range codecs {
		for _, tt := range tests {
			var got product
			err := c.unmarshal([]byte(tt.in), &got)
			if !errors.Is(err, tt.err) {
				t.Errorf("%s: %s: error = %v, want %v", c.name, tt.in, err, tt.err)
				continue
			}
			if tt.err != nil {
				continue
			}
			out, err := c.marshal(got)
			if err != nil || string(out) != tt.want {
				t.Errorf("%s: %s is written back as %s, %v; want %s", c.name, tt.in, out, err, tt.want)
			}
		}
	}
}

func TestNullAndErrorsLeaveTheValue(t *testing.T) {
	t.Parallel()
	for _, c := range codecs {
		for _, in := range []string{`null`, `"free"`, `1e400`} {
			d := money.MustParse("49.9")
			_ = c.unmarshal([]byte(in), &d)
			if d != money.MustParse("49.9") {
				t.Errorf("%s: reading %s changed the value to %v", c.name, in, d)
			}
		}
	}
}

// A method called by hand gets no help from a JSON package: what is not JSON is refused.
func TestUnmarshalJSONDirectly(t *testing.T) {
	t.Parallel()
	for _, in := range []string{``, `+5`, `.5`, `5.`, `05`, `-`, ` 5`, `5 `, `nul`, `"`, `"5`, `"5\"`, `"5\x"`, `"a"b"`, `NaN`, `00`} {
		d := money.FromInt(7)
		if err := d.UnmarshalJSON([]byte(in)); !errors.Is(err, money.ErrSyntax) || d != money.FromInt(7) {
			t.Errorf("UnmarshalJSON(%q) = %v, %v; want ErrSyntax", in, d, err)
		}
	}
	var d money.Decimal
	if err := d.UnmarshalJSON([]byte(strings.Repeat("x", 1<<20))); err == nil || len(err.Error()) > 200 {
		t.Error("a long input is repeated in full in the error, or accepted")
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	d := money.MustParse("-1234.50")
	text, err := d.MarshalText()
	if err != nil || string(text) != "-1234.5" {
		t.Errorf("MarshalText = %q, %v", text, err)
	}
	appended, err := d.AppendText([]byte("price="))
	if err != nil || string(appended) != "price=-1234.5" {
		t.Errorf("AppendText = %q, %v", appended, err)
	}
	var back money.Decimal
	if err := back.UnmarshalText(text); err != nil || back != d {
		t.Errorf("UnmarshalText = %v, %v", back, err)
	}
	if err := back.UnmarshalText([]byte("x")); !errors.Is(err, money.ErrSyntax) || back != d {
		t.Errorf("UnmarshalText of no number = %v, %v", back, err)
	}
}

func TestAppendTextAtEveryExponent(t *testing.T) {
	t.Parallel()
	for exp := -100; exp <= 100; exp++ {
		text := "-123"
		switch {
		case exp >= 0:
			text += strings.Repeat("0", exp)
		case exp > -3:
			text = text[:4+exp] + "." + text[4+exp:]
		default:
			text = "-0." + strings.Repeat("0", -exp-3) + "123"
		}
		d := money.MustParse(text)
		if got, _ := d.AppendText(nil); cmp.Diff(text, string(got)) != "" {
			t.Errorf("exponent %d: %s, want %s", exp, got, text)
		}
	}
}

// written keeps what a measured function returns, so that it is made on the heap as for any caller.
var written []byte

func TestAllocations(t *testing.T) {
	prices := [][]byte{[]byte(`497`), []byte(`49.90`), []byte(`"49.90"`), []byte(`1.5e3`), []byte(`-123456789.123456789`)}
	buf := make([]byte, 0, 64)
	var d money.Decimal
	measure := func(name string, want float64, f func()) {
		t.Helper()
		if got := testing.AllocsPerRun(100, f); got != want {
			t.Errorf("%s allocates %v times, want %v", name, got, want)
		}
	}
	for _, price := range prices {
		measure("UnmarshalJSON of "+string(price), 0, func() { _ = d.UnmarshalJSON(price) })
		measure("AppendText of "+string(price), 0, func() { buf, _ = d.AppendText(buf[:0]) })
		measure("Minor of "+string(price), 0, func() { _, _ = money.FromInt(497).Minor("USD") })
	}
	text := "49.90"
	measure("Parse", 0, func() { d, _ = money.Parse(text) })
	measure("UnmarshalText", 0, func() { _ = d.UnmarshalText(prices[1]) })
	measure("MarshalJSON", 1, func() { written, _ = d.MarshalJSON() })
	measure("Add", 0, func() { _, _ = d.Add(money.FromInt(3)) })
}
