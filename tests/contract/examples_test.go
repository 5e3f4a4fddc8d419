package contract

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
	"go.yaml.in/yaml/v4"
)

// rendering guards the schemas, which the validator writes to.
var rendering sync.Mutex

// checkValue validates one value against a schema.
func checkValue(schema *base.Schema, value any) error {
	rendering.Lock()
	defer rendering.Unlock()
	v := schema_validation.NewSchemaValidator(config.WithFormatAssertions())
	if ok, errs := v.ValidateSchemaObject(schema, value); !ok {
		return fmt.Errorf("invalid:\n%s", describe(errs))
	}
	return nil
}

// plain turns a YAML node into what encoding/json would have decoded.
func plain(t *testing.T, node *yaml.Node) any {
	t.Helper()
	var value any
	if err := node.Decode(&value); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// mediaExamples returns the examples of a body by name.
func mediaExamples(media *v3.MediaType) map[string]*yaml.Node {
	examples := map[string]*yaml.Node{}
	if media.Example != nil {
		examples["example"] = media.Example
	}
	for name, example := range media.Examples.FromOldest() {
		examples[name] = example.Value
	}
	return examples
}

// checkContent demands a valid example of each body.
func checkContent(t *testing.T, where string, content *orderedmap.Map[string, *v3.MediaType]) {
	t.Helper()
	for mediaType, media := range content.FromOldest() {
		examples := mediaExamples(media)
		if len(examples) == 0 {
			t.Errorf("%s: %s has no example", where, mediaType)
		}
		for name, node := range examples {
			if err := checkValue(media.Schema.Schema(), plain(t, node)); err != nil {
				t.Errorf("%s: example %q is %v", where, name, err)
			}
		}
	}
}

func checkParameter(t *testing.T, where string, schema *base.SchemaProxy, example *yaml.Node) {
	t.Helper()
	if example == nil {
		t.Errorf("%s has no example", where)
		return
	}
	if err := checkValue(schema.Schema(), plain(t, example)); err != nil {
		t.Errorf("%s: its example is %v", where, err)
	}
}

func checkOperationExamples(t *testing.T, where string, op *v3.Operation) {
	t.Helper()
	for _, p := range op.Parameters {
		checkParameter(t, where+" parameter "+p.Name, p.Schema, p.Example)
	}
	if op.RequestBody != nil {
		checkContent(t, where+" request", op.RequestBody.Content)
	}
	for status, response := range op.Responses.Codes.FromOldest() {
		checkContent(t, where+" "+status, response.Content)
		for name, header := range response.Headers.FromOldest() {
			checkParameter(t, where+" "+status+" header "+name, header.Schema, header.Example)
		}
	}
}

func TestEveryExampleIsValid(t *testing.T) {
	t.Parallel()
	d := load(t)
	for _, op := range d.sorted() {
		for _, p := range op.pathItem.Parameters {
			checkParameter(t, op.id+" parameter "+p.Name, p.Schema, p.Example)
		}
		checkOperationExamples(t, op.id, op.Operation)
	}
	for name, item := range d.model.Webhooks.FromOldest() {
		checkOperationExamples(t, "webhook "+name, item.Post)
	}
	for name, schema := range d.model.Components.Schemas.FromOldest() {
		for i, example := range schema.Schema().Examples {
			if err := checkValue(schema.Schema(), plain(t, example)); err != nil {
				t.Errorf("schema %s: example %d is %v", name, i, err)
			}
		}
	}
}

// A check that lets everything pass would not be noticed above.
func TestValuesThatDoNotFitAreFound(t *testing.T) {
	t.Parallel()
	d := load(t)
	schema := func(name string) *base.Schema { return d.model.Components.Schemas.GetOrZero(name).Schema() }
	valid := `{"id":"course_1","title":"t","slug":"t","description":"","price":0,"currency":"USD","status":"draft",
		"enrolled_count":0,"lessons_count":0,"created_at":"2024-01-15T10:30:00Z","updated_at":"2024-01-15T10:30:00Z"}`
	tests := []struct {
		name, schema string
		change       func(map[string]any)
		ok           bool
	}{
		{"as it should be", "Course", func(map[string]any) {}, true},
		{"extra property", "Course", func(c map[string]any) { c["color"] = "red" }, false},
		{"missing property", "Course", func(c map[string]any) { delete(c, "slug") }, false},
		{"wrong type", "Course", func(c map[string]any) { c["price"] = "49.99" }, false},
		{"fraction of a second", "Course", func(c map[string]any) { c["created_at"] = "2024-01-15T10:30:00.5Z" }, false},
		{"no such day", "Course", func(c map[string]any) { c["created_at"] = "2024-02-31T10:30:00Z" }, false},
		{"unknown status", "Course", func(c map[string]any) { c["status"] = "hidden" }, false},
		{"null", "Course", func(c map[string]any) { c["description"] = nil }, false},
	}
	for _, tt := range tests {
		var course map[string]any
		if err := json.Unmarshal([]byte(valid), &course); err != nil {
			t.Fatal(err)
		}
		tt.change(course)
		if err := checkValue(schema(tt.schema), course); (err == nil) != tt.ok {
			t.Errorf("%s: error = %v", tt.name, err)
		}
		page := map[string]any{
			"data": []any{map[string]any{}, course},
			"meta": map[string]any{"current_page": 1.0, "total_pages": 1.0, "total_count": 2.0},
		}
		if err := json.Unmarshal([]byte(valid), &page["data"].([]any)[0]); err != nil {
			t.Fatal(err)
		}
		if err := checkValue(schema("CoursePage"), page); (err == nil) != tt.ok {
			t.Errorf("%s, second on a page: error = %v", tt.name, err)
		}
	}
}
