package mockserver

import (
	_ "embed"
	"net/http"
)

// openAPI is the document of the API, which client and fake are checked
// against.
//
//go:embed openapi.yaml
var openAPI []byte

// OpenAPI returns the OpenAPI 3.1 document of the API in YAML, which the
// server also answers at /openapi.yaml. What the provider's guides do not show
// is marked in it with x-undocumented. The result is the caller's to change.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }

var healthControls = []controlEndpoint{
	{"GET", "/_mock", "this list", true, index},
	{"GET", "/_mock/health", "tells that the server works", true, health},
	{"GET", "/livez", "tells that the server works", true, health},
	{"GET", "/readyz", "tells that the server takes requests", true, health},
	{"GET", "/openapi.yaml", "the OpenAPI document of the API", true, openAPIDocument},
}

func health(*Server, *call) *reply { return done() }

func openAPIDocument(*Server, *call) *reply {
	r := &reply{status: http.StatusOK, body: openAPI}
	return r.set("Content-Type", "application/yaml")
}
