// Command size compares a program that makes one call with the client to one
// that makes it with net/http: bytes of the binary, without symbols, and
// packages linked in.
//
//	go run ./cmd/size
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

const plain = `package main

import ("encoding/json"; "fmt"; "net/http")

func main() {
	resp, err := http.Get("http://127.0.0.1/v1/courses/x")
	if err != nil { fmt.Println(err); return }
	defer resp.Body.Close()
	var course struct{ Title string }
	fmt.Println(json.NewDecoder(resp.Body).Decode(&course), course.Title)
}
`

const sdk = `package main

import ("context"; "fmt"; "github.com/selgora/selgora-go")

func main() {
	client, err := selgora.NewClientFromEnv()
	if err != nil { fmt.Println(err); return }
	course, err := client.Courses.Get(context.Background(), "x")
	fmt.Println(course, err)
}
`

func main() {
	log.SetFlags(0)
	fmt.Println("| program | bytes | packages |\n|---|---|---|")
	for _, p := range []struct{ name, source string }{{"net/http", plain}, {"selgora", sdk}} {
		size, packages, err := build(p.source)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("| %s | %d | %d |\n", p.name, size, packages)
	}
}

// build compiles a program inside this module, whose requirements it uses.
func build(source string) (size int64, packages int, err error) {
	dir, err := os.MkdirTemp(".", "size")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600); err != nil {
		return 0, 0, err
	}
	binary := filepath.Join(dir, "program")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./"+dir).CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("%w\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return 0, 0, err
	}
	list, err := exec.Command("go", "list", "-deps", "./"+dir).Output()
	return info.Size(), bytes.Count(list, []byte("\n")), err
}
