package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

const staticBody = `{"id":"course_abc123","title":"Digital Marketing Mastery","description":"","slug":"digital-marketing-mastery","price":497,` +
	`"currency":"USD","status":"published","lessons_count":18,"enrolled_count":1250,"created_at":"2024-01-15T10:30:00Z","updated_at":"2024-03-20T14:45:00Z"}`

// serveStatic writes the same bytes to everybody: as fast as net/http gets.
func serveStatic(addr string) error {
	body, length := []byte(staticBody), []string{strconv.Itoa(len(staticBody))}
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{"application/json"}
		w.Header()["Content-Length"] = length
		w.Write(body)
	}))
}

// server is one contender as a child process.
type server struct {
	name, path, key string
	command         []string
	procs           int // 0 for all

	addr  string
	child *exec.Cmd
	ready time.Duration // from the start to the first answer
}

// start runs the server on a free port and waits for its first answer.
func (s *server) start(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	l.Close()
	command := fill(s.command, s.addr)
	s.child = exec.CommandContext(ctx, command[0], command[1:]...)
	if s.procs > 0 {
		s.child.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", s.procs))
	}
	begun := time.Now()
	if err := s.child.Start(); err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Second}
	for time.Since(begun) < 20*time.Second {
		if err := s.get(client); err == nil {
			s.ready = time.Since(begun)
			return nil
		}
		time.Sleep(500 * time.Microsecond)
	}
	s.stop()
	return errors.New(s.name + " did not answer within 20 s")
}

func (s *server) stop() {
	s.child.Process.Kill()
	s.child.Wait()
}

func (s *server) get(client *http.Client) error {
	req, err := http.NewRequest(http.MethodGet, "http://"+s.addr+s.path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

// load returns requests per second over the connections. It speaks HTTP by
// hand, so that the machine's time goes to the servers and not to a client.
func (s *server) load(d time.Duration, connections int) (float64, error) {
	var (
		mu     sync.Mutex
		total  int
		failed error
		wg     sync.WaitGroup
		begun  = time.Now()
	)
	for range connections {
		wg.Go(func() {
			n, err := s.loop(begun.Add(d))
			mu.Lock()
			defer mu.Unlock()
			total += n
			failed = errors.Join(failed, err)
		})
	}
	wg.Wait()
	return float64(total) / time.Since(begun).Seconds(), failed
}

// loop makes one request after the other on one connection.
func (s *server) loop(until time.Time) (n int, err error) {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	request := []byte("GET " + s.path + " HTTP/1.1\r\nHost: " + s.addr + "\r\nAuthorization: Bearer " + s.key + "\r\n\r\n")
	answers := bufio.NewReaderSize(conn, 16<<10)
	for time.Now().Before(until) {
		if _, err := conn.Write(request); err != nil {
			return n, err
		}
		if err := readAnswer(answers); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

var errAnswer = errors.New("the answer is no 200 with a length")

// readAnswer takes in one answer with a Content-Length.
func readAnswer(r *bufio.Reader) error {
	length, ok := -1, false
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			ok = bytes.HasPrefix(line, []byte("HTTP/1.1 200 "))
		case len(line) == 0:
			if !ok || length < 0 {
				return errAnswer
			}
			_, err := r.Discard(length)
			return err
		case len(line) > 16 && bytes.EqualFold(line[:15], []byte("Content-Length:")):
			length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:])))
			if err != nil {
				return err
			}
		}
	}
}

// tick is what /proc counts processor time in, on every Linux.
const tick = time.Second / 100

// cpu is the processor time that the process has used, where the system tells.
func (s *server) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.child.Process.Pid))
	if err != nil {
		return 0
	}
	// The name of the program, in brackets, may hold blanks; user and system
	// time are the 12th and 13th fields after it.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// resident is the memory of the process after the load, where the system tells.
func (s *server) resident() string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.child.Process.Pid))
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(kb), " kB"))
			return fmt.Sprintf("%.1f MB", float64(n)/1024)
		}
	}
	return "unknown"
}
