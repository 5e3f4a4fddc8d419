package shop_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/examples/integration-test/shop"
	"github.com/selgora/selgora-go/mockserver"
)

// newShop returns a shop over a fake of the API with one course. The fake is
// this test's own, opens no port and closes itself.
func newShop(t *testing.T, seats int) (*shop.Shop, *mockserver.Server, string) {
	t.Helper()
	srv := mockserver.New(t)
	course := srv.AddCourse(mockserver.Course{Title: "Go for course creators", Price: "49.99"})
	return &shop.Shop{Client: srv.Client(), Seats: seats}, srv, course.ID
}

func TestSell(t *testing.T) {
	t.Parallel()
	s, srv, course := newShop(t, 10)
	enrollment, err := s.Sell(t.Context(), course, "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if enrollment.Status != selgora.EnrollmentActive {
		t.Errorf("the enrollment is %q", enrollment.Status)
	}
	if contacts := srv.Contacts(); len(contacts) != 1 || len(contacts[0].Tags) != 1 || contacts[0].Tags[0] != "customer" {
		t.Errorf("the contacts are %+v", contacts)
	}
}

func TestSellRefuses(t *testing.T) {
	t.Parallel()
	s, srv, course := newShop(t, 0)
	if _, err := s.Sell(t.Context(), course, "ada@example.com"); !errors.Is(err, shop.ErrSoldOut) {
		t.Errorf("the error is %v", err)
	}
	if calls := srv.Calls(mockserver.EnrollmentsCreate); len(calls) > 0 {
		t.Errorf("a seat was taken in a course that is sold out:\n%s", srv.Dump())
	}
	if _, err := s.Sell(t.Context(), "course_unknown", "ada@example.com"); !errors.Is(err, selgora.ErrNotFound) {
		t.Errorf("the error is %v", err)
	}
}

// TestSellThroughTrouble has every kind of trouble once, and one seat sold.
func TestSellThroughTrouble(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"server down":       {Status: http.StatusServiceUnavailable},
		"rate limited":      {Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}},
		"connection reset":  {Reset: true},
		"answer lost":       {Reset: true, AfterCommit: true},
		"answer broken off": {Truncate: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, srv, course := newShop(t, 10)
			fault.Operation = mockserver.EnrollmentsCreate
			srv.Inject(fault)
			if _, err := s.Sell(t.Context(), course, "ada@example.com"); err != nil {
				t.Fatal(err)
			}
			if n := len(srv.Enrollments()); n != 1 {
				t.Errorf("%d enrollments", n)
			}
		})
	}
}
