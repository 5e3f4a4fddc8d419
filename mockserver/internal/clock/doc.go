// Package clock is the one clock of the fake server: everything that has a
// time or waits for one asks it. It runs on with real time and can be moved
// forward, and inside a testing/synctest bubble it follows the bubble's time.
package clock
