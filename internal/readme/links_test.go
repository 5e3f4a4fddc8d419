package readme_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var link = regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`)

// anchors returns the anchors of a page's headings, as GitHub makes them.
func anchors(t *testing.T, page string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, line := range readPage(t, page) {
		heading := strings.TrimLeft(line, "#")
		if heading == line || !strings.HasPrefix(heading, " ") {
			continue
		}
		found["#"+strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(heading))] = true
	}
	return found
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	n := 0
	for _, page := range pages(t) {
		for i, line := range readPage(t, page) {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				target, anchor := m[1], m[2]
				if strings.Contains(target, "://") {
					continue
				}
				n++
				file := page
				if target != "" {
					file = path.Join(path.Dir(page), target)
				}
				if _, err := os.Stat(filepath.Join(root, file)); err != nil {
					t.Errorf("%s:%d: %s does not exist", page, i+1, file)
				} else if anchor != "" && !anchors(t, file)[anchor] {
					t.Errorf("%s:%d: %s has no heading for %s", page, i+1, file, anchor)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d links were looked at", n)
	}
}

// TestReadmeNamesEveryExample also finds an example that is gone.
func TestReadmeNamesEveryExample(t *testing.T) {
	t.Parallel()
	readme := strings.Join(readPage(t, "README.md"), "\n")
	dirs, err := filepath.Glob(filepath.Join(root, "examples", "*", "main.go"))
	if err != nil || len(dirs) < 10 {
		t.Fatal(dirs, err)
	}
	for _, dir := range dirs {
		name := filepath.Base(filepath.Dir(dir))
		if !strings.Contains(readme, "](examples/"+name+"/main.go)") {
			t.Errorf("README.md does not name the example %s", name)
		}
	}
}
