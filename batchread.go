package selgora

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/selgora/selgora-go/internal/wire"
)

// verdict is what a successful response says of one address.
type verdict struct {
	status     BatchStatus
	enrollment *Enrollment
	message    string // why it failed
}

// readBatch reads what the successful response to a request says of its
// addresses. No guide documents the body, so it may be anything: what cannot be
// read spoils nothing else, and an address that is not named as failed has not.
func readBatch(emails []string, body []byte, redact func(string) string) []verdict {
	r := &batchReader{
		asked:    make(map[string]int, len(emails)),
		verdicts: make([]verdict, len(emails)),
		redact:   redact,
	}
	for i, email := range emails {
		r.asked[batchKey(email)] = i
	}
	r.addresses = sync.OnceValue(func() *regexp.Regexp { return anyOf(emails) })
	r.body(bytes.TrimSpace(body), true)
	for i := range r.verdicts {
		if v := &r.verdicts[i]; v.status == "" {
			v.status = BatchAccepted
		}
	}
	return r.verdicts
}

type batchReader struct {
	asked    map[string]int // from an address to its place in the request
	verdicts []verdict
	redact   func(string) string
	// addresses matches those of the request; made for the first refusal.
	addresses func() *regexp.Regexp
}

// anyOf matches each of the addresses as batchKey compares them, the longest
// that fits; nil for what no pattern can be made of.
func anyOf(emails []string) *regexp.Regexp {
	quoted := make([]string, len(emails))
	for i, email := range emails {
		quoted[i] = regexp.QuoteMeta(strings.ToValidUTF8(email, "\uFFFD"))
	}
	re, err := regexp.Compile("(?i)" + strings.Join(quoted, "|"))
	if err != nil {
		return nil
	}
	re.Longest()
	return re
}

// clean returns a server's words about an address as they can be shown: errors
// end up in logs.
func (r *batchReader) clean(message string) string {
	message = r.redact(message)
	if re := r.addresses(); re != nil {
		message = re.ReplaceAllLiteralString(message, "[redacted]")
	}
	return clipMessage(strings.TrimSpace(wire.OneLine(message)))
}

// body reads the response, or the object that it is wrapped in.
func (r *batchReader) body(raw json.RawMessage, outermost bool) {
	if wire.FirstByte(raw) == '[' {
		r.entries(raw)
		return
	}
	m := wire.Member[struct {
		Data, Enrollments, Results json.RawMessage
		Errors, Failed, Failures   json.RawMessage
	}](raw)
	for _, member := range []json.RawMessage{m.Errors, m.Failed, m.Failures} {
		r.refusals(member)
	}
	for _, member := range []json.RawMessage{m.Data, m.Enrollments, m.Results} {
		if outermost || wire.FirstByte(member) == '[' {
			r.body(member, false)
		}
	}
}

// batchEntry is what may be said of one address in a list.
type batchEntry struct {
	ID          json.RawMessage `json:"id"`
	CourseID    json.RawMessage `json:"course_id"`
	UserEmail   json.RawMessage `json:"user_email"`
	Email       json.RawMessage `json:"email"`
	Status      json.RawMessage `json:"status"`
	CreatedAt   json.RawMessage `json:"created_at"`
	UpdatedAt   json.RawMessage `json:"updated_at"`
	CompletedAt json.RawMessage `json:"completed_at"`
	Created     json.RawMessage `json:"created"`
	Success     json.RawMessage `json:"success"`
	OK          json.RawMessage `json:"ok"`
	Enrolled    json.RawMessage `json:"enrolled"`
	Error       json.RawMessage `json:"error"`
	Errors      json.RawMessage `json:"errors"`
	Message     json.RawMessage `json:"message"`
	Reason      json.RawMessage `json:"reason"`
	Enrollment  json.RawMessage `json:"enrollment"`
}

func (e *batchEntry) email() string {
	if email := wire.Member[string](e.UserEmail); email != "" {
		return email
	}
	return wire.Member[string](e.Email)
}

// problem returns why the entry says that its address failed, if it does.
func (e *batchEntry) problem() (message string, failed bool) {
	for _, raw := range []json.RawMessage{e.Error, e.Errors} {
		if message := wire.ProblemText(raw); message != "" {
			return message, true
		}
	}
	switch strings.ToLower(wire.Member[string](e.Status)) {
	case "failed", "failure", "error", "invalid", "rejected":
		return e.reason(), true
	}
	return e.reason(), isFalse(e.Success) || isFalse(e.OK) || isFalse(e.Enrolled)
}

func isFalse(raw json.RawMessage) bool {
	return string(raw) == "false" || strings.EqualFold(wire.Member[string](raw), "false")
}

// skipped reports whether the entry says that nothing was done.
func (e *batchEntry) skipped() bool {
	return strings.EqualFold(wire.Member[string](e.Status), "skipped")
}

// reason returns the words that only beside a failure are those of one.
func (e *batchEntry) reason() string {
	if message := wire.ProblemText(e.Message); message != "" {
		return message
	}
	return wire.ProblemText(e.Reason)
}

func (e *batchEntry) enrollment() *Enrollment {
	return &Enrollment{
		ID:          memberID(e.ID),
		CourseID:    memberID(e.CourseID),
		UserEmail:   e.email(),
		Status:      EnrollmentStatus(wire.Member[string](e.Status)),
		CreatedAt:   wire.Member[time.Time](e.CreatedAt),
		UpdatedAt:   wire.Member[time.Time](e.UpdatedAt),
		CompletedAt: wire.Member[time.Time](e.CompletedAt),
	}
}

// entries reads a list that has something for each address: by name, or where
// as many entries as addresses have come, in the same order as far as names
// tell, by position.
func (r *batchReader) entries(raw json.RawMessage) {
	list := wire.Member[[]json.RawMessage](raw)
	places := r.places(len(list))
	inOrder := places != nil
	nameless := make(map[int]batchEntry)
	for j, item := range list {
		var entry batchEntry
		if wire.FirstByte(item) == '{' {
			entry = wire.Member[batchEntry](item)
		}
		i, named := r.named(entry)
		switch {
		case named:
			r.take(i, entry)
			inOrder = inOrder && places[j] == i
		case inOrder:
			nameless[places[j]] = entry
		}
	}
	if !inOrder {
		return
	}
	for i, entry := range nameless {
		r.take(i, entry)
	}
}

// places returns which addresses the n entries of a list are for: all, or all
// that have not failed; nil if they are some other number.
func (r *batchReader) places(n int) []int {
	var all, left []int
	for i, v := range r.verdicts {
		all = append(all, i)
		if v.status != BatchFailed {
			left = append(left, i)
		}
	}
	switch n {
	case len(all):
		return all
	case len(left):
		return left
	}
	return nil
}

// named finds the address that an entry names.
func (r *batchReader) named(entry batchEntry) (i int, ok bool) {
	if i, ok = r.asked[batchKey(entry.email())]; ok {
		return i, true
	}
	inner := wire.Member[batchEntry](entry.Enrollment)
	i, ok = r.asked[batchKey(inner.email())]
	return i, ok
}

// take records what an entry says of an address. The first entry for it counts.
func (r *batchReader) take(i int, entry batchEntry) {
	if message, failed := entry.problem(); failed {
		r.refuse(i, message)
		return
	}
	v := &r.verdicts[i]
	if v.status != "" {
		return
	}
	enrollment := entry.enrollment()
	if wire.FirstByte(entry.Enrollment) == '{' {
		inner := wire.Member[batchEntry](entry.Enrollment)
		enrollment = inner.enrollment()
		if enrollment.UserEmail == "" {
			enrollment.UserEmail = entry.email()
		}
	}
	if enrollment.ID == "" || entry.skipped() {
		return
	}
	v.status, v.enrollment = BatchEnrolled, enrollment
	if string(entry.Created) == "false" {
		v.status = BatchAlreadyEnrolled
	}
}

// refuse records that an address failed, whatever else is said of it.
func (r *batchReader) refuse(i int, message string) {
	if r.verdicts[i].status == BatchFailed {
		return
	}
	if message = r.clean(message); message == "" {
		message = "the server gave no reason"
	}
	r.verdicts[i] = verdict{status: BatchFailed, message: message}
}

// refusals reads what failed: a list, or a map from addresses.
func (r *batchReader) refusals(raw json.RawMessage) {
	if wire.FirstByte(raw) != '[' {
		r.refusal(raw)
		return
	}
	for _, item := range wire.Member[[]json.RawMessage](raw) {
		r.refusal(item)
	}
}

// refusal reads an object about an address, a map from addresses, or a text.
func (r *batchReader) refusal(raw json.RawMessage) {
	if wire.FirstByte(raw) == '"' {
		r.refusalText(wire.Member[string](raw))
		return
	}
	if wire.FirstByte(raw) != '{' {
		return
	}
	entry := wire.Member[batchEntry](raw)
	message, _ := entry.problem()
	if i, ok := r.named(entry); ok {
		r.refuse(i, message)
		return
	}
	byAddress := wire.Member[map[string]json.RawMessage](raw)
	for _, address := range slices.Sorted(maps.Keys(byAddress)) {
		if i, ok := r.asked[batchKey(address)]; ok {
			r.refuse(i, wire.ProblemText(byAddress[address]))
		}
	}
	r.refusalText(message)
}

// refusalText reads "address", "address: problem" or a sentence with an address.
func (r *batchReader) refusalText(text string) {
	if i, ok := r.asked[batchKey(text)]; ok {
		r.refuse(i, "")
		return
	}
	address, problem, _ := strings.Cut(text, ":")
	if i, ok := r.asked[batchKey(address)]; ok {
		r.refuse(i, strings.TrimSpace(problem))
		return
	}
	for word := range strings.FieldsSeq(text) {
		if !strings.Contains(word, "@") {
			continue
		}
		if i, ok := r.asked[batchKey(strings.Trim(word, "\"'`<>()[]{},;:.!?"))]; ok {
			r.refuse(i, text)
			return
		}
	}
}

// memberID reads an id, which may be a number.
func memberID(raw json.RawMessage) string {
	if kind := wire.FirstByte(raw); '0' <= kind && kind <= '9' {
		return string(raw)
	}
	return wire.Member[string](raw)
}

// maxItemMessage bounds a server's words about one of any number of addresses.
const maxItemMessage = 1 << 10

// clipMessage cuts text to what is kept of it.
func clipMessage(text string) string {
	const more = "…"
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxItemMessage {
		return text
	}
	cut := maxItemMessage - len(more)
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + more
}
