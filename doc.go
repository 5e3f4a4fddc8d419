// Package selgora is a client for the Selgora API: courses, enrollments,
// contacts, calendar events, webhook endpoints and the account.
//
//	client, err := selgora.NewClient(os.Getenv("SELGORA_API_KEY"))
//	if err != nil {
//		return err
//	}
//	course, err := client.Courses.Get(ctx, "course_abc123")
//
// Make one client for each API key and share it: it is safe for concurrent use,
// and it keeps to the limits of its key.
//
// Package webhook receives webhooks, package mockserver is a fake of the whole
// API for tests, and package money provides exact amounts.
//
// # Lists
//
// A list has three methods: List returns one page, All iterates over the items
// and fetches pages as it goes, and Pages iterates over the pages, to show
// progress or to resume. (The registrations of an event and the deliveries of a
// webhook endpoint have the first two: Registrations and AllRegistrations,
// Deliveries and AllDeliveries.)
//
//	for course, err := range client.Courses.All(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(course.Title)
//	}
//
// Ranging over an iterator again fetches again; leaving the loop early fetches
// no further. An error is yielded once, and ends the loop. Items come oldest
// first. Items that exist during the whole iteration are seen exactly once, even
// while others are added. Deleting items moves the pages: k deletions can hide
// at most k items, and no item is seen twice. Page numbers cannot do better.
//
// # Parameters
//
// A parameter that can be left out, zero or null is an [Opt]: [Set] sends a
// value, zero or not, [Null] sends null, and the zero Opt sends nothing. A
// parameter that cannot be right is a [*ParamError] that names the field, before
// anything is sent.
//
// # Errors
//
// An unsuccessful response is an [*Error] with the status, the server's message
// and, after a 422, what is wrong with each field. A call whose last attempt
// brought no response is a [*CallError]. [errors.Is] matches both with
// sentinels, such as [ErrNotFound] or [ErrRateLimited], which always speak of
// the last attempt alone. Whether a call may be repeated is what [EffectOf]
// reports, over all of its attempts:
//
//	switch selgora.EffectOf(err) {
//	case selgora.EffectNone:    // not carried out: repeat it
//	case selgora.EffectDone:    // carried out: do not repeat it
//	case selgora.EffectUnknown: // look first, or repeat what does no harm twice
//	}
//
// # Retries
//
// A failed attempt is repeated up to twice, after a random wait of up to 1 s,
// then up to 2 s (see [WithMaxRetries] and [WithRetryWait]). If the server asks
// for a wait, that is what the client waits, up to a minute ([WithMaxWait]).
//
// GET, PATCH, DELETE, Contacts.Upsert and Contacts.AddTags are repeated after
// network errors, after responses that are late or cut short, and after the
// statuses 408, 429, 500, 502, 503 and 504: doing them twice is the same as
// doing them once. Any other POST is repeated only if it certainly was not
// carried out: after a 429, or if no connection could be made. The API guide's
// JavaScript sample repeats failed POSTs too; this client does not, because
// creating a course or charging a customer twice is worse than an error.
// [WithRetryUnsafe] makes it do so for one call.
//
// # Rate limits
//
// The client keeps to the documented limits on its own: 1000 requests an hour,
// 100 a minute and 10 at once for each key. Requests wait for their turn, in
// order. A wait that is known to be longer than a minute ([WithMaxWait]), or
// than the context lasts, is a [*RateLimitWaitError] at once; CreateBatch waits
// for as long as its context lasts. Counting is exact, so the whole budget can
// be used; see [RateLimit].
//
// The client also follows what responses say about the hour's budget, and a 429
// holds back all requests with that key. [WithRateLimit] changes the limits, and
// [WithoutRateLimit] switches them off. A [Limiter] can serve several clients:
// see [NewLimiter] and [WithLimiter].
//
// # Watching
//
// [WithTracer] is told about each call and, if wanted, each attempt, for spans
// and metrics. [WithLogger] logs each attempt at debug level. [WithResponse]
// shows the status, header, request id and raw body of one call. None of them
// shows the API key.
package selgora
