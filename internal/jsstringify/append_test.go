package jsstringify_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go/internal/jsstringify"
)

// vector is a text and what JavaScript makes of it; Out is nil where JSON.parse
// refuses the text.
type vector struct {
	In  string  `json:"in"`
	Out *string `json:"out"`
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 100 {
		t.Fatalf("only %d vectors", len(vectors))
	}
	return vectors
}

func TestVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		got, err := jsstringify.Append(nil, []byte(v.In))
		switch {
		case v.Out == nil && err == nil:
			t.Errorf("%q: accepted as %q, want an error", v.In, got)
		case v.Out != nil && err != nil:
			t.Errorf("%q: %v", v.In, err)
		case v.Out != nil && string(got) != *v.Out:
			t.Errorf("%q:\n got %q\nwant %q", v.In, got, *v.Out)
		}
	}
}

func TestAppendKeepsDst(t *testing.T) {
	dst := append(make([]byte, 0, 64), "before "...)
	got, err := jsstringify.Append(dst, []byte(` {"b": 1.0, "1": [ ]} `))
	if err != nil || string(got) != `before {"1":[],"b":1}` {
		t.Errorf("got %q, %v", got, err)
	}
	got, err = jsstringify.Append(dst, []byte(`{"a":1,}`))
	if err == nil || string(got) != "before " {
		t.Errorf("malformed: got %q, %v", got, err)
	}
	if want := "jsstringify: unexpected byte at offset 7"; err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

// Texts of bytes that no vector file can hold.
func TestMalformedUTF8(t *testing.T) {
	const r = "\uFFFD"
	for in, want := range map[string]string{
		"\x80":                        r,
		"\xC0\xAF":                    r + r,
		"\xE2\x82":                    r,
		"\xE2\x82a":                   r + "a",
		"\xED\xA0\x80":                r + r + r, // a surrogate half
		"\xF0\x9F\x98":                r,
		"\xF0\x9F\xE2\x82\xAC":        r + "€",
		"\xF4\x90\x80\x80":            r + r + r + r,
		"\xF8\x88\x80\x80\x80":        r + r + r + r + r,
		"\xE0\x80\x80":                r + r + r,
		"\xFF\\uD800\xF0\x9F\x98\x80": r + `\ud800😀`,
	} {
		got, err := jsstringify.Append(nil, []byte(`"`+in+`"`))
		if err != nil || string(got) != `"`+want+`"` {
			t.Errorf("%x: got %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestDepth(t *testing.T) {
	nest := func(n int) []byte {
		return []byte(strings.Repeat(`[{"1":`, n/2) + "0" + strings.Repeat("}]", n/2))
	}
	deep := nest(jsstringify.MaxDepth)
	if got, err := jsstringify.Append(nil, deep); err != nil || !bytes.Equal(got, deep) {
		t.Errorf("depth %d: %v", jsstringify.MaxDepth, err)
	}
	if _, err := jsstringify.Append(nil, nest(jsstringify.MaxDepth+2)); err == nil {
		t.Error("no error beyond MaxDepth")
	}
	if _, err := jsstringify.Append(nil, bytes.Repeat([]byte("["), 1<<20)); err == nil {
		t.Error("no error for a million brackets")
	}
}

func TestManyKeys(t *testing.T) {
	var in, want strings.Builder
	in.WriteString(`{"first":0`)
	for i := 999; i >= 0; i-- {
		in.WriteString(`,"k` + strings.Repeat("x", i) + `":1,"` + jsonInt(i) + `":2`)
	}
	in.WriteString(`,"first":3,"kx":4,"7":5}`)
	want.WriteString("{")
	for i := range 1000 {
		if i == 7 {
			want.WriteString(`"7":5,`)
		} else {
			want.WriteString(`"` + jsonInt(i) + `":2,`)
		}
	}
	want.WriteString(`"first":3`)
	for i := 999; i >= 0; i-- {
		if i == 1 {
			want.WriteString(`,"kx":4`)
		} else {
			want.WriteString(`,"k` + strings.Repeat("x", i) + `":1`)
		}
	}
	want.WriteString("}")
	got, err := jsstringify.Append(nil, []byte(in.String()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func jsonInt(i int) string {
	b, _ := json.Marshal(i)
	return string(b)
}

// For any text: accepted exactly if encoding/json finds it valid, the same
// value to encoding/json, and unchanged by a second pass.
func FuzzAppend(f *testing.F) {
	for _, seed := range edgeTexts {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		before := bytes.Clone(src)
		got, err := jsstringify.Append(nil, src)
		if !bytes.Equal(before, src) {
			t.Fatal("src was changed")
		}
		if valid := json.Valid(src); valid != (err == nil) {
			t.Fatalf("encoding/json finds it valid: %v; error: %v", valid, err)
		}
		if err != nil {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("%q is not JSON", got)
		}
		again, err := jsstringify.Append(nil, got)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("not stable:\nfirst  %q\nsecond %q\n%v", got, again, err)
		}
		if !utf8.Valid(src) || bytes.Contains(bytes.ToLower(src), []byte(`\ud`)) {
			return // encoding/json takes these for U+FFFD, in its own way
		}
		var a, b any
		if json.Unmarshal(src, &a) == nil && json.Unmarshal(got, &b) == nil {
			if diff := cmp.Diff(a, b); diff != "" {
				t.Fatalf("another value (-src +got):\n%s", diff)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	src := []byte(`{"id":"evt_1","type":"contact.created","created_at":"2025-03-01T10:00:00Z","data":{"contact":{"email":"a@example.com","tags":["x","y"],"custom_fields":{"company":"Acme <Corp>","size":12.50,"7":true}}}}`)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		dst, _ = jsstringify.Append(dst[:0], src)
	}
}
