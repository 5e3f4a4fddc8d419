// Package contract holds the tests that compare three things which were written apart from each other: the client, the
// fake, and the OpenAPI document in the directory of the fake. Every request that the client sends and every answer that
// the fake gives is validated against the document, and the three must know the same operations.
//
// It is a module of its own so that users of the client do not download a validator.
package contract
