// Package wire tests what the client does on the wire: with requests,
// connections, time and peers that fail, hang or mean harm. It has only tests,
// which use the public API alone.
package wire
