package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

func TestRun(t *testing.T) {
	if err := run(t.Context()); err != nil {
		t.Error(err)
	}
}

// An outage that outlasts all rounds is no success.
func TestOutage(t *testing.T) {
	srv := mockserver.New(t, mockserver.WithSandboxData())
	srv.Inject(mockserver.Fault{Operation: mockserver.EnrollmentsCreateBatch, Times: -1, Status: http.StatusServiceUnavailable})
	emails := []string{" "}
	for i := range 99 {
		emails = append(emails, fmt.Sprintf("student%d@example.com", i))
	}
	err := enroll(t.Context(), srv.Client(), emails)
	if !errors.Is(err, selgora.ErrServer) || !strings.Contains(err.Error(), "100 of 100 students were not enrolled, 1 of them refused") {
		t.Errorf("error is %v", err)
	}
}
