// Package selgora is the Go client of the Selgora API: courses, enrollments,
// contacts, calendar events, webhook endpoints and the account.
//
//	client, err := selgora.NewClient(os.Getenv("SELGORA_API_KEY"))
//	if err != nil {
//		return err
//	}
//	course, err := client.Courses.Get(ctx, "course_abc123")
//
// Package webhook receives webhooks, package mockserver is a fake of the whole
// API for tests, and package money holds the exact amounts.
//
// # Lists
//
// Every list has two methods: List returns one page, All iterates over all
// items and fetches pages as it goes.
//
//	for course, err := range client.Courses.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(course.Title)
//	}
//
// An iterator can be ranged again, which fetches again; leaving the loop early
// fetches no further. Items come oldest first. An iteration sees every item
// that exists all the while exactly once, also while others are added. Items
// that are deleted meanwhile move the pages: for k deletions at most k items
// are missed, and none comes twice. Page numbers cannot do better.
//
// # Parameters
//
// What can be left out, zero or null is an [Opt]: [Set] sends a value, zero or
// not, [Null] sends null, and the zero Opt sends nothing. A parameter that
// cannot be right is a [*ParamError] that names the field, before anything is
// sent.
//
// # Errors
//
// An answer that is no success is an [*Error] with the status, the server's
// message and, after a 422, what is wrong with each field. [errors.Is] matches
// it with a sentinel:
//
//	switch {
//	case errors.Is(err, selgora.ErrNotFound):     // 404
//	case errors.Is(err, selgora.ErrRateLimited):  // 429, or held back by the client itself
//	case errors.Is(err, selgora.ErrNotSent):      // nothing left this machine
//	}
//
// # Retries
//
// A failed attempt is repeated twice, with full jitter between nothing and 1 s,
// then 2 s (see [WithMaxRetries] and [WithRetryWait]). A wait that the server asks for
// wins, up to a minute ([WithMaxRetryAfter]).
//
// GET, PATCH, DELETE, Contacts.Upsert and Contacts.AddTags are repeated after
// network errors, broken and late answers, and the statuses 408, 429, 500,
// 502, 503 and 504: doing them twice is doing them once. Every other POST is
// repeated only where it certainly was not carried out: after a 429, and after
// an error that matches [ErrNotSent]. The API guide's JavaScript sample repeats
// failed POSTs too; this client does not, because a course created or a
// customer charged twice is worse than an error. [WithRetryUnsafe] makes it do
// so for one call.
//
// # Rate limits
//
// A client keeps to the documented limits by itself, 1000 requests an hour, 100
// a minute and 10 at once: requests wait for their turn, as long as their
// context lasts. It follows what the server says of the hour's budget, and one
// 429 holds back all of its calls. See [WithRateLimit]. Make one client for a
// key and share it.
package selgora
