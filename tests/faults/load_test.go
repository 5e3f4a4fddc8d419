package faults_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// state is the fake's state at the end, in a form that can be asked about one call.
type state struct {
	srv         *mockserver.Server
	courses     map[string]mockserver.Course
	titles      map[string]int
	enrollments map[string]mockserver.Enrollment
	enrolled    map[string]int // by address
	contacts    map[string][]mockserver.Contact
	events      map[string]mockserver.Event
	eventTitles map[string]int
	webhooks    map[string]mockserver.Webhook
	urls        map[string]int
	deliveries  map[string]int // by endpoint
	wire        map[string]int // requests by mark
	operations  map[mockserver.Operation]int
}

// look reads the fake's state.
func look(srv *mockserver.Server) *state {
	s := &state{
		srv:     srv,
		courses: map[string]mockserver.Course{}, titles: map[string]int{},
		enrollments: map[string]mockserver.Enrollment{}, enrolled: map[string]int{},
		contacts: map[string][]mockserver.Contact{},
		events:   map[string]mockserver.Event{}, eventTitles: map[string]int{},
		webhooks: map[string]mockserver.Webhook{}, urls: map[string]int{},
		deliveries: map[string]int{}, wire: map[string]int{}, operations: map[mockserver.Operation]int{},
	}
	for _, c := range srv.Courses() {
		s.courses[c.ID] = c
		s.titles[c.Title]++
	}
	for _, e := range srv.Enrollments() {
		s.enrollments[e.ID] = e
		s.enrolled[e.UserEmail]++
	}
	for _, c := range srv.Contacts() {
		s.contacts[c.Email] = append(s.contacts[c.Email], c)
	}
	for _, e := range srv.Events() {
		s.events[e.ID] = e
		s.eventTitles[e.Title]++
	}
	for _, w := range srv.Webhooks() {
		s.webhooks[w.ID] = w
		s.urls[w.URL]++
	}
	for _, d := range srv.Deliveries() {
		s.deliveries[d.WebhookID]++
	}
	for _, r := range srv.Requests() {
		s.operations[r.Operation]++
		s.wire[r.Header.Get(markHeader)]++
	}
	return s
}

// result is what the caller saw of one call.
type result struct {
	kind kind
	target
	err error
}

// run makes n calls of every kind in turn, so many of them at once.
func run(t *testing.T, srv *mockserver.Server, client *selgora.Client, n, atOnce int) []result {
	t.Helper()
	all := kinds()
	results := make([]result, n)
	next := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				r := result{kind: all[i%len(all)], target: target{mark: fmt.Sprintf("m%06dx", i)}}
				if r.kind.prepare != nil {
					r.kind.prepare(srv, &r.target)
				}
				r.err = r.kind.call(context.WithValue(t.Context(), markKey{}, r.mark), client, r.target)
				results[i] = r
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
	return results
}

// tally counts what became of the calls.
type tally struct{ done, failed, notSent, unknown, lost int }

// check holds what callers saw against what the fake says.
func check(t *testing.T, srv *mockserver.Server, results []result) tally {
	t.Helper()
	s := look(srv)
	var sum tally
	for _, r := range results {
		name := fmt.Sprintf("%s %s (%v)", r.kind.operation, r.mark, r.err)
		notSent := errors.Is(r.err, selgora.ErrNotSent)
		effect, requests := 0, s.wire[r.mark]
		if r.kind.effect != nil {
			effect = r.kind.effect(s, r.target)
		}
		switch {
		case errors.Is(r.err, errWrong):
			t.Errorf("%s: the answer is not this call's", name)
		case r.err == nil:
			sum.done++
			if r.kind.effect != nil && effect != 1 {
				t.Errorf("%s: success, but the change was made %d times", name, effect)
			}
		case notSent:
			sum.failed++
			sum.notSent++
			// A GET on a connection that breaks is sent again by net/http itself; that the second dial fails is then
			// all that is known of it. It changes nothing, so that it does not matter.
			if effect != 0 || requests != 0 && r.kind.effect != nil {
				t.Errorf("%s: not sent, but the fake got %d requests and the change was made %d times", name, requests, effect)
			}
		default:
			sum.failed++
			if r.kind.effect == nil {
				break
			}
			switch effect {
			case 0:
				sum.lost++
			case 1:
				sum.unknown++
			default:
				t.Errorf("%s: error, and the change was made %d times", name, effect)
			}
		}
		if r.kind.once && requests > 1 {
			t.Errorf("%s: a POST that must not be repeated was sent %d times", name, requests)
		}
	}
	for _, k := range kinds() {
		if s.operations[k.operation] == 0 {
			t.Errorf("no request of %s arrived", k.operation)
		}
	}
	return sum
}
