// Package readme compiles and runs the code of the README and of docs/: each
// Go block there stands, byte for byte, in a program or test of this module.
// The test of this package compares the two, carries out the shell commands as
// far as that is possible offline, and follows the links.
package readme
