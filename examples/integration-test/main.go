// Command integration-test sells two seats with the package shop. The point is
// that package's test, shop/shop_test.go, which is made to be copied:
//
//	go run ./examples/integration-test
//	go test -v ./examples/integration-test/shop
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/selgora/selgora-go/examples/integration-test/shop"
	"github.com/selgora/selgora-go/mockserver"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	srv, err := mockserver.Start()
	if err != nil {
		return err
	}
	defer srv.Close()
	course := srv.AddCourse(mockserver.Course{Title: "Go for course creators", Price: "49.99"})

	s := shop.Shop{Client: srv.Client(), Seats: 2}
	for _, buyer := range []string{"ada@example.com", "grace@example.com", "edsger@example.com"} {
		enrollment, err := s.Sell(ctx, course.ID, buyer)
		switch {
		case errors.Is(err, shop.ErrSoldOut):
			fmt.Printf("%-20s %v\n", buyer, err)
		case err != nil:
			return err
		default:
			fmt.Printf("%-20s has %s, %s\n", buyer, enrollment.ID, enrollment.Status)
		}
	}
	fmt.Printf("\nWhat the fake was asked:\n%s\n", srv.Dump())
	fmt.Println("Now its test: go test -v ./examples/integration-test/shop")
	return nil
}
