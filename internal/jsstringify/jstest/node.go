package jstest

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"os"
	"os/exec"
	"strings"
	"testing"
)

//go:embed stringify.js
var script string

// Stringify returns what Node makes of each text, nil where it refuses one. It
// skips the test where Node is not installed.
func Stringify(t *testing.T, texts [][]byte) [][]byte {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	var in bytes.Buffer
	for i, text := range texts {
		if i > 0 {
			in.WriteByte('\n')
		}
		in.WriteString(base64.StdEncoding.EncodeToString(text))
	}
	cmd := exec.Command(node, "-e", script)
	cmd.Stdin = &in
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(out), "\n")
	if len(lines) != len(texts) {
		t.Fatalf("node answered %d lines to %d texts", len(lines), len(texts))
	}
	results := make([][]byte, len(lines))
	for i, line := range lines {
		if line == "error" {
			continue
		}
		if results[i], err = base64.StdEncoding.DecodeString(line); err != nil {
			t.Fatal(err)
		}
	}
	return results
}
