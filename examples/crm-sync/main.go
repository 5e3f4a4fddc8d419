// Command crm-sync copies the contacts of an account into a CRM, the mapping
// of the API guide's "CRM Sync": first all of them, then those that are new.
//
//	go run ./examples/crm-sync
//
// The API lists contacts by when they were created. That one has changed is
// told by the webhook event contact.updated.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// crm stands in for the client of a real CRM. Its records are keyed by e-mail.
type crm map[string]crmContact

type crmContact struct {
	Email        string         `json:"email"`
	FirstName    string         `json:"firstName"`
	LastName     string         `json:"lastName"`
	CustomFields map[string]any `json:"customFields"`
}

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	srv, err := mockserver.Start(mockserver.WithSandboxData())
	if err != nil {
		return err
	}
	defer srv.Close()
	client, records := srv.Client(), crm{}

	// Remember where a run ended by the newest contact it saw, not by a clock
	// of this machine, which may differ from the server's.
	newest, n, err := sync(ctx, client, records, time.Time{})
	if err != nil {
		return err
	}
	fmt.Printf("First run: %d contacts, %d records in the CRM\n", n, len(records))

	srv.Advance(time.Hour)
	if _, err := client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email: "ada@example.com", FirstName: selgora.Set("Ada"), LastName: selgora.Set("Lovelace"),
	}); err != nil {
		return err
	}
	if _, n, err = sync(ctx, client, records, newest); err != nil {
		return err
	}
	fmt.Printf("Second run: %d contact, %d records in the CRM\n\n", n, len(records))
	sample, err := json.MarshalIndent(records["ada@example.com"], "", "  ")
	fmt.Printf("%s\n", sample)
	return err
}

// sync copies the contacts created after since and returns when the newest of
// them was created.
func sync(ctx context.Context, client *selgora.Client, to crm, since time.Time) (newest time.Time, n int, err error) {
	newest = since
	for contact, err := range client.Contacts.All(ctx, &selgora.ContactListParams{CreatedAfter: since}) {
		if err != nil {
			return newest, n, err // newest is where the next run goes on
		}
		fields := map[string]any{"selgora_id": contact.ID, "total_purchases": contact.LifetimeValue}
		if !contact.LastActivity.IsZero() { // null in the API until there is any
			fields["last_activity"] = contact.LastActivity
		}
		to[contact.Email] = crmContact{contact.Email, contact.FirstName, contact.LastName, fields}
		newest, n = contact.CreatedAt, n+1
	}
	return newest, n, nil
}
