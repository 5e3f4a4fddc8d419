package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is standard error.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// program is a run in progress.
type program struct {
	line   string // the ready line
	stderr *lockedBuffer
	stop   context.CancelFunc
	status chan int
}

func start(t *testing.T, env map[string]string, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	p := &program{stderr: new(lockedBuffer), stop: cancel, status: make(chan int, 1)}
	go func() {
		p.status <- run(ctx, args, func(name string) string { return env[name] }, writer, p.stderr)
		_ = writer.Close()
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("no ready line: %v; %s", err, p.stderr)
	}
	p.line = line
	t.Cleanup(cancel)
	return p
}

// end stops the program and returns its exit status.
func (p *program) end() int {
	p.stop()
	return <-p.status
}

func (p *program) ready(t *testing.T) ready {
	t.Helper()
	var r ready
	if err := json.Unmarshal([]byte(p.line), &r); err != nil {
		t.Fatalf("ready line %q: %v", p.line, err)
	}
	return r
}

func get(t *testing.T, url, key string) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

func TestServes(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "-addr", "127.0.0.1:0", "-json", "-clock", "2026-03-01T12:30:15Z")
	r := p.ready(t)
	if !strings.HasPrefix(r.URL, "http://127.0.0.1:") || r.URL != r.ControlURL+"/v1" || r.APIKey != "test_key_123" {
		t.Errorf("ready: %+v", r)
	}
	status, header, body := get(t, r.URL+"/courses", r.APIKey)
	if status != 200 || !strings.Contains(body, `"total_count":100`) {
		t.Errorf("%d %s", status, body)
	}
	if header.Get("X-RateLimit-Remaining") != "999" || !strings.HasPrefix(header.Get("Date"), "Sun, 01 Mar 2026 12:30:") {
		t.Errorf("headers %v", header)
	}
	if status, _, _ := get(t, r.ControlURL+"/readyz", ""); status != 200 {
		t.Errorf("/readyz: %d", status)
	}
	if status, _, body := get(t, r.ControlURL+"/_mock/requests", ""); status != 200 || !strings.Contains(body, `"total":1`) {
		t.Errorf("/_mock/requests: %d %s", status, body)
	}
	if status := p.end(); status != exitOK {
		t.Errorf("exit status %d: %s", status, p.stderr)
	}
	if _, err := net.DialTimeout("tcp", strings.TrimPrefix(r.ControlURL, "http://"), time.Second); err == nil {
		t.Error("the port is still open")
	}
	if got := p.stderr.String(); got != "" {
		t.Errorf("standard error: %s", got)
	}
}

func TestReadyLineForPeople(t *testing.T) {
	t.Parallel()
	p := start(t, map[string]string{"SELGORA_MOCK_ADDR": "127.0.0.1:0", "SELGORA_MOCK_KEY": "test_key_a test_key_b=courses:read"})
	if !strings.HasPrefix(p.line, "selgora-mock: ready at http://127.0.0.1:") || !strings.Contains(p.line, "with the key test_key_a;") {
		t.Errorf("ready line %q", p.line)
	}
	if status := p.end(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(seed, []byte(`{"courses":[{"title":"Only one"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"SELGORA_MOCK_SEED": seed, "SELGORA_MOCK_LIMITS": "off", "SELGORA_MOCK_STRICT": "true", "SELGORA_MOCK_JSON": "1",
		"SELGORA_MOCK_KEY": "sk_live_env", "SELGORA_MOCK_ADDR": "999.999.999.999:1", "SELGORA_MOCK_VERSION": "17",
	}
	p := start(t, env, "-addr=127.0.0.1:0", "-limits=5/0/0", "-documented-only", "-key", "sk_live_a=courses:read,account:read", "-key", "sk_live_b", "-log-requests")
	r := p.ready(t)
	if r.APIKey != "sk_live_a" {
		t.Errorf("key %s", r.APIKey)
	}
	for _, test := range []struct {
		path, key string
		status    int
		contains  string
	}{
		{"/courses", "sk_live_a", 200, "Only one"},
		{"/contacts", "sk_live_a", 401, "contacts:read"},
		{"/contacts", "sk_live_b", 200, ""},
		{"/contacts", "sk_live_env", 401, ""},
		{"/contacts?limits=1", "sk_live_b", 422, "did you mean limit?"},
		{"/contacts/con_x", "sk_live_b", 404, "no such route"},
	} {
		status, header, body := get(t, r.URL+test.path, test.key)
		if status != test.status || !strings.Contains(body, test.contains) {
			t.Errorf("%s with %s: %d %s", test.path, test.key, status, body)
		}
		if status == 200 && header.Get("X-RateLimit-Limit") != "5" {
			t.Errorf("limit %s", header.Get("X-RateLimit-Limit"))
		}
	}
	p.end()
	log := p.stderr.String()
	for _, want := range []string{"level=INFO msg=request", "status=422", "level=ERROR", "limits is unknown"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q: %s", want, log)
		}
	}
	if strings.Contains(log, "sk_live") {
		t.Errorf("a key is in the log: %s", log)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, test := range []struct {
		args   []string
		env    map[string]string
		status int
		want   string
	}{
		{[]string{"-port", "1"}, nil, exitUsage, "-port"},
		{[]string{"serve"}, nil, exitUsage, `unexpected argument "serve"`},
		{[]string{"-limits", "many"}, nil, exitUsage, "1000/100/10"},
		{[]string{"-limits", "1/2/x"}, nil, exitUsage, `"x" is not a number`},
		{[]string{"-clock", "noon"}, nil, exitUsage, "-clock"},
		{[]string{"-addr", ""}, nil, exitUsage, "-addr is empty"},
		{[]string{"-empty", "-seed", "x"}, nil, exitUsage, "exclude each other"},
		{nil, map[string]string{"SELGORA_MOCK_STRICT": "perhaps"}, exitUsage, "SELGORA_MOCK_STRICT"},
		{[]string{"-seed", "no/such/file"}, nil, exitError, "no/such/file"},
		{[]string{"-key", "k=course:read"}, nil, exitError, "did you mean courses:read?"},
		{[]string{"-journal", "-1"}, nil, exitError, "WithJournalSize"},
		{[]string{"-addr", taken.Addr().String()}, nil, exitError, "choose another with -addr"},
	} {
		var stdout, stderr lockedBuffer
		status := run(t.Context(), test.args, func(name string) string { return test.env[name] }, &stdout, &stderr)
		if status != test.status || !strings.Contains(stderr.String(), test.want) || !strings.HasPrefix(stderr.String(), "selgora-mock: ") {
			t.Errorf("%v %v: status %d, %q; want %d, %q", test.args, test.env, status, stderr.String(), test.status, test.want)
		}
		if got := stdout.String(); got != "" {
			t.Errorf("%v: standard output %q", test.args, got)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	for arg, wants := range map[string][]string{
		"-h":       {"-addr address", "SELGORA_MOCK_LOG_REQUESTS", "fail+503@example.com", "/_mock/faults", "default 1000/100/10"},
		"--help":   {"-addr address"},
		"-version": {"selgora-mock "},
	} {
		var stdout, stderr lockedBuffer
		if status := run(t.Context(), []string{arg}, none, &stdout, &stderr); status != exitOK || stderr.String() != "" {
			t.Errorf("%s: status %d, %s", arg, status, stderr.String())
		}
		for _, want := range wants {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%s lacks %q:\n%s", arg, want, stdout.String())
			}
		}
	}
	for line := range strings.Lines(help()) {
		if len(strings.TrimRight(line, "\n")) > 130 {
			t.Errorf("a long line: %s", line)
		}
	}
}

func TestGracefulStop(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "-addr", "127.0.0.1:0", "-json")
	r := p.ready(t)
	body, rest := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+"/contacts", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.APIKey)
	request.Header.Set("Content-Type", "application/json")
	answered := make(chan int, 1)
	go func() {
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	_, _ = io.WriteString(rest, `{"email":`)
	for {
		if _, _, body := get(t, r.ControlURL+"/_mock/requests", ""); strings.Contains(body, `"total":1`) {
			break
		}
	}
	p.stop()
	address := strings.TrimPrefix(r.ControlURL, "http://")
	for conn, err := net.Dial("tcp", address); err == nil; conn, err = net.Dial("tcp", address) {
		_ = conn.Close() // still listening: the stop has not begun
	}
	_, _ = io.WriteString(rest, `"new@example.com"}`)
	_ = rest.Close()
	if status := <-answered; status != 201 {
		t.Errorf("the request in progress was answered %d", status)
	}
	if status := <-p.status; status != exitOK {
		t.Errorf("exit status %d: %s", status, p.stderr)
	}
}
