package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// DefaultMaxBody is how many bytes a body may have, unless [MaxBody] says
// otherwise.
const DefaultMaxBody = 1 << 20

const (
	deliveryHeader = "X-Selgora-Delivery"
	retryHeader    = "X-Selgora-Retry"
	// maxDeliveryID bounds a value that comes from outside unsigned.
	maxDeliveryID = 256
	// firstRead bounds what is allocated on the word of a Content-Length.
	firstRead = 64 << 10
)

// ParseRequest reads the body of a request, verifies it and reads its
// envelope. Beyond the errors of [Verifier.Parse] it returns [ErrTooLarge] for
// a body of more than [DefaultMaxBody] bytes, and the error of reading the
// body. It does not close the body, and looks at neither method nor content
// type. [NewHandler] does all that a receiver needs.
func (v *Verifier) ParseRequest(r *http.Request) (*Event, error) {
	if r == nil || r.Body == nil {
		return nil, fmt.Errorf("%w: request without a body", ErrMalformedPayload)
	}
	body, err := readBody(r.Body, r.ContentLength, DefaultMaxBody)
	if err != nil {
		return nil, err
	}
	return v.parseWithHeader(body, r.Header)
}

func (v *Verifier) parseWithHeader(body []byte, header http.Header) (*Event, error) {
	signature, err := signatureOf(header)
	if err != nil {
		return nil, err
	}
	event, err := v.Parse(body, signature)
	if err != nil {
		return nil, err
	}
	if id := header.Get(deliveryHeader); len(id) <= maxDeliveryID {
		event.DeliveryID = id
	}
	if n, err := strconv.ParseUint(header.Get(retryHeader), 10, 16); err == nil {
		event.Retry = int(n)
	}
	return event, nil
}

// signatureOf refuses a repeated header: which of the values counts would
// depend on who reads it.
func signatureOf(header http.Header) (string, error) {
	switch values := header[SignatureHeader]; len(values) {
	case 0:
		return "", ErrMissingSignature
	case 1:
		return values[0], nil
	default:
		return "", fmt.Errorf("%w: %d headers", ErrMalformedSignature, len(values))
	}
}

// readBody reads a body of at most limit bytes. length is what the request
// declares, -1 if nothing.
func readBody(r io.Reader, length, limit int64) ([]byte, error) {
	if length > limit {
		return nil, fmt.Errorf("%w: %d bytes declared, %d allowed", ErrTooLarge, length, limit)
	}
	size := int64(512)
	if length > 0 {
		size = length + 1 // one more, so that the end shows without growing
	}
	body := make([]byte, 0, min(size, firstRead, limit+1))
	for {
		n, err := r.Read(body[len(body):min(int64(cap(body)), limit+1)])
		body = body[:len(body)+n]
		if int64(len(body)) > limit {
			return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
		}
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return nil, readError(err)
		}
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
	}
}

// readError tells a limit set by the caller from a broken connection.
func readError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fmt.Errorf("%w: more than %d bytes", ErrTooLarge, tooLarge.Limit)
	}
	return fmt.Errorf("webhook: reading the body: %w", err)
}
