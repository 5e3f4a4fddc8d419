package store

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/selgora/selgora-go/mockserver/internal/nearest"
)

// checkNames reports, at any depth, members of objects that a type has no field for.
func checkNames(p *problems, at string, raw json.RawMessage, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, ok := reflect.Zero(t).Interface().(interface{ given() bool }); ok {
		t = t.Field(0).Type
	}
	switch {
	case t.Kind() == reflect.Slice && mayHold(t.Elem()):
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return
		}
		for i, item := range items {
			checkNames(p, at+"["+strconv.Itoa(i)+"]", item, t.Elem())
		}
	case t.Kind() == reflect.Struct && mayHold(t):
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			return
		}
		known := fieldsOf(t)
		if at != "" {
			at += "."
		}
		for name, member := range members {
			if field, ok := known[name]; ok {
				checkNames(p, at+name, member, field)
				continue
			}
			problem := "is not a known field"
			if near := nearest.Name(name, slices.Sorted(maps.Keys(known))); near != "" {
				problem += "; did you mean " + near + "?"
			}
			p.add(at+name, problem)
		}
	}
}

// mayHold reports whether values of a type are objects with known fields.
func mayHold(t reflect.Type) bool { return t.Kind() == reflect.Struct && len(fieldsOf(t)) > 0 }

var fieldCache sync.Map // of reflect.Type to map[string]reflect.Type

// fieldsOf returns the fields of a struct by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if known, ok := fieldCache.Load(t); ok {
		return known.(map[string]reflect.Type)
	}
	known := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			known[name] = t.Field(i).Type
		}
	}
	fieldCache.Store(t, known)
	return known
}
