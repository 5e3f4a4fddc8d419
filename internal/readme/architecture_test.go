package readme_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/selgora/selgora-go"

var (
	pictureNode = regexp.MustCompile(`^(\w+)\["([^:"]+): `)
	pictureEdge = regexp.MustCompile(`^(\w+) -->(?:\|[^|]*\|)? (.+)$`)
)

// drawn returns the packages of the picture and what each imports, as far as it
// draws it.
func drawn(t *testing.T) map[string]map[string]bool {
	t.Helper()
	paths := map[string]string{}
	imports := map[string]map[string]bool{}
	for _, b := range blocks(t, "mermaid") {
		for _, line := range b.lines {
			line = strings.TrimSpace(line)
			if node := pictureNode.FindStringSubmatch(line); node != nil {
				path := node[2]
				switch host, _, _ := strings.Cut(path, "/"); {
				case path == "selgora":
					path = module
				case !strings.Contains(host, "."):
					path = module + "/" + path
				}
				paths[node[1]] = path
				if strings.HasPrefix(path, module) {
					imports[path] = map[string]bool{}
				}
			} else if edge := pictureEdge.FindStringSubmatch(line); edge != nil {
				for _, to := range strings.Split(edge[2], " & ") {
					if paths[edge[1]] == "" || paths[to] == "" {
						t.Fatalf("%s: an arrow between what is not declared above: %s", b.page, line)
					}
					imports[paths[edge[1]]][paths[to]] = true
				}
			}
		}
	}
	return imports
}

// TestPictureOfPackages compares it with what the packages import.
func TestPictureOfPackages(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]bool{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		switch below, _ := strings.CutPrefix(words[0], module+"/"); {
		case strings.HasPrefix(below, "examples/"), strings.HasPrefix(below, "tests/"), below == "internal/readme", strings.HasSuffix(below, "/jstest"):
			continue // they test and show the others
		}
		want[words[0]] = map[string]bool{}
		for _, path := range words[1:] {
			if host, _, _ := strings.Cut(path, "/"); strings.Contains(host, ".") {
				want[words[0]][path] = true
			}
		}
	}
	if diff := cmp.Diff(want, drawn(t)); diff != "" {
		t.Errorf("packages and their imports (-go list +picture):\n%s", diff)
	}
}
