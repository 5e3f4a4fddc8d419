package wire

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/selgora/selgora-go/internal/jsonx"
)

// Member decodes one member on its own, to the zero value if it is of
// another type.
func Member[T any](raw json.RawMessage) T {
	var v T
	if len(raw) == 0 || jsonx.Unmarshal(raw, &v) != nil {
		var zero T // the decoders differ in what they leave behind
		return zero
	}
	return v
}

// FirstByte returns how a JSON value begins, which tells its type.
func FirstByte(raw json.RawMessage) byte {
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

// maxProblemDepth is how deep inside a value a message is looked for.
const maxProblemDepth = 3

// ProblemText returns the message that is in a value of whatever type, "" if
// the value says that there is no problem.
func ProblemText(raw json.RawMessage) string { return problemText(raw, 0) }

func problemText(raw json.RawMessage, depth int) string {
	switch kind := FirstByte(raw); {
	case kind == '"':
		return strings.TrimSpace(Member[string](raw))
	case depth == maxProblemDepth:
	case kind == '[':
		var texts []string
		for _, item := range Member[[]json.RawMessage](raw) {
			if text := problemText(item, depth+1); text != "" {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, "; ")
	case kind == '{':
		members := Member[map[string]json.RawMessage](raw)
		for _, name := range []string{"message", "error", "reason", "detail", "code"} {
			if text := problemText(members[name], depth+1); text != "" {
				return text
			}
		}
	}
	if saysNothing(Member[any](raw)) {
		return ""
	}
	return string(raw)
}

// saysNothing reports whether a value is what a server fills an unused member
// with, such as null, 0, or an object of these.
func saysNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return strings.TrimSpace(v) == ""
	case float64:
		return v == 0
	case []any:
		return !slices.ContainsFunc(v, saysSomething)
	case map[string]any:
		for _, member := range v {
			if saysSomething(member) {
				return false
			}
		}
		return true
	}
	return false
}

func saysSomething(v any) bool { return !saysNothing(v) }
