package readme_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// source is a file whose code is compiled and run by .ci/run.
type source struct {
	name  string
	lines []string
	file  *ast.File
	fset  *token.FileSet
}

// sources reads the tests and examples of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	for _, pattern := range []string{"*_test.go", "money/*_test.go", "webhook/*_test.go", "mockserver/*_test.go", "internal/readme/*_test.go", "examples/*/*.go", "examples/*/*/*.go"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, source{name, strings.Split(string(text), "\n"), file, fset})
		}
	}
	return found
}

// find returns the line, from 1, at which the block stands in the source, at
// whatever depth; 0 if it does not.
func (s source) find(b block) int {
	for i := range s.lines {
		indent, ok := strings.CutSuffix(s.lines[i], b.lines[0])
		if !ok || strings.Trim(indent, "\t") != "" || i+len(b.lines) > len(s.lines) {
			continue
		}
		same := true
		for k, line := range b.lines {
			if line != "" {
				line = indent + line
			}
			same = same && s.lines[i+k] == line
		}
		if same {
			return i + 1
		}
	}
	return 0
}

// runs tells whether the code at a line is run: in an Example that has an
// output, or anywhere outside of examples.
func (s source) runs(line int) bool {
	for _, decl := range s.file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(fn.Name.Name, "Example") ||
			line < s.fset.Position(fn.Pos()).Line || line > s.fset.Position(fn.End()).Line {
			continue
		}
		for _, example := range doc.Examples(s.file) {
			if "Example"+example.Name == fn.Name.Name {
				return example.Output != "" || example.EmptyOutput
			}
		}
		return false
	}
	return true
}

func TestGoBlocksAreRunningCode(t *testing.T) {
	t.Parallel()
	all := sources(t)
	for _, b := range blocks(t, "go") {
		if b.lines[0] == "package main" {
			runProgram(t, b)
			continue
		}
		found := false
		for _, s := range all {
			if line := s.find(b); line > 0 && s.runs(line) {
				found = true
				break
			}
		}
		if !found {
			t.Errorf("%s:%d: this code stands in no test or example that runs:\n%s", b.page, b.line, b.text())
		}
	}
}

// runProgram runs a whole program against the fake.
func runProgram(t *testing.T, b block) {
	t.Helper()
	srv := mockserver.New(t)
	name := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(name, []byte(b.text()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", name)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "SELGORA_ENVIRONMENT=", "SELGORA_BASE_URL="+srv.URL(), "SELGORA_API_KEY="+srv.APIKey())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s:%d: %v\n%s", b.page, b.line, err, out)
	}
	if len(srv.Requests()) == 0 {
		t.Errorf("%s:%d: the program asked the API for nothing; it printed %q", b.page, b.line, out)
	}
}
