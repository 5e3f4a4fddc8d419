package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	verrors "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
	"go.yaml.in/yaml/v4"

	"github.com/selgora/selgora-go/mockserver"
)

// A document is the OpenAPI document with what the tests look up in it.
type document struct {
	model      *v3.Document
	validator  validator.Validator
	operations map[string]*operation // by operationId
}

// An operation is one method of one path.
type operation struct {
	*v3.Operation
	id, method, path string
	pathItem         *v3.PathItem
}

// loaded reads the document once for all tests, which do not change it.
var loaded = sync.OnceValues(func() (*document, error) {
	return newDocument(mockserver.OpenAPI())
})

// newDocument reads the document with all objects closed: the schemas allow properties that they do not name, so that
// clients ignore them, but here each one is something that one side has and the document lacks.
func newDocument(source []byte) (*document, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(source, &root); err != nil {
		return nil, err
	}
	closeObjects(&root)
	return buildDocument(&root)
}

func buildDocument(root *yaml.Node) (*document, error) {
	closed, err := yaml.Marshal(root)
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(closed)
	if err != nil {
		return nil, err
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc, config.WithFormatAssertions())
	if len(errs) > 0 {
		return nil, errs[0]
	}
	d := &document{model: &model.Model, validator: v, operations: map[string]*operation{}}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, op := range item.GetOperations().FromOldest() {
			if d.operations[op.OperationId] != nil {
				return nil, fmt.Errorf("operationId %q is used twice", op.OperationId)
			}
			d.operations[op.OperationId] = &operation{
				Operation: op, id: op.OperationId, method: strings.ToUpper(method), path: path, pathItem: item,
			}
		}
	}
	return d, nil
}

// closeObjects forbids further properties in every schema that names some and does not speak of others.
func closeObjects(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		keys := map[string]*yaml.Node{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			keys[node.Content[i].Value] = node.Content[i+1]
		}
		if t := keys["type"]; t != nil && t.Value == "object" && keys["properties"] != nil && keys["additionalProperties"] == nil {
			node.Content = append(node.Content,
				&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "additionalProperties"},
				&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "false"})
		}
	}
	for _, child := range node.Content {
		closeObjects(child)
	}
}

func load(t *testing.T) *document {
	t.Helper()
	d, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// sorted returns the operations in a fixed order.
func (d *document) sorted() []*operation {
	var all []*operation
	for _, id := range slices.Sorted(maps.Keys(d.operations)) {
		all = append(all, d.operations[id])
	}
	return all
}

// parameters returns the names of an operation's parameters in one place: "path", "query" or "header".
func (o *operation) parameters(in string) []string {
	var names []string
	for _, p := range slices.Concat(o.pathItem.Parameters, o.Parameters) {
		if p.In == in {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}

// bodySchema returns the schema of the JSON body that an operation takes, or nil.
func (o *operation) bodySchema() *base.Schema {
	if o.RequestBody == nil {
		return nil
	}
	return o.RequestBody.Content.GetOrZero("application/json").Schema.Schema()
}

// undocumented reports whether an operation, parameter or schema carries the mark.
func undocumented(extensions *orderedmap.Map[string, *yaml.Node]) bool {
	node := extensions.GetOrZero("x-undocumented")
	return node != nil && node.Value == "true"
}

// describe turns what the validator found into lines for a test's output.
func describe(errs []*verrors.ValidationError) string {
	var lines []string
	for _, e := range errs {
		lines = append(lines, fmt.Sprintf("  %s: %s", e.Message, e.Reason))
		for _, s := range e.SchemaValidationErrors {
			lines = append(lines, fmt.Sprintf("    at %s: %s", strings.Join(s.InstancePath, "/"), s.Reason))
		}
	}
	return strings.Join(lines, "\n")
}

func TestDocumentIsOpenAPI(t *testing.T) {
	t.Parallel()
	d := load(t)
	if ok, errs := d.validator.ValidateDocument(); !ok {
		t.Errorf("the document is not OpenAPI 3.1:\n%s", describe(errs))
	}
	if len(d.operations) == 0 {
		t.Error("the document has no operations")
	}
}
