package readme_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver"
)

// shell carries out the commands of a block as far as they need no network and
// leave nothing behind, and checks that the others name what exists.
type shell struct {
	t    *testing.T
	at   block
	line int
	dir  string // relative to the root
	env  map[string]string
	srv  *mockserver.Server
}

func TestShellBlocksNameWhatExists(t *testing.T) {
	t.Parallel()
	// As `go run ./cmd/selgora-mock` serves it.
	srv, err := mockserver.Start(mockserver.WithSandboxData(), mockserver.WithMagicValues())
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	for _, b := range blocks(t, "sh") {
		sh := &shell{t: t, at: b, dir: ".", env: map[string]string{}, srv: srv}
		for i, line := range b.lines {
			sh.line = b.line + 1 + i
			line, _, _ = strings.Cut(line, "  #")
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, command := range strings.Split(line, " && ") {
				if words := sh.split(command); len(words) > 0 {
					sh.run(words)
				}
			}
		}
	}
}

func (sh *shell) errorf(format string, args ...any) {
	sh.t.Helper()
	sh.t.Errorf("%s:%d: "+format, append([]any{sh.at.page, sh.line}, args...)...)
}

// split splits a command into words, with quotes and variables.
func (sh *shell) split(command string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	inWord := false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, inWord = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	for i := range words {
		words[i] = os.Expand(words[i], func(name string) string {
			if _, ok := sh.env[name]; !ok {
				sh.errorf("the variable %s is not set", name)
			}
			return sh.env[name]
		})
	}
	return words
}

func (sh *shell) run(words []string) {
	for isAssignment.MatchString(words[0]) {
		sh.assign(words[0])
		if words = words[1:]; len(words) == 0 {
			return
		}
	}
	switch words[0] {
	case "export":
		for _, w := range words[1:] {
			sh.assign(w)
		}
	case "cd":
		sh.dir = filepath.Join(sh.dir, words[1])
		sh.exists(".")
	case "curl":
		sh.curl(words[1:])
	case "go":
		sh.goCommand(words[1:])
	case "bash":
		sh.exists(words[1])
	case "git", "docker":
	default:
		sh.errorf("unknown command %q", words[0])
	}
}

var isAssignment = regexp.MustCompile(`^[A-Z_]+=`)

func (sh *shell) assign(word string) {
	name, value, _ := strings.Cut(word, "=")
	sh.env[name] = value
	switch name {
	case "SELGORA_API_KEY", "SELGORA_BASE_URL", "SELGORA_ENVIRONMENT", "SELGORA_WEBHOOK_SECRET", "GOTOOLCHAIN", "FUZZTIME":
	default:
		sh.errorf("nothing knows the variable %s", name)
	}
}

func (sh *shell) exists(name string) {
	sh.t.Helper()
	if _, err := os.Stat(filepath.Join(root, sh.dir, name)); err != nil {
		sh.errorf("%s does not exist in %s", name, sh.dir)
	}
}

func (sh *shell) goCommand(words []string) {
	const module = "github.com/selgora/selgora-go"
	if words[0] == "-C" {
		defer func(dir string) { sh.dir = dir }(sh.dir)
		sh.dir = filepath.Join(sh.dir, words[1])
		sh.exists(".")
		words = words[2:]
	}
	target := ""
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case words[0] == "get" || words[0] == "install" || strings.HasPrefix(w, module):
			path, _, _ := strings.Cut(w, "@")
			if rest, ok := strings.CutPrefix(path, module); !ok {
				sh.errorf("%s is not of this module", w)
			} else {
				sh.exists("." + rest)
			}
		case strings.HasPrefix(w, "honnef.co/") || strings.HasPrefix(w, "golang.org/"):
			return // a tool of others, with its own flags
		case strings.HasPrefix(w, "./") || w == ".":
			target = strings.TrimSuffix(w, "...")
			sh.exists(target)
		case strings.HasPrefix(w, "-") && words[0] == "run":
			sh.flag(target, w)
		}
	}
}

// flag checks that a command of this module has the flag.
func (sh *shell) flag(target, word string) {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	files, _ := filepath.Glob(filepath.Join(root, sh.dir, target, "*.go"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && regexp.MustCompile(`(flag|f)\.\w+\((&[\w.]+, )?"`+regexp.QuoteMeta(name)+`"`).Match(text) {
			return
		}
	}
	sh.errorf("%s has no flag -%s", target, name)
}

// curl makes the request that the command makes, to the fake.
func (sh *shell) curl(words []string) {
	method, body, url := http.MethodGet, "", ""
	header := http.Header{}
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "-X":
			i++
			method = words[i]
		case "-d":
			i++
			body = words[i]
			if method == http.MethodGet {
				method = http.MethodPost
			}
		case "-H":
			i++
			name, value, _ := strings.Cut(words[i], ": ")
			header.Set(name, value)
		case "-s", "-sS", "-i":
		default:
			url = words[i]
		}
	}
	const address = "http://127.0.0.1:8484"
	rest, ok := strings.CutPrefix(url, address)
	if !ok {
		sh.errorf("%s is not at the address of selgora-mock", url)
		return
	}
	req, err := http.NewRequestWithContext(sh.t.Context(), method, sh.srv.ControlURL()+rest, strings.NewReader(body))
	if err != nil {
		sh.errorf("%v", err)
		return
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		sh.errorf("%v", err)
		return
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
	if resp.StatusCode > 299 {
		sh.errorf("%s %s is answered %s %s", method, url, resp.Status, answer)
	}
}
