// Package jstest helps to compare JSON with what JavaScript makes of it.
package jstest
