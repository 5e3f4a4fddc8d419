package mockserver

import (
	"slices"
)

// Route describes one operation of the API as the fake serves it.
type Route struct {
	// Operation is the name that faults and the journal use.
	Operation Operation
	// Method is the HTTP method.
	Method string
	// Pattern is the path below the base URL, such as "/courses/{id}".
	Pattern string
	// Permission is what an API key needs, such as "courses:read".
	Permission string
	// Documented tells whether one of the provider's guides shows the
	// operation. In documented-only mode the others answer 404.
	Documented bool
	// Query names the query parameters, nil if the operation has none.
	Query []string
	// Body names the fields of the request body, nil if the operation has no
	// body.
	Body []string
}

// Routes returns the operations of the API in a fixed order, resource by
// resource. The result is the caller's to change.
func Routes() []Route {
	routes := make([]Route, len(table))
	for i, e := range table {
		routes[i] = e.Route
		routes[i].Query = slices.Clone(e.Query)
		routes[i].Body = slices.Clone(e.Body)
	}
	return routes
}

// endpoint is a route with what answers it.
type endpoint struct {
	Route
	handle func(*Server, *call) *reply
}

// The permissions, one pair per resource.
const (
	coursesRead      = "courses:read"
	coursesWrite     = "courses:write"
	enrollmentsRead  = "enrollments:read"
	enrollmentsWrite = "enrollments:write"
	contactsRead     = "contacts:read"
	contactsWrite    = "contacts:write"
	eventsRead       = "events:read"
	eventsWrite      = "events:write"
	webhooksRead     = "webhooks:read"
	webhooksWrite    = "webhooks:write"
	accountRead      = "account:read"
)

const (
	documented   = true
	undocumented = false
)

func params(names ...string) []string { return names }
func fields(names ...string) []string { return names }
