package jsstringify_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/internal/jsstringify"
	"github.com/selgora/selgora-go/internal/jsstringify/jstest"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew, with what Node says")

// edgeTexts are the cases somebody thought of; they are also the fuzz seeds.
var edgeTexts = []string{
	`null`, `true`, `false`, ` [ ] `, "\t{\r\n}\n", `""`, `"a"`, `[[],{},[{}]]`,
	`0`, `-0`, `0.0`, `-0.0e5`, `1`, `-1`, `1.0`, `1.50`, `100`, `1e0`, `1E+2`, `1e-2`, `497.00`, `19700`,
	`1e20`, `1e21`, `123456789012345680000`, `1234567890123456800000`, `999999999999999999999`, `1e-6`, `1e-7`, `0.000001`, `0.0000001`, `1.5e-9`, `123e-20`, `1e100`, `1e-100`,
	`9007199254740991`, `9007199254740992`, `9007199254740993`, `-9007199254740993`, `12345678901234567890`, `18446744073709551615`, `999999999999999`, `1000000000000000`, `9999999999999999`,
	`1e400`, `-1e400`, `1e-400`, `1.7976931348623157e308`, `1.7976931348623159e308`, `5e-324`, `4.9e-324`, `2e-324`, `2.2250738585072014e-308`, `0.1`, `0.30000000000000004`, `1.1e1`, `4.35`, `0.000001234`, `5e-7`,
	`123456789.123456789`, `1` + strings.Repeat("0", 400), `0.` + strings.Repeat("0", 400) + `1`, `-1e-7`, `100e-2`,
	`"<>&"`, `"\u003c\u003E\u0026"`, `"\/"`, `"/"`, `"\"\\\b\f\n\r\t"`, `"\u0008\u000c\u000A\u000D\u0009"`, `"\u0000\u001f\u000b"`, `"\u007f"`, "\"\u007f\"", `"\u0022\u005c"`,
	"\"\u2028\u2029\"", `"\u2028\u2029"`, `"é\u00e9ß漢"`, `"😀"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`, `"\ud83d"`, `"\ude00"`, `"\ude00\ud83d"`, `"\ud83dx"`, `"\ud83d\ud83d\ude00"`, `"\ud83d\n\ude00"`, `"\uFFFD"`, `"\uFEFF"`, "\"\uFEFF\"", `"\uD800\\uDC00"`, `"\ud83d😀"`,
	`{"b":1,"a":2}`, `{"a":1,"b":2,"a":3}`, `{"a":{"x":1},"a":{"y":2}}`, `{"2":0,"1":0,"a":0,"10":0,"0":0}`, `{"b":0,"01":1,"1":2,"-1":3,"1.0":4,"1e0":5,"+1":6," 1":7,"":8}`,
	`{"4294967294":1,"4294967295":2,"4294967296":3,"a":4,"4294967293":5}`, `{"x":0,"9007199254740991":1,"99999999999":2,"1":3}`, `{"\u0031":"one","1":"again","a":0,"\u0061":1}`,
	`{"__proto__":1,"a":2}`, `{"a":1,"__proto__":{"x":1},"constructor":2,"toString":null,"hasOwnProperty":0,"toJSON":{"a":1}}`, `{"__proto__":1,"__proto__":2}`, `{"length":1,"0":2}`,
	`{"\ud800":1,"\uD800":2,"\udc00":3}`, `{"\n":1,"\u000a":2}`, `{"é":1,"\u00e9":2}`, `[{"2":[{"1":1,"0":2}],"1":{}}]`, `{"a":[1,{"3":1,"2":2}],"1":-0}`,
	`{"company":"Acme <Corp> & Söhne","size":1.0,"big":12345678901234567890,"sep":"` + "\u2028" + `","7":true,"nested":{"b":[1e3,2.50],"a":null}}`,
	``, ` `, `{`, `}`, `[`, `]`, `[1`, `[1,`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{'a':1}`, `{"a":1 "b":2}`, `[1 2]`, `1 2`, `nul`, `nulll`, `True`, `tru e`, `NaN`, `Infinity`, `-Infinity`, `undefined`,
	`01`, `-`, `+1`, `.5`, `5.`, `1.e5`, `1e`, `1e+`, `-01`, `00`, `0x10`, `1_000`, `--1`, `"`, `"a`, `"\`, `"\u12`, `"\u12G4"`, `"\x41"`, `"\'"`, "\"\n\"", "\"\t\"", "\"\x00\"", "\uFEFF{}", "\u00a01", "\v1", "// c\n1", `[1]//`, `"a"b`, `{"a":1}}`, `[1]]`, `{"a":"b":1}`,
}

func TestAgainstNode(t *testing.T) {
	texts := make([][]byte, 0, 60000)
	for _, text := range edgeTexts {
		texts = append(texts, []byte(text))
	}
	g := jstest.Generator{Rand: rand.New(rand.NewPCG(20250301, 1))}
	for range 20000 {
		texts = append(texts, g.Value(nil, 0))
	}
	for range 15000 {
		texts = append(texts, g.Number(nil))
	}
	for range 10000 { // mostly refused: the grammar has to agree too
		texts = append(texts, g.Damage(g.Value(nil, 1)))
	}
	accepted := 0
	for i, want := range jstest.Stringify(t, texts) {
		got, err := jsstringify.Append(nil, texts[i])
		if (err == nil) != (want != nil) || err == nil && !bytes.Equal(got, want) {
			t.Errorf("%q:\n got %q, %v\nnode %q", texts[i], got, err, want)
		}
		if want != nil {
			accepted++
		}
	}
	if accepted < 30000 || accepted > len(texts)-3000 {
		t.Errorf("Node accepted %d of %d texts: the corpus is one-sided", accepted, len(texts))
	}
}

func TestVectorsAgainstNode(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	vectors := readVectors(t)
	texts := make([][]byte, len(vectors))
	for i, v := range vectors {
		texts[i] = []byte(v.In)
	}
	for i, want := range jstest.Stringify(t, texts) {
		out := vectors[i].Out
		if (out == nil) != (want == nil) || out != nil && *out != string(want) {
			t.Errorf("%q: Node says %q; run with -update", vectors[i].In, want)
		}
	}
}

func writeVectors(t *testing.T) {
	var texts [][]byte
	for _, text := range edgeTexts {
		texts = append(texts, []byte(text))
	}
	g := jstest.Generator{Rand: rand.New(rand.NewPCG(7, 7))}
	for range 60 {
		texts = append(texts, bytes.ToValidUTF8(g.Value(nil, 0), []byte("?")))
	}
	for range 60 {
		texts = append(texts, g.Number(nil))
	}
	var vectors []vector
	for i, out := range jstest.Stringify(t, texts) {
		v := vector{In: string(texts[i])}
		if out != nil {
			s := string(out)
			v.Out = &s
		}
		vectors = append(vectors, v)
	}
	data, err := json.MarshalIndent(vectors, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/vectors.json", append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
