// Package leaks checks that nothing is left running when the client, the fake and the webhook receiver are done.
package leaks
