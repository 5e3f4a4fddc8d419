// Package delivery brings webhook events to their endpoints: it queues, signs,
// sends and retries. It knows nothing about what the events say, and keeps no
// log: it reports each attempt to one.
package delivery
