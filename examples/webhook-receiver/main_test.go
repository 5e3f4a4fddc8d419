package main

import (
	"context"
	"testing"
)

func TestDemo(t *testing.T) {
	if err := run(t.Context(), "127.0.0.1:0", ""); err != nil {
		t.Fatal(err)
	}
}

func TestServesUntilInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	if err := run(ctx, "127.0.0.1:0", "whsec_test"); err != nil {
		t.Fatal(err)
	}
	if err := run(ctx, "not an address", "whsec_test"); err == nil {
		t.Error("no error for an address that is none")
	}
	if err := run(ctx, "127.0.0.1:0", "  "); err == nil {
		t.Error("no error for a blank secret")
	}
}
