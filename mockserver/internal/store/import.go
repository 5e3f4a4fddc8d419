package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// maxProblems is how many problems of a seed file are reported.
const maxProblems = 100

// seedFile is a seed file. Everything in it can be left out.
type seedFile struct {
	Version       Opt[int]          `json:"version"`
	Account       Opt[accountSeed]  `json:"account"`
	Courses       []json.RawMessage `json:"courses"`
	Contacts      []json.RawMessage `json:"contacts"`
	Enrollments   []json.RawMessage `json:"enrollments"`
	Events        []json.RawMessage `json:"events"`
	Registrations []json.RawMessage `json:"registrations"`
	Webhooks      []json.RawMessage `json:"webhooks"`
	Deliveries    []json.RawMessage `json:"deliveries"`
	Orders        []json.RawMessage `json:"orders"`
	Payments      []json.RawMessage `json:"payments"`
	Subscriptions []json.RawMessage `json:"subscriptions"`
	Emails        []json.RawMessage `json:"emails"`
	IDs           map[string]uint64 `json:"ids"` // the last number given out for each prefix
}

type accountSeed struct {
	ID        Opt[string]    `json:"id"`
	Name      Opt[string]    `json:"name"`
	Email     Opt[string]    `json:"email"`
	Plan      Opt[string]    `json:"plan"`
	CreatedAt Opt[time.Time] `json:"created_at"`
}

// Import replaces the state by that of a seed file or an export. Ids and times can be left out; objects without a time
// are listed in the order of the file. If anything is wrong, the error tells it all and the state stays as it is.
func (s *Store) Import(doc []byte) error {
	now := s.begin()
	defer s.end()
	st, err := importState(s.st.seed, doc, now)
	if err != nil {
		return err
	}
	s.swap(st)
	return nil
}

func importState(seed uint64, doc []byte, now time.Time) (*state, error) {
	var p problems
	file, err := parseSeedFile(&p, doc)
	if err != nil {
		return nil, err
	}
	st := newState(seed, now)
	for prefix, n := range file.IDs {
		if i := prefixIndex(prefix); i >= 0 && n < 1<<33 {
			st.counters[i] = n
		} else {
			p.add("ids."+prefix, "is not the prefix of an id, or its number is too large")
		}
	}
	st.seedAccount(&p, file.Account)
	importList(st, &p, "courses", file.Courses, now, (*state).seedCourse)
	importList(st, &p, "contacts", file.Contacts, now, (*state).seedContact)
	importList(st, &p, "enrollments", file.Enrollments, now, (*state).seedEnrollment)
	importList(st, &p, "events", file.Events, now, (*state).seedEvent)
	importList(st, &p, "registrations", file.Registrations, now, (*state).seedRegistration)
	importList(st, &p, "webhooks", file.Webhooks, now, (*state).seedWebhook)
	importList(st, &p, "deliveries", file.Deliveries, now, (*state).seedDelivery)
	orders, payments, subscriptions, emails := st.orderTrade(), st.paymentTrade(), st.subscriptionTrade(), st.emailTrade()
	importList(st, &p, "orders", file.Orders, now, orders.add)
	importList(st, &p, "payments", file.Payments, now, payments.add)
	importList(st, &p, "subscriptions", file.Subscriptions, now, subscriptions.add)
	importList(st, &p, "emails", file.Emails, now, emails.add)
	return st, p.err()
}

// parseSeedFile reads the outer object; the rows are read as they are put in place.
func parseSeedFile(p *problems, doc []byte) (seedFile, error) {
	var file seedFile
	if !utf8.Valid(doc) {
		return file, fmt.Errorf("%w: the seed file is not valid UTF-8", ErrValidation)
	}
	if err := json.Unmarshal(doc, &file); err != nil {
		return file, seedFileError(doc, err)
	}
	checkNames(p, "", doc, reflect.TypeFor[seedFile]())
	if may(p, "version", file.Version) && file.Version.Value != exportVersion {
		p.add("version", "must be "+strconv.Itoa(exportVersion))
	}
	return file, nil
}

// seedFileError says where in the document the mistake is.
func seedFileError(doc []byte, err error) error {
	offset := int64(len(doc))
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &wrong):
		offset = wrong.Offset
	}
	before := doc[:min(max(offset, 0), int64(len(doc)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	if wrong != nil {
		what := "object"
		if wrong.Type.Kind() == reflect.Slice {
			what = "array"
		}
		if wrong.Field == "" {
			return fmt.Errorf("%w: a seed file must be a JSON object", ErrValidation)
		}
		return fmt.Errorf("%w: line %d, column %d: %s must be an %s", ErrValidation, line, column, wrong.Field, what)
	}
	return fmt.Errorf("%w: line %d, column %d: %w", ErrValidation, line, column, err)
}

// importList puts the objects of a list in place.
func importList[S, T any](
	st *state, p *problems, name string, items []json.RawMessage, now time.Time,
	add func(*state, *problems, S, time.Time) *row[T],
) {
	for i, raw := range items {
		if len(*p) >= maxProblems {
			return
		}
		var own problems
		var in S
		if bytes.TrimSpace(raw)[0] != '{' {
			own.add("", "must be an object")
		} else if err := json.Unmarshal(raw, &in); err != nil {
			own.add("", err.Error())
		} else {
			checkNames(&own, "", raw, reflect.TypeFor[S]())
			add(st, &own, in, now)
		}
		for field, problem := range own {
			at := name + "[" + strconv.Itoa(i) + "]"
			if field != "" {
				at += "." + field
			}
			p.add(at, problem)
		}
	}
}

func (st *state) seedAccount(p *problems, in Opt[accountSeed]) {
	if !may(p, "account", in) {
		return
	}
	a := st.account
	for _, f := range []struct {
		name string
		from Opt[string]
		to   *string
	}{
		{"id", in.Value.ID, &a.ID}, {"name", in.Value.Name, &a.Name}, {"email", in.Value.Email, &a.Email},
		{"plan", in.Value.Plan, &a.Plan},
	} {
		if may(p, "account."+f.name, f.from) {
			*f.to = f.from.Value
		}
	}
	a.CreatedAt = seedTime(p, "account.created_at", in.Value.CreatedAt, a.CreatedAt)
	a.check(p, "account.")
	st.account = a
}
