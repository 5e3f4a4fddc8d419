// Command analytics-pipeline writes every webhook event to a warehouse file,
// one JSON line each, with the fields of the API guide's "Analytics Pipeline".
// The embedded fake delivers each event twice, as providers do now and then;
// the file has each once.
//
//	go run ./examples/analytics-pipeline -file events.jsonl
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/selgora/selgora-go/webhook"
)

// line is a row of the warehouse.
type line struct {
	UserID     string          `json:"userId,omitempty"`
	Event      string          `json:"event"`
	Properties json.RawMessage `json:"properties"`
	Timestamp  time.Time       `json:"timestamp"`
}

func main() {
	file := flag.String("file", filepath.Join(os.TempDir(), "selgora-events.jsonl"), "the warehouse file")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), *file); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, path string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	var mu sync.Mutex
	counts := map[string]int{}
	router := webhook.NewRouter()
	router.OnAny(func(_ context.Context, e *webhook.Event) error {
		row, err := json.Marshal(line{UserID: userOf(e), Event: e.Type, Properties: e.Data, Timestamp: e.CreatedAt})
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if _, err := file.Write(append(row, '\n')); err != nil {
			return err // answered 500: the provider delivers the event again
		}
		if counts[e.Type]++; counts[e.Type] == 1 {
			fmt.Printf("  %-22s %-22s %.60s…\n", e.Type, userOf(e), e.Data)
		}
		return nil
	})

	fmt.Println("Writing to", path)
	sent, err := traffic(ctx, router)
	if err != nil {
		return err
	}
	written := 0
	for _, n := range counts {
		written += n
	}
	fmt.Printf("%d requests, %d events of %d types in the file\n", sent, written, len(counts))
	return nil
}

// userOf finds the contact that an event is about: the API guide's envelope
// names it, the webhook guide's has it in the data.
func userOf(e *webhook.Event) string {
	var data struct {
		ContactID string `json:"contact_id"`
	}
	if e.UserID == "" && json.Unmarshal(e.Data, &data) == nil {
		return data.ContactID
	}
	return e.UserID
}
