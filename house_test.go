package selgora_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// The root package is what a user of the client names, and fits on a screen.
func TestRootShowsTheAPIAlone(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			n++
		}
	}
	if n > 18 {
		t.Errorf("%d files; what is not the API belongs in internal/wire", n)
	}
}
