package readme_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// block is a fenced block of a page.
type block struct {
	page     string // relative to the root
	line     int    // of the fence
	language string
	lines    []string
}

func (b block) text() string { return strings.Join(b.lines, "\n") + "\n" }

// pages returns the names of all pages, relative to the root.
func pages(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.md", "docs/*.md", "bench/*.md", "examples/*.md", ".github/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			names = append(names, filepath.ToSlash(strings.TrimPrefix(name, filepath.FromSlash(root)+string(filepath.Separator))))
		}
	}
	if len(names) < 2 {
		t.Fatalf("only the pages %v", names)
	}
	return names
}

func readPage(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// blocks returns the fenced blocks of one language on all pages.
func blocks(t *testing.T, language string) []block {
	t.Helper()
	var found []block
	for _, page := range pages(t) {
		var open *block
		for i, line := range readPage(t, page) {
			fence, isFence := strings.CutPrefix(line, "```")
			switch {
			case isFence && open == nil:
				if fence == "" {
					t.Errorf("%s:%d: a block without a language", page, i+1)
				}
				open = &block{page: page, line: i + 1, language: fence}
			case isFence:
				if open.language == language {
					found = append(found, *open)
				}
				open = nil
			case open != nil:
				open.lines = append(open.lines, line)
			}
		}
		if open != nil {
			t.Errorf("%s:%d: a block that does not end", page, open.line)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no block in %s", language)
	}
	return found
}
