package contract

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/selgora/selgora-go/mockserver"
)

// commonPath is where commonDocument has the answers that belong to no operation.
const commonPath = "/anything"

// commonDocument is the document with nothing but one operation, whose answers are those under x-common-responses.
func commonDocument(t *testing.T) *document {
	t.Helper()
	var root map[string]any
	if err := yaml.Unmarshal(mockserver.OpenAPI(), &root); err != nil {
		t.Fatal(err)
	}
	responses := map[string]any{}
	for status, common := range root["x-common-responses"].(map[string]any) {
		responses[status] = common.(map[string]any)["response"]
	}
	root["paths"] = map[string]any{commonPath: map[string]any{"get": map[string]any{"operationId": "common", "responses": responses}}}
	delete(root, "webhooks")
	var node yaml.Node
	if err := node.Encode(root); err != nil {
		t.Fatal(err)
	}
	closeObjects(&node)
	d, err := buildDocument(&node)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAnswersOfNoOperation covers what is answered before an operation is found, and what the strict mode adds.
func TestAnswersOfNoOperation(t *testing.T) {
	t.Parallel()
	d, common := load(t), commonDocument(t)
	methods := map[string][]string{}
	for _, op := range d.operations {
		methods[op.path] = append(methods[op.path], op.method)
	}
	srv := mockserver.New(t, mockserver.WithLenient())
	// The strict one reports to its own test what it is sent here on purpose.
	strict := mockserver.New(&deaf{t}, mockserver.WithStrict())

	seen := map[int]bool{}
	send := func(srv *mockserver.Server, method, path string, want int) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, baseURL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+mainKey)
		response, err := srv.HTTPClient().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s %s: status %d, want %d", method, path, response.StatusCode, want)
		}
		asked, err := http.NewRequest(http.MethodGet, baseURL+commonPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ok, errs := common.validator.ValidateHttpResponse(asked, response); !ok {
			t.Errorf("%s %s: the answer is not as the document says:\n%s", method, path, describe(errs))
		}
		seen[response.StatusCode] = true
		return response
	}

	for path, known := range methods {
		slices.Sort(known)
		path = strings.NewReplacer("{id}", "some_1", "{delivery_id}", "some_2").Replace(path)
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			// /enrollments/batch is also the path of an enrollment, whose methods are its own.
			if slices.Contains(known, method) || path == "/enrollments/batch" && d.find(method, "/v1"+path) != nil {
				continue
			}
			response := send(srv, method, path, http.StatusMethodNotAllowed)
			allow := strings.Split(response.Header.Get("Allow"), ", ")
			slices.Sort(allow)
			if !slices.Equal(allow, known) && path != "/enrollments/batch" {
				t.Errorf("%s %s: Allow is %v, want %v", method, path, allow, known)
			}
		}
	}
	for _, path := range []string{"/", "/course", "/courses/", "/courses//", "/courses/a/b", "/account/x", "/enrollments/a/b", "/webhooks/a/deliveries/b"} {
		for _, method := range []string{"GET", "POST", "PUT"} {
			send(srv, method, path, http.StatusNotFound)
		}
	}
	for _, op := range d.sorted() {
		if op.method == http.MethodGet {
			path := strings.ReplaceAll(op.path, "{id}", "some_1")
			send(srv, op.method, path+"?a=%zz", http.StatusBadRequest)
			send(strict, op.method, path+"?color=red", http.StatusUnprocessableEntity)
		}
	}
	for status := range common.operations["common"].Responses.Codes.KeysFromOldest() {
		if code := statusCode(t, status); !seen[code] {
			t.Errorf("%s is among the common answers of the document, but was never answered", status)
		}
	}
}

// deaf is a test that does not hear of mistakes.
type deaf struct{ *testing.T }

func (*deaf) Errorf(string, ...any) {}
