package webhook

import "net/http"

// A Reason says why a request got an answer other than success.
type Reason string

// The reasons, with their status codes. Everything that a later delivery may
// mend is a 5xx, because the provider never repeats what got a 4xx.
const (
	// ReasonMethod: 405, neither POST nor a prober's GET or HEAD.
	ReasonMethod Reason = "method"
	// ReasonTooLarge: 413, the body is over the limit.
	ReasonTooLarge Reason = "too_large"
	// ReasonBody: 503, the body broke off or came too slowly.
	ReasonBody Reason = "body"
	// ReasonSignature: 401, or 503 under [RetryUnverified].
	ReasonSignature Reason = "signature"
	// ReasonPayload: 500, verified, but not an event.
	ReasonPayload Reason = "payload"
	// ReasonRunning: 503, the same event is being handled at this moment.
	ReasonRunning Reason = "running"
	// ReasonStore: 503, the dedup store cannot tell.
	ReasonStore Reason = "store"
	// ReasonQueueFull: 503, the queue of [Async] is full.
	ReasonQueueFull Reason = "queue_full"
	// ReasonQueue: 503, the queue of [Enqueue] did not take the event.
	ReasonQueue Reason = "queue"
	// ReasonHandler: 500, a handler failed or panicked, or the data does not
	// fit the type that it is registered for.
	ReasonHandler Reason = "handler"
	// ReasonTimeout: 503, no outcome within [HandlerTimeout], or the client
	// went away.
	ReasonTimeout Reason = "timeout"
	// ReasonShutdown: 503, the receiver is shutting down.
	ReasonShutdown Reason = "shutdown"
)

// A Rejection describes a request that got an answer other than success.
type Rejection struct {
	Reason Reason
	// Status is the status code of the answer.
	Status int
	// Err is what was wrong; it holds no secret, signature or MAC.
	Err error
	// Event is nil unless the body was verified and parsed.
	Event *Event
}

var statuses = map[Reason]int{
	ReasonMethod:    http.StatusMethodNotAllowed,
	ReasonTooLarge:  http.StatusRequestEntityTooLarge,
	ReasonSignature: http.StatusUnauthorized,
	ReasonPayload:   http.StatusInternalServerError,
	ReasonHandler:   http.StatusInternalServerError,
}

// status returns 503 for a reason that has no status of its own.
func (h *Handler) status(reason Reason) int {
	if reason == ReasonSignature && h.retryUnverified {
		return http.StatusServiceUnavailable
	}
	if status, ok := statuses[reason]; ok {
		return status
	}
	return http.StatusServiceUnavailable
}

// verdict is the outcome of a request: success, unless there is a reason.
type verdict struct {
	reason Reason
	err    error
}

// answer writes the response and tells everybody who asked about refusals.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, event *Event, v verdict) {
	if v.reason == "" {
		w.WriteHeader(http.StatusOK)
		return
	}
	rejection := Rejection{Reason: v.reason, Status: h.status(v.reason), Err: v.err, Event: event}
	if v.reason == ReasonTooLarge {
		// What is left of the body is not worth reading for one more request.
		w.Header().Set("Connection", "close")
	}
	http.Error(w, string(v.reason), rejection.Status)
	h.logRejection(r, rejection)
	h.notify(func(o Observer) { o.Rejected(r.Context(), rejection) })
	for _, fn := range h.onReject {
		h.userCode("OnReject", func() { fn(r, rejection) })
	}
}
