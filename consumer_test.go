package selgora_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const consumerProgram = `package main

import (
	"fmt"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
	"github.com/selgora/selgora-go/webhook"
)

func main() {
	client, err := selgora.NewClient("test_key_123")
	fmt.Println(client, err, webhook.Types(), mockserver.DefaultRateLimits)
}
`

// TestConsumerDependencies builds a program that imports what users import,
// in a module of its own, and fails when it needs another module than before.
// What stands here is what every user's go.sum has to hold for this module.
func TestConsumerDependencies(t *testing.T) {
	repository, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]string{
		"main.go": consumerProgram,
		"go.mod": "module example.com/consumer\n\ngo 1.26.0\n\nrequire github.com/selgora/selgora-go v0.0.0\n\n" +
			"replace github.com/selgora/selgora-go => " + filepath.ToSlash(repository) + "\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) []string {
		t.Helper()
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		var problems strings.Builder
		command.Stderr = &problems
		out, err := command.Output()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, problems.String())
		}
		return strings.Fields(string(out))
	}

	run("build", "-o", os.DevNull, ".")
	built := run("list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	slices.Sort(built)
	if diff := cmp.Diff([]string{
		"example.com/consumer",
		"github.com/hashicorp/go-cleanhttp",
		"github.com/hashicorp/go-retryablehttp",
		"github.com/selgora/selgora-go",
		"golang.org/x/time",
	}, slices.Compact(built)); diff != "" {
		t.Errorf("modules that are built in (-want +got):\n%s", diff)
	}

	sums, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(sums)) {
		fields := strings.Fields(line)
		if _, file, ok := strings.Cut(fields[1], "/"); ok {
			fields[0] += " " + file
		}
		listed = append(listed, fields[0])
	}
	if diff := cmp.Diff(consumerSums, listed); diff != "" {
		t.Errorf("lines of a user's go.sum (-want +got):\n%s", diff)
	}
}

// consumerSums are the lines of a user's go.sum without versions and sums. They
// may become fewer at any time, and more only for a reason that is worth it to
// every user.
var consumerSums = []string{
	"github.com/hashicorp/go-cleanhttp",
	"github.com/hashicorp/go-cleanhttp go.mod",
	"github.com/hashicorp/go-retryablehttp",
	"github.com/hashicorp/go-retryablehttp go.mod",
	"golang.org/x/time",
	"golang.org/x/time go.mod",
}
