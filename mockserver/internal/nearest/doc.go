// Package nearest finds what was meant by a name that is not known.
package nearest
