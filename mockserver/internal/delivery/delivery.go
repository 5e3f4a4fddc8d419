package delivery

import (
	"net/http"
	"time"
)

// Timeout is how long an endpoint may take to answer.
const Timeout = 5 * time.Second

// schedule is how long after one attempt the next one follows.
var schedule = [...]time.Duration{5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour, 24 * time.Hour}

// MaxAttempts is how many attempts a delivery has.
const MaxAttempts = 1 + len(schedule)

// maxResponse is how much of an answer is reported.
const maxResponse = 64 << 10

// Format is the way in which an endpoint is spoken to.
type Format string

// The formats: the API guide's envelope and bare signature, and the webhook
// guide's envelope and prefixed signature.
const (
	FormatAPI       Format = "api"
	FormatDashboard Format = "dashboard"
)

// Endpoint is where deliveries go.
type Endpoint struct {
	URL      string
	Format   Format
	Secret   string
	Disabled bool // nothing is sent to it
	// Handler takes the requests in this process; nil sends them to the URL.
	Handler http.Handler
	Hazards Hazards
}

// Hazards are what a receiver has to live with and seldom meets in a test.
// The zero value has none of them.
type Hazards struct {
	// Duplicates is how many more times each first attempt is made.
	Duplicates int
	// Concurrency is how many requests may be under way at a time; less than
	// 2 is one after the other.
	Concurrency int
	// Reorder is how many first attempts are held back to be made in another
	// order; less than 2 keeps the order.
	Reorder int
	// Seed determines that order.
	Seed uint64
	// BadSignatures is how many requests, from the first on, carry a signature
	// that does not fit; negative is all of them.
	BadSignatures int
	// Secret is signed with in place of the endpoint's, if it is not empty.
	Secret string
	// LateRetry makes one retry although the delivery has succeeded, as if the
	// answer had been lost.
	LateRetry bool
}

// Message is one event for one endpoint.
type Message struct {
	ID         string // of the delivery
	EndpointID string
	Body       string
}

// Status is what became of a delivery.
type Status string

// The statuses of a delivery.
const (
	Pending   Status = "pending"   // an attempt is under way or to come
	Succeeded Status = "succeeded" // an attempt was answered with 2xx
	Failed    Status = "failed"    // it was refused, or all attempts are used up
	Blocked   Status = "blocked"   // the address is not one that is sent to
)

// Attempt is one request of a delivery, and what the delivery has come to.
type Attempt struct {
	At time.Time
	// StatusCode is the answer's, 0 if there was none.
	StatusCode int
	// Duration is real time, which goes by while the fake's clock stands too.
	Duration time.Duration
	// Response is the first 64 KiB of the answer's body.
	Response []byte
	// Error says why there is no answer, or why it is not whole; "" if it is.
	Error string

	// Status is the delivery's after the attempt.
	Status Status
	// Next is when the next attempt follows, zero if none does.
	Next time.Time
}
