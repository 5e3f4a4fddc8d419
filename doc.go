// Package selgora is the Go client for the Selgora API.
package selgora
