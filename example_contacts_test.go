package selgora_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"time"

	"github.com/selgora/selgora-go"
)

func ExampleContactService_List() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	page, err := client.Contacts.List(ctx, &selgora.ContactListParams{Tag: "premium", Limit: 50})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Data), page.Meta.TotalCount > 50)
	// Output: 50 true
}

func ExampleContactService_All() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	since := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	n := 0
	for contact, err := range client.Contacts.All(ctx, &selgora.ContactListParams{CreatedAfter: since}) {
		if err != nil {
			log.Fatal(err)
		}
		if !contact.CreatedAt.After(since) {
			log.Fatal("too old")
		}
		n++
	}
	fmt.Println(n, "new contacts")
	// Output: 59 new contacts
}

func ExampleContactService_Pages() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	done := 0
	for page, err := range client.Contacts.Pages(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		done += len(page.Data)
		if page.Meta.CurrentPage%5 == 0 {
			fmt.Println(done, "of", page.Meta.TotalCount)
		}
	}
	// Output:
	// 500 of 1000
	// 1000 of 1000
}

func ExampleContactService_Get() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	contact, err := client.Contacts.Get(ctx, "con_456")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(contact.Email)
	// Output: contact@example.com
}

func ExampleContactService_Upsert() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	contact, err := client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email:     "contact@example.com",
		FirstName: selgora.Set("John"),
		LastName:  selgora.Set("Doe"),
		Tags:      selgora.Set([]string{"premium", "webinar-attended"}), // the whole set
		CustomFields: map[string]any{ // whatever encodes as JSON
			"company":   "Acme Corp",
			"seats":     12,
			"interests": []string{"go", "sql"},
			"old":       nil, // deletes the key
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(contact.FirstName, contact.LastName, contact.Tags, string(contact.CustomFields["company"]))

	var interests []string // each field comes back as its JSON
	if err := json.Unmarshal(contact.CustomFields["interests"], &interests); err != nil {
		log.Fatal(err)
	}
	fmt.Println(interests)

	// What is left out stays as it is; null clears a name.
	contact, err = client.Contacts.Upsert(ctx, &selgora.ContactUpsertParams{
		Email: "Contact@Example.com", LastName: selgora.Null[string](),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q %q %v\n", contact.FirstName, contact.LastName, contact.Tags)
	// Output:
	// John Doe [premium webinar-attended] "Acme Corp"
	// [go sql]
	// "John" "" [premium webinar-attended]
}

func ExampleContactService_AddTags() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	contact, err := client.Contacts.AddTags(ctx, "con_456", []string{"new-tag-1", "new-tag-2"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(contact.Tags)
	// Output: [premium webinar-attended new-tag-1 new-tag-2]
}

func ExampleContactService_Delete() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	if err := client.Contacts.Delete(ctx, "con_456"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(srv.Contacts()))
	// Output: 999
}
