package mockserver

import (
	"bytes"
	"encoding/json"
)

// member is one member of an object within a JSON text.
type member struct {
	object     int // which object it belongs to, counted from 0 by their beginnings
	name       string
	start, end int // where the value is
}

// scanMembers calls visit for every member of every object in a JSON text, in
// the order in which their values end. The text must be valid.
func scanMembers(text []byte, visit func(member)) {
	type frame struct {
		start  int
		object int // -1 for an array
		name   string
		named  bool // name is that of the value to come
	}
	var (
		stack   []frame
		objects int
	)
	ended := func(start, end int) {
		if len(stack) == 0 {
			return
		}
		if top := &stack[len(stack)-1]; top.object >= 0 {
			visit(member{top.object, top.name, start, end})
			top.named = false
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		case '{':
			stack = append(stack, frame{start: i, object: objects})
			objects++
			i++
		case '[':
			stack = append(stack, frame{start: i, object: -1})
			i++
		case '}', ']':
			start := stack[len(stack)-1].start
			stack = stack[:len(stack)-1]
			i++
			ended(start, i)
		case '"':
			end := i + stringLength(text[i:])
			if n := len(stack); n > 0 && stack[n-1].object >= 0 && !stack[n-1].named {
				stack[n-1].name, stack[n-1].named = unquote(text[i:end]), true
			} else {
				ended(i, end)
			}
			i = end
		default:
			end := i + 1
			for end < len(text) && bytes.IndexByte([]byte(" \t\r\n,]}"), text[end]) < 0 {
				end++
			}
			ended(i, end)
			i = end
		}
	}
}

// stringLength returns the length of the JSON string at the beginning of text,
// with its quotes.
func stringLength(text []byte) int {
	i := 1
	for text[i] != '"' {
		if text[i] == '\\' {
			i++
		}
		i++
	}
	return i + 1
}

// unquote returns what a valid JSON string says.
func unquote(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // valid, so it cannot fail
	return s
}
