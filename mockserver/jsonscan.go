package mockserver

import (
	"bytes"
	"encoding/json"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

// member is one member of an object within a JSON text.
type member struct {
	object     int // which object it belongs to, counted from 0 by their beginnings
	name       string
	key        string // tells names apart that a Go string cannot
	start, end int    // where the value is
}

// scanMembers calls visit for every member of every object in a JSON text, in
// the order in which their values end. The text must be valid.
func scanMembers(text []byte, visit func(member)) {
	type frame struct {
		start  int
		object int // -1 for an array
		name   string
		key    string
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
			visit(member{top.object, top.name, top.key, start, end})
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
				top := &stack[n-1]
				top.name, top.key = unquote(text[i:end])
				top.named = true
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

// unquote returns what a valid JSON string says, and its key.
func unquote(quoted []byte) (s, key string) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		s = string(quoted[1 : len(quoted)-1])
		return s, s
	}
	_ = json.Unmarshal(quoted, &s) // valid, so it cannot fail
	return s, store.JSONName(quoted)
}
