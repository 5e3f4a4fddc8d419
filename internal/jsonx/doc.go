// Package jsonx is the one place through which the module encodes and decodes
// JSON. It is encoding/json, or the same behavior over encoding/json/v2 where
// the standard library has it: both read the same inputs to the same values.
//
//   - Names match case-insensitively, the last of repeated names wins, and
//     invalid UTF-8 becomes U+FFFD: a client must read what servers send.
//   - Output is not escaped for HTML: raw values go out as they came in.
package jsonx
