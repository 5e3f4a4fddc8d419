// Package jsstringify rewrites JSON text into the bytes that JavaScript's
// JSON.stringify(JSON.parse(text)) gives. Receivers of webhooks often verify a
// signature over a body that their framework has parsed and they have printed
// again; only bytes of this form survive that.
package jsstringify
