package selgora_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// officeHours adds a weekly event to the fake.
func officeHours(srv *mockserver.Server) string {
	return srv.AddEvent(mockserver.Event{
		Title:           "Weekly Office Hours",
		StartTime:       time.Date(2024, 3, 25, 14, 0, 0, 0, time.UTC),
		DurationMinutes: 60,
		Recurring:       &mockserver.Recurrence{Frequency: "weekly", Count: 12},
	}).ID
}

func ExampleEventService_List() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	officeHours(srv)

	page, err := client.Events.List(ctx, &selgora.EventListParams{Status: selgora.EventUpcoming, Limit: 100})
	if err != nil {
		log.Fatal(err)
	}
	newest := page.Data[len(page.Data)-1]
	fmt.Println(newest.Title, newest.StartTime.Format(time.DateTime))
	// Output: Weekly Office Hours 2024-03-25 14:00:00
}

func ExampleEventService_All() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	byStatus := map[selgora.EventStatus]int{}
	for event, err := range client.Events.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		byStatus[event.Status]++
	}
	fmt.Println(byStatus[selgora.EventUpcoming] > 0, byStatus[selgora.EventPast] > 0)
	// Output: true true
}

func ExampleEventService_Pages() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	for page, err := range client.Events.Pages(ctx, &selgora.EventListParams{Status: selgora.EventUpcoming}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(page.Data), "of", page.Meta.TotalCount)
	}
	// Output: 4 of 4
}

func ExampleEventService_Get() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	event, err := client.Events.Get(ctx, officeHours(srv))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(event.Title, event.Recurring.Frequency, len(event.Occurrences))
	// Output: Weekly Office Hours weekly 12
}

func ExampleEventService_Create() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	event, err := client.Events.Create(ctx, &selgora.EventCreateParams{
		Title:           "Weekly Office Hours",
		StartTime:       time.Date(2024, 3, 25, 14, 0, 0, 0, time.UTC),
		DurationMinutes: 60,
		Recurring:       &selgora.Recurrence{Frequency: selgora.Weekly, Count: 12},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(event.Status, event.Occurrences[11].Format(time.DateOnly))
	// Output: upcoming 2024-06-10
}

func ExampleEventService_Update() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()

	event, err := client.Events.Update(ctx, officeHours(srv), &selgora.EventUpdateParams{
		DurationMinutes: selgora.Set(90),
		Recurring:       selgora.Null[selgora.Recurrence](), // once only
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(event.DurationMinutes, event.Recurring, len(event.Occurrences))
	// Output: 90 <nil> 1
}

func ExampleEventService_Delete() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := officeHours(srv)

	if err := client.Events.Delete(ctx, id); err != nil {
		log.Fatal(err)
	}
	event, err := client.Events.Get(ctx, id) // it stays readable
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(event.Status)
	// Output: cancelled
}

func ExampleEventService_Register() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := officeHours(srv)

	registration, err := client.Events.Register(ctx, id, &selgora.EventRegisterParams{
		Email: "attendee@example.com",
		Name:  "Jane Smith",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(registration.Name, registration.Email)

	srv.Advance(365 * 24 * time.Hour)
	_, err = client.Events.Register(ctx, id, &selgora.EventRegisterParams{Email: "late@example.com"})
	fmt.Println(errors.Is(err, selgora.ErrConflict)) // the event is over
	// Output:
	// Jane Smith attendee@example.com
	// true
}

func ExampleEventService_Registrations() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := officeHours(srv)
	srv.AddRegistration(mockserver.Registration{EventID: id, Email: "attendee@example.com"})

	page, err := client.Events.Registrations(ctx, id, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Meta.TotalCount, page.Data[0].Email)
	// Output: 1 attendee@example.com
}

func ExampleEventService_AllRegistrations() {
	ctx := context.Background()
	srv, client := sandbox()
	defer srv.Close()
	id := officeHours(srv)
	srv.AddRegistration(mockserver.Registration{EventID: id, Email: "attendee@example.com"})

	for registration, err := range client.Events.AllRegistrations(ctx, id, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(registration.Email)
	}
	// Output: attendee@example.com
}
