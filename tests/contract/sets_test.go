package contract

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi/datamodel/high/base"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// A side is what one of the three knows about an operation.
type side struct {
	Method, Path string
	Permission   string
	Documented   bool
	Query, Body  []string
}

// TestFakeAndDocumentAgree compares the fake's route table with the document.
func TestFakeAndDocumentAgree(t *testing.T) {
	t.Parallel()
	inDocument, inFake := map[string]side{}, map[string]side{}
	for id, op := range load(t).operations {
		s := side{
			Method: op.method, Path: op.path, Documented: !undocumented(op.Extensions),
			Query: op.parameters("query"), Body: fieldNames("", op.bodySchema()),
		}
		s.Permission = strings.Join(op.Security[0].Requirements.GetOrZero("apiKey"), " ")
		inDocument[id] = s
	}
	for _, r := range mockserver.Routes() {
		inFake[string(r.Operation)] = side{
			Method: r.Method, Path: r.Pattern, Permission: r.Permission, Documented: r.Documented,
			Query: sorted(r.Query), Body: sorted(r.Body),
		}
	}
	if diff := cmp.Diff(inDocument, inFake); diff != "" {
		t.Errorf("the document (-) and the fake (+) differ:\n%s", diff)
	}
}

// sorted returns nil for no names, so that empty and absent are the same.
func sorted(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return slices.Sorted(slices.Values(names))
}

// fieldNames returns the properties of a request, those of nested objects as "outer.inner".
func fieldNames(prefix string, schema *base.Schema) []string {
	if schema == nil {
		return nil
	}
	var names []string
	for name, proxy := range schema.Properties.FromOldest() {
		names = append(names, prefix+name)
		property := proxy.Schema()
		for _, inner := range append(property.OneOf, proxy) {
			names = append(names, fieldNames(prefix+name+".", inner.Schema())...)
		}
	}
	slices.Sort(names)
	return names
}

// TestClientAndDocumentAgree compares the methods of the client's services with the document's operations.
func TestClientAndDocumentAgree(t *testing.T) {
	t.Parallel()
	d := load(t)
	inClient := map[string]bool{}
	client := reflect.TypeFor[selgora.Client]()
	for field := range client.Fields() {
		if !field.IsExported() {
			continue
		}
		for method := range field.Type.Methods() {
			name := method.Name
			if name == "Pages" {
				name = "All" // is built on it
			}
			if rest, ok := strings.CutPrefix(name, "All"); ok {
				// An iterator is the list of the same name: All of List, AllDeliveries of Deliveries.
				if name = rest; name == "" {
					name = "List"
				}
				if _, ok := field.Type.MethodByName(name); !ok {
					t.Errorf("%s.%s iterates over a list that has no method %s", field.Name, method.Name, name)
				}
			}
			id := snake(field.Name) + "." + snake(name)
			inClient[id] = true
			if d.operations[id] == nil {
				t.Errorf("client.%s.%s has no operation %s in the document", field.Name, method.Name, id)
			}
		}
	}
	for id, op := range d.operations {
		if !inClient[id] {
			t.Errorf("%s is in the document, but the client has no method for it", id)
		}
		if slices.Contains(op.parameters("query"), "page") {
			service, method, _ := strings.Cut(id, ".")
			iterator := "All"
			if method != "list" {
				iterator += camel(method)
			}
			if field, ok := client.FieldByName(camel(service)); ok {
				if _, ok := field.Type.MethodByName(iterator); !ok {
					t.Errorf("%s has pages, but the client has no %s.%s", id, camel(service), iterator)
				}
			}
		}
	}
}

// snake turns CreateBatch into create_batch.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// camel turns create_batch into CreateBatch.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func TestNames(t *testing.T) {
	t.Parallel()
	for snaked, cameled := range map[string]string{"list": "List", "create_batch": "CreateBatch"} {
		if got := camel(snaked); got != cameled {
			t.Errorf("camel(%q) = %q", snaked, got)
		}
		if got := snake(cameled); got != snaked {
			t.Errorf("snake(%q) = %q", cameled, got)
		}
	}
}
