package jsonx_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/internal/jsonx"
	"github.com/selgora/selgora-go/money"
)

type inner struct {
	A int    `json:"a"`
	B string `json:"b"`
}

// object has every kind of field that the module decodes.
type object struct {
	ID     string                     `json:"id"`
	N      int                        `json:"n"`
	F      float64                    `json:"f"`
	OK     bool                       `json:"ok"`
	Tags   []string                   `json:"tags"`
	Fields map[string]json.RawMessage `json:"fields"`
	Raw    json.RawMessage            `json:"raw"`
	At     time.Time                  `json:"at"`
	Price  money.Decimal              `json:"price"`
	In     inner                      `json:"in"`
	Ptr    *inner                     `json:"ptr"`
	Items  []inner                    `json:"items"`
	Any    any                        `json:"any"`
}

// The same table holds for both decoders: the expectations are written down,
// not taken from one of them.
func TestUnmarshal(t *testing.T) {
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, tt := range []struct {
		in   string
		want object
		bad  bool
	}{
		{in: `{}`},
		{in: `null`},
		{in: " \t\r\n{} \n"},
		{in: `{"id":"x","n":7,"f":1.5,"ok":true}`, want: object{ID: "x", N: 7, F: 1.5, OK: true}},
		{in: `{"ID":"x","Id":"y","iD":"z"}`, want: object{ID: "z"}},
		{in: `{"ID":"x","id":"y"}`, want: object{ID: "y"}},
		{in: `{"id":"y","ID":"x"}`, want: object{ID: "x"}},
		{in: `{"id":"first","id":"last"}`, want: object{ID: "last"}},
		{in: `{"in":{"a":1},"in":{"b":"x"}}`, want: object{In: inner{A: 1, B: "x"}}},
		{in: `{"unknown":{"deep":[1,{"x":null}]},"id":"x"}`, want: object{ID: "x"}},
		{in: `{"id":null,"n":null,"ok":null,"tags":null,"fields":null,"at":null,"price":null,"in":null,"ptr":null,"any":null}`},
		{in: `{"raw":null}`, want: object{Raw: raw(`null`)}},
		{in: "{\"id\":\"a\xffb\"}", want: object{ID: "a\uFFFDb"}},
		{in: "{\"id\":\"\xed\xa0\x80\"}", want: object{ID: "\uFFFD\uFFFD\uFFFD"}},
		{in: `{"id":"\ud800"}`, want: object{ID: "\uFFFD"}},
		{in: `{"id":"\ud83d\ude00\u2028\u003c\/\u0000"}`, want: object{ID: "😀\u2028</\x00"}},
		{in: "{\"id\":\"\u2028\"}", want: object{ID: "\u2028"}},
		{in: `{"tags":[]}`, want: object{Tags: []string{}}},
		{in: `{"tags":["a",null,"b"]}`, want: object{Tags: []string{"a", "", "b"}}},
		{in: `{"items":[{"a":1},{"b":"x"},null]}`, want: object{Items: []inner{{A: 1}, {B: "x"}, {}}}},
		{in: `{"fields":{}}`, want: object{Fields: map[string]json.RawMessage{}}},
		{in: `{"fields":{"a": [1, 2] ,"b":12345678901234567890123,"c":1.0,"d":"\u003c\ud800","e":null,"A":1e400,"a":3}}`, want: object{Fields: map[string]json.RawMessage{
			"a": raw(`3`), "b": raw(`12345678901234567890123`), "c": raw(`1.0`), "d": raw(`"\u003c\ud800"`), "e": raw(`null`), "A": raw(`1e400`)}}},
		{in: `{"raw": {"b" : 1, "a":"<" } }`, want: object{Raw: raw(`{"b" : 1, "a":"<" }`)}},
		{in: `{"at":"2024-01-15T10:30:00Z"}`, want: object{At: time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)}},
		{in: `{"at":"2024-01-15T10:30:00.123456789+01:00"}`, want: object{At: time.Date(2024, 1, 15, 9, 30, 0, 123456789, time.UTC)}},
		{in: `{"price":49.99}`, want: object{Price: money.MustParse("49.99")}},
		{in: `{"price":"49.99"}`, want: object{Price: money.MustParse("49.99")}},
		{in: `{"ptr":{"a":1}}`, want: object{Ptr: &inner{A: 1}}},
		{in: `{"any":[1,"x",{"y":true}]}`, want: object{Any: []any{1.0, "x", map[string]any{"y": true}}}},
		{in: `{"n":-0}`},
		{in: `{"n":9223372036854775807}`, want: object{N: math.MaxInt64}},
		{in: `{"f":1e-400}`},
		{in: strings.Repeat(`{"any":`, 200) + `1` + strings.Repeat(`}`, 200), want: object{Any: nested(199)}},

		{in: ``, bad: true},
		{in: ` `, bad: true},
		{in: `{`, bad: true},
		{in: `{}{}`, bad: true},
		{in: `{} x`, bad: true},
		{in: `{"id":"x"`, bad: true},
		{in: `{"id":"x",}`, bad: true},
		{in: `{'id':'x'}`, bad: true},
		{in: `{"id":"x"} // no`, bad: true},
		{in: "\uFEFF{}", bad: true},
		{in: "{\"id\":\"a\nb\"}", bad: true},
		{in: `{"id":"\x41"}`, bad: true},
		{in: `{"n":01}`, bad: true},
		{in: `{"n":NaN}`, bad: true},
		{in: `[]`, bad: true},
		{in: `"x"`, bad: true},
		{in: `{"id":7}`, bad: true},
		{in: `{"n":"7"}`, bad: true},
		{in: `{"n":1.5}`, bad: true},
		{in: `{"n":1e2}`, bad: true},
		{in: `{"n":9223372036854775808}`, bad: true},
		{in: `{"f":1e400}`, bad: true},
		{in: `{"ok":1}`, bad: true},
		{in: `{"tags":"a"}`, bad: true},
		{in: `{"tags":[1]}`, bad: true},
		{in: `{"at":"yesterday"}`, bad: true},
		{in: `{"at":7}`, bad: true},
		{in: `{"price":"dear"}`, bad: true},
		{in: `{"price":true}`, bad: true},
		{in: `{"in":[]}`, bad: true},
		{in: strings.Repeat(`{"any":`, 20000) + `1` + strings.Repeat(`}`, 20000), bad: true},
	} {
		name := fmt.Sprintf("%.60q", tt.in)
		var got, again object
		err := jsonx.Unmarshal([]byte(tt.in), &got)
		if newErr := jsonx.UnmarshalNew([]byte(tt.in), &again); fmt.Sprint(newErr) != fmt.Sprint(err) {
			t.Errorf("%s: UnmarshalNew's error is %v, Unmarshal's %v", name, newErr, err)
		}
		if (err != nil) != tt.bad {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		if err != nil {
			continue
		}
		equalTimes := cmp.Comparer(time.Time.Equal)
		if diff := cmp.Diff(tt.want, got, equalTimes, cmp.Comparer(func(a, b money.Decimal) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// appended is of the types that add what they are given to what they have.
type appended []string

func (a *appended) UnmarshalText(text []byte) error {
	*a = append(*a, string(text))
	return nil
}

// Where only the slower way can read the input, nothing of the quicker one's
// attempt is left behind.
func TestUnmarshalNewStartsAfresh(t *testing.T) {
	var got struct {
		Names appended `json:"names"`
		Lower string   `json:"title"`
		Upper string   `json:"TITLE"`
	}
	if err := jsonx.UnmarshalNew([]byte(`{"names":"a","Title":"which?"}`), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(appended{"a"}, got.Names); diff != "" {
		t.Error(diff)
	}
	if got.Lower != "which?" || got.Upper != "" {
		t.Errorf("read as %+v", got)
	}
	for _, v := range []any{nil, got, (*object)(nil), new(any)} {
		if err, want := jsonx.UnmarshalNew([]byte(`{`), v), jsonx.Unmarshal([]byte(`{`), v); err == nil || err.Error() != want.Error() {
			t.Errorf("into a %T: %v, want %v", v, err, want)
		}
	}
}

// FuzzUnmarshalNew finds what the quicker way reads otherwise.
func FuzzUnmarshalNew(f *testing.F) {
	for _, seed := range []string{
		`{"id":"x","n":7,"f":1.5,"ok":true,"tags":["a",null],"at":"2024-01-15T10:30:00Z","price":49.99}`,
		`{"ID":"x","id":"y","in":{"a":1},"in":{"b":"x"},"items":[{"a":1},null]}`,
		`{"fields":{"a":1,"a":[2]},"raw": {"x" : 1},"any":[1,"x",{"y":1e400}]}`,
		`{"id":7,"n":"7"}`, `{"at":"yesterday","n":1.5}`, `{"id":"x"`, `{"id":"x"}}`, "{\"id\":\"\xff\"}", `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	sameTime := cmp.Comparer(func(a, b time.Time) bool { return a.String() == b.String() })
	samePrice := cmp.Comparer(func(a, b money.Decimal) bool { return a == b })
	f.Fuzz(func(t *testing.T, data []byte) {
		var want, got object
		wantErr, gotErr := jsonx.Unmarshal(data, &want), jsonx.UnmarshalNew(data, &got)
		if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) || fmt.Sprintf("%T", wantErr) != fmt.Sprintf("%T", gotErr) {
			t.Fatalf("errors differ: %v (%T) and %v (%T)", wantErr, wantErr, gotErr, gotErr)
		}
		if wantErr == nil {
			if diff := cmp.Diff(want, got, sameTime, samePrice); diff != "" {
				t.Fatalf("(-Unmarshal +UnmarshalNew):\n%s", diff)
			}
		}
	})
}

func nested(depth int) any {
	if depth == 0 {
		return 1.0
	}
	return map[string]any{"any": nested(depth - 1)}
}

// Slices and maps that are there already are reused, as encoding/json does.
func TestUnmarshalIntoValues(t *testing.T) {
	items := make([]inner, 0, 10)
	got := object{ID: "kept", Items: items, Fields: map[string]json.RawMessage{"old": json.RawMessage("1")}}
	if err := jsonx.Unmarshal([]byte(`{"items":[{"a":1}],"fields":{"new":2}}`), &got); err != nil {
		t.Fatal(err)
	}
	want := object{ID: "kept", Items: []inner{{A: 1}}, Fields: map[string]json.RawMessage{"old": json.RawMessage("1"), "new": json.RawMessage("2")}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b money.Decimal) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if cap(got.Items) != 10 {
		t.Errorf("the slice given was not used: capacity %d", cap(got.Items))
	}
}

type optional struct {
	A money.Decimal `json:"a,omitzero"`
	B string        `json:"b,omitzero"`
	C []string      `json:"c,omitempty"`
	D *int          `json:"d,omitempty"`
}

func TestMarshal(t *testing.T) {
	for _, tt := range []struct {
		in   any
		want string
		bad  bool
	}{
		{in: nil, want: `null`},
		{in: "<a href='x'>&</a>", want: `"<a href='x'>&</a>"`},
		{in: "\xff\x00\"\\/\t\u007f😀", want: "\"\uFFFD" + `\u0000\"\\/\t` + "\u007f😀\""},
		{in: map[string]int{"b": 1, "a": 2, "<": 3}, want: `{"<":3,"a":2,"b":1}`},
		{in: optional{}, want: `{}`},
		{in: optional{A: money.MustParse("49.99"), B: "x", C: []string{"y"}}, want: `{"a":49.99,"b":"x","c":["y"]}`},
		{in: []string(nil), want: `null`},
		{in: []string{}, want: `[]`},
		{in: map[string]any(nil), want: `null`},
		{in: []byte("hi"), want: `"aGk="`},
		{in: [2]int{1, 2}, want: `[1,2]`},
		{in: 1.0, want: `1`},
		{in: 1e21, want: `1e+21`},
		{in: int64(math.MaxInt64), want: `9223372036854775807`},
		{in: time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC), want: `"2024-01-15T10:30:00Z"`},
		{in: json.RawMessage(`{"b":12345678901234567890,"a":1.0,"a":"<\u003c\ud800"}`), want: `{"b":12345678901234567890,"a":1.0,"a":"<\u003c\ud800"}`},
		{in: map[string]json.RawMessage{"x": json.RawMessage(` [ 1e400 , "` + "\u2028" + `" ] `)}, want: `{"x":[1e400,"` + "\u2028" + `"]}`},
		{in: json.RawMessage(nil), want: `null`},
		{in: json.RawMessage(`{`), bad: true},
		{in: make(chan int), bad: true},
		{in: math.NaN(), bad: true},
		{in: math.Inf(1), bad: true},
		{in: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), bad: true},
		{in: failing{}, bad: true},
	} {
		got, err := jsonx.Marshal(tt.in)
		// One encoder writes this character as it is, the other escaped.
		got = bytes.ReplaceAll(got, []byte(`\ufffd`), []byte("\uFFFD"))
		if (err != nil) != tt.bad || (err == nil && string(got) != tt.want) {
			t.Errorf("%#v: %s, %v; want %s", tt.in, got, err, tt.want)
		}
	}
}

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, fmt.Errorf("not today") }

// What Marshal returned stays as it is, whatever comes after, from wherever.
func TestMarshalResultsAreApart(t *testing.T) {
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			kept := make([][]byte, 100)
			for i := range kept {
				kept[i], _ = jsonx.Marshal(strings.Repeat(string(rune('a'+g)), i*50))
				if i%10 == 0 {
					jsonx.Marshal(failing{}) // must not spoil an encoder for others
				}
			}
			for i, got := range kept {
				if want := `"` + strings.Repeat(string(rune('a'+g)), i*50) + `"`; string(got) != want {
					t.Errorf("%.20s… is %.20s… now", want, got)
				}
			}
		})
	}
	wg.Wait()
}
