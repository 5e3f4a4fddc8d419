package jsstringify_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/internal/jsstringify"
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

// runNode returns what JavaScript makes of each text, nil for an error.
func runNode(t *testing.T, texts [][]byte) [][]byte {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	var in bytes.Buffer
	for i, text := range texts {
		if i > 0 {
			in.WriteByte('\n')
		}
		in.WriteString(base64.StdEncoding.EncodeToString(text))
	}
	cmd := exec.Command(node, "testdata/stringify.js")
	cmd.Stdin = &in
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(out), "\n")
	if len(lines) != len(texts) {
		t.Fatalf("node answered %d lines to %d texts", len(lines), len(texts))
	}
	results := make([][]byte, len(lines))
	for i, line := range lines {
		if line == "error" {
			continue
		}
		if results[i], err = base64.StdEncoding.DecodeString(line); err != nil {
			t.Fatal(err)
		}
	}
	return results
}

func TestAgainstNode(t *testing.T) {
	texts := make([][]byte, 0, 60000)
	for _, text := range edgeTexts {
		texts = append(texts, []byte(text))
	}
	g := generator{rand.New(rand.NewPCG(20250301, 1))}
	for range 20000 {
		texts = append(texts, g.value(nil, 0))
	}
	for range 15000 {
		texts = append(texts, g.number(nil))
	}
	for range 10000 { // mostly refused: the grammar has to agree too
		texts = append(texts, g.damage(g.value(nil, 1)))
	}
	accepted := 0
	for i, want := range runNode(t, texts) {
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
	for i, want := range runNode(t, texts) {
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
	g := generator{rand.New(rand.NewPCG(7, 7))}
	for range 60 {
		texts = append(texts, bytes.ToValidUTF8(g.value(nil, 0), []byte("?")))
	}
	for range 60 {
		texts = append(texts, g.number(nil))
	}
	var vectors []vector
	for i, out := range runNode(t, texts) {
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

// generator writes JSON texts that are likely to be printed differently.
type generator struct{ *rand.Rand }

func (g generator) value(out []byte, depth int) []byte {
	out = g.blanks(out)
	kinds := 8
	if depth > 4 {
		kinds = 5
	}
	switch g.IntN(kinds) {
	case 0:
		out = append(out, []string{"null", "true", "false"}[g.IntN(3)]...)
	case 1, 2:
		out = g.number(out)
	case 3, 4:
		out = g.text(out)
	case 5:
		out = append(out, '[')
		for i := range g.IntN(5) {
			if i > 0 {
				out = append(out, ',')
			}
			out = g.value(out, depth+1)
		}
		out = append(g.blanks(out), ']')
	default:
		out = append(out, '{')
		for i := range g.size() {
			if i > 0 {
				out = append(out, ',')
			}
			out = g.key(g.blanks(out))
			out = append(g.blanks(out), ':')
			out = g.value(out, depth+1)
		}
		out = append(g.blanks(out), '}')
	}
	return g.blanks(out)
}

func (g generator) size() int {
	if g.IntN(40) == 0 {
		return 10 + g.IntN(30)
	}
	return g.IntN(6)
}

func (g generator) blanks(out []byte) []byte {
	if g.IntN(6) == 0 {
		out = append(out, " \t\n\r"[g.IntN(4)])
	}
	return out
}

func (g generator) number(out []byte) []byte {
	switch g.IntN(7) {
	case 0:
		return strconv.AppendInt(out, g.Int64()>>g.IntN(64), 10)
	case 1:
		return strconv.AppendUint(out, 1<<53-5+g.Uint64N(10), 10)
	case 2: // any double at all
		for {
			if f := math.Float64frombits(g.Uint64()); !math.IsInf(f, 0) && !math.IsNaN(f) {
				return strconv.AppendFloat(out, f, 'e', g.IntN(20)-1, 64)
			}
		}
	case 3:
		return fmt.Appendf(out, "%d.%0*d", g.IntN(2000)-1000, 1+g.IntN(12), g.IntN(10))
	case 4:
		return fmt.Appendf(out, "%de%d", g.IntN(2000)-1000, g.IntN(60)-30)
	case 5:
		return fmt.Appendf(out, "-%d.%dE%+d", g.IntN(10), g.IntN(1000000), g.IntN(900)-450)
	}
	return append(out, []string{"0", "-0", "1e21", "1e-7", "1e400", "-0.0", "1E400", "0e0", "1.0"}[g.IntN(9)]...)
}

func (g generator) key(out []byte) []byte {
	switch g.IntN(5) {
	case 0:
		return fmt.Appendf(out, `"%d"`, g.IntN(12))
	case 1:
		return fmt.Appendf(out, `"%d"`, uint64(1)<<32-4+g.Uint64N(6))
	case 2:
		return append(out, []string{`"__proto__"`, `"a"`, `"\u0061"`, `"01"`, `"-1"`, `""`, `"\u0037"`, `"1.5"`, `"toJSON"`}[g.IntN(9)]...)
	}
	return g.text(out)
}

func (g generator) text(out []byte) []byte {
	out = append(out, '"')
	for range g.IntN(6) {
		switch g.IntN(7) {
		case 0:
			out = append(out, []string{`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`}[g.IntN(8)]...)
		case 1:
			out = fmt.Appendf(out, `\u%04x`, g.IntN(0x90))
		case 2: // halves of pairs, whole ones among them
			out = fmt.Appendf(out, `\u%04X`, 0xD7FE+g.IntN(0x804))
		case 3:
			out = fmt.Appendf(out, `\ud83d\ude%02x`, g.IntN(256))
		case 4:
			out = append(out, []string{"\u2028", "\u2029", "é", "漢", "😀", "\u007f", "<", "\uFFFF", "&"}[g.IntN(9)]...)
		case 5:
			if g.IntN(4) == 0 { // not UTF-8
				out = append(out, byte(0x80+g.IntN(128)), byte(0x80+g.IntN(128)))
			}
		default:
			out = append(out, byte('a'+g.IntN(26)))
		}
	}
	return append(out, '"')
}

func (g generator) damage(text []byte) []byte {
	if len(text) == 0 {
		return text
	}
	i := g.IntN(len(text))
	switch g.IntN(4) {
	case 0:
		return text[:i]
	case 1:
		return slices.Delete(text, i, i+1)
	case 2:
		return slices.Insert(text, i, `{}[],:"\0.eE+-tfn `[g.IntN(18)])
	}
	text[i] = `{}[],:"\019.eE-u `[g.IntN(17)]
	return text
}
