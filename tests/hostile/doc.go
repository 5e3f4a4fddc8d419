// Package hostile holds what was written against the client to break it: a key
// function that makes requests of its own, a tracer that calls the client back,
// a connection that goes silent, thousands that wait at once.
package hostile
