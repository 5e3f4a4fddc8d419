package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
)

// post sends a message to an incoming webhook of Slack.
func post(ctx context.Context, url, text string) error {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("slack answered %s", resp.Status)
	}
	return nil
}

// startSlack starts a stand-in for Slack that is down for the first message.
func startSlack() *httptest.Server {
	messages := 0 // one at a time: the fake delivers in order
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var message struct {
			Text string `json:"text"`
		}
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			http.Error(w, "invalid_payload", http.StatusBadRequest)
			return
		}
		if messages++; messages == 1 {
			fmt.Println("Slack is down for:", message.Text)
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		fmt.Println("#sales:", message.Text)
	}))
}
