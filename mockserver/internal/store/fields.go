package store

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/selgora/selgora-go/internal/jsstringify"
)

// Field is a custom field: its name, as JSONName writes it, and the JSON text of its value, kept as it came in.
type Field struct{ Name, JSON string }

// JSONName returns what stands between the quotes of a valid JSON string when it is written with as few escapes as
// possible. Unlike Go strings, which have no room for halves of surrogate pairs, two of these are equal exactly if
// the names are.
func JSONName(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		if plain, err := jsstringify.Append(nil, quoted); err == nil {
			quoted = plain
		}
	}
	return string(quoted[1 : len(quoted)-1])
}

// Fields are custom fields in the order in which they were first set.
type Fields []Field

// Get returns the JSON text of a field.
func (f Fields) Get(name string) (string, bool) {
	if i := slices.IndexFunc(f, func(x Field) bool { return x.Name == name }); i >= 0 {
		return f[i].JSON, true
	}
	return "", false
}

// AppendJSON implements Renderer.
func (f Fields) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	for _, x := range f {
		o.rawKey(x.Name)
		o.b = append(o.b, x.JSON...)
	}
	return o.end()
}

// decode reads a JSON object. Of a repeated name the last value counts.
func (f *Fields) decode(raw []byte) []fault {
	if raw[0] != '{' {
		return []fault{{"", "must be an object"}}
	}
	if !utf8.Valid(raw) {
		return []fault{{"", "must be valid UTF-8"}}
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return []fault{{"", "must be an object"}}
	}
	at := map[string]int{}
	*f = Fields{}
	for dec.More() {
		start := dec.InputOffset()
		_, err := dec.Token()
		name := bytes.TrimLeft(raw[start:dec.InputOffset()], " \t\r\n,")
		var v json.RawMessage
		if err == nil {
			err = dec.Decode(&v)
		}
		if err != nil {
			return []fault{{"", "must be an object"}}
		}
		field := Field{JSONName(name), string(bytes.TrimSpace(v))}
		if i, ok := at[field.Name]; ok {
			(*f)[i] = field
			continue
		}
		at[field.Name] = len(*f)
		*f = append(*f, field)
	}
	return nil
}

// checkFields reports names and values that are not JSON, which only Go code can pass.
func checkFields(p *problems, field string, f Fields) {
	for _, x := range f {
		switch {
		case !utf8.ValidString(x.Name) || !utf8.ValidString(x.JSON):
			p.add(field, "must be valid UTF-8")
		case !json.Valid([]byte(`"` + x.Name + `"`)):
			p.add(field, "must have names that are valid JSON")
		case !json.Valid([]byte(x.JSON)):
			p.add(field+"."+x.Name, "must be valid JSON")
		}
	}
}

// merge returns f with the values of the patch in place, null removing a field, and the part of the patch that made a
// difference.
func (f Fields) merge(patch Fields) (merged, changed Fields) {
	if len(patch) == 0 {
		return f, nil
	}
	at := make(map[string]int, len(f))
	for i, x := range f {
		at[x.Name] = i
	}
	merged = slices.Clone(f)
	gone := false
	for _, x := range patch {
		i, ok := at[x.Name]
		switch {
		case x.JSON == "null":
			if ok && merged[i].JSON != "" {
				merged[i].JSON = ""
				gone = true
				changed = append(changed, x)
			}
		case !ok:
			at[x.Name] = len(merged)
			merged = append(merged, x)
			changed = append(changed, x)
		case merged[i].JSON != x.JSON:
			merged[i] = x
			changed = append(changed, x)
		}
	}
	if gone {
		merged = slices.DeleteFunc(merged, func(x Field) bool { return x.JSON == "" })
	}
	return merged, changed
}
