// Command webhook-receiver receives webhook events and stops in order. With
// SELGORA_WEBHOOK_SECRET set it serves until it is interrupted. Without, it
// shows itself: it sends itself signed sample events, then stops.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/selgora/selgora-go/webhook"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, os.Getenv("SELGORA_WEBHOOK_SECRET")); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr, secret string) error {
	demo := secret == ""
	if demo {
		secret = "whsec_demo"
	}
	verifier, err := webhook.NewVerifier(secret)
	if err != nil {
		return err
	}
	router := webhook.NewRouter()
	_ = webhook.On(router, webhook.OrderCompleted, thank) // NewHandler reports mistakes made here
	_ = router.OnUnknown(func(_ context.Context, e *webhook.Event) error {
		fmt.Println("  not interested in", e.Type)
		return nil
	})
	handler, err := webhook.NewHandler(router, verifier)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("receiving on http://%s\n", listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	if demo {
		err = sendSamples("http://"+listener.Addr().String(), secret)
	} else {
		select {
		case err = <-ended:
		case <-ctx.Done():
		}
	}
	// First no more connections, then an end to every event under way.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(ctx), handler.Shutdown(ctx))
}

func thank(_ context.Context, e *webhook.Event, o *webhook.OrderCompletedData) error {
	fmt.Printf("  %s: thank %s for %d product(s)\n", e.ID, o.CustomerEmail, len(o.Products))
	return nil
}
