// Package payload makes the bodies of webhook events from the changes of the
// store: which events a change causes, what they say, and their exact bytes.
package payload
