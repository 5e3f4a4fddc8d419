package jstest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Generator writes JSON texts that JavaScript is likely to print differently.
type Generator struct{ *rand.Rand }

// Value appends a value, at most a few levels deep, to out. Strings in it may
// hold bytes that are not UTF-8.
func (g Generator) Value(out []byte, depth int) []byte {
	out = g.blanks(out)
	kinds := 8
	if depth > 4 {
		kinds = 5
	}
	switch g.IntN(kinds) {
	case 0:
		out = append(out, []string{"null", "true", "false"}[g.IntN(3)]...)
	case 1, 2:
		out = g.Number(out)
	case 3, 4:
		out = g.text(out)
	case 5:
		out = append(out, '[')
		for i := range g.IntN(5) {
			if i > 0 {
				out = append(out, ',')
			}
			out = g.Value(out, depth+1)
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
			out = g.Value(out, depth+1)
		}
		out = append(g.blanks(out), '}')
	}
	return g.blanks(out)
}

func (g Generator) size() int {
	if g.IntN(40) == 0 {
		return 10 + g.IntN(30)
	}
	return g.IntN(6)
}

func (g Generator) blanks(out []byte) []byte {
	if g.IntN(6) == 0 {
		out = append(out, " \t\n\r"[g.IntN(4)])
	}
	return out
}

// Number appends a number to out.
func (g Generator) Number(out []byte) []byte {
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

func (g Generator) key(out []byte) []byte {
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

func (g Generator) text(out []byte) []byte {
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

// Damage changes a byte of a text, so that most are not JSON any more.
func (g Generator) Damage(text []byte) []byte {
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
