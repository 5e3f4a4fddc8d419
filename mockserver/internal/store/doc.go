// Package store is the data of the fake API: every resource, the rules each field must meet, the side effects of a
// change and the order of lists. It knows nothing of HTTP; the routes above it translate requests into these calls and
// render what they return.
//
// All state lives in counted copy-on-write trees, so that a page of a list costs the same wherever it lies and whatever
// it is filtered by, and a snapshot of a million rows is a handful of pointers.
//
// Values that a Store returns share slices with the state. They are read-only: copy before changing.
package store
