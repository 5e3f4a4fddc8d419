package store

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// exportVersion is the version of the format of exports and seed files.
const exportVersion = 1

// Export writes the state down as JSON, one object a line. The same state gives the same bytes, and Import reads them.
func (s *Store) Export() []byte {
	// Writing down a million rows takes seconds; a snapshot lets others go on meanwhile.
	return s.Snapshot().st.export()
}

func (st *state) export() []byte {
	b := []byte("{\n\"version\": " + strconv.Itoa(exportVersion) + ",\n\"account\": ")
	b = st.account.AppendJSON(b)
	b = exportTable(b, "courses", &st.courses, appendCourseSeed)
	b = exportTable(b, "contacts", &st.contacts, Contact.AppendJSON)
	b = exportTable(b, "enrollments", &st.enrollments, appendEnrollmentSeed)
	b = exportTable(b, "events", &st.events, appendEventSeed)
	b = exportTable(b, "registrations", &st.registrations, Registration.AppendJSON)
	b = exportTable(b, "webhooks", &st.webhooks, Webhook.AppendJSONWithSecret)
	b = exportTable(b, "deliveries", &st.deliveries, Delivery.AppendJSON)
	b = exportTable(b, "orders", &st.orders, appendPlain[Order])
	b = exportTable(b, "payments", &st.payments, appendPlain[Payment])
	b = exportTable(b, "subscriptions", &st.subscriptions, appendPlain[Subscription])
	b = exportTable(b, "emails", &st.emails, appendPlain[Email])
	b = append(b, ",\n\"ids\": "...)
	o := newObject(b)
	for i, prefix := range prefixes {
		if n := st.counters[i]; n > 0 {
			o.num(prefix, int64(n))
		}
	}
	return append(o.end(), "\n}\n"...)
}

// exportTable appends a list, or nothing if it is empty.
func exportTable[T any](b []byte, name string, t *table[T], write func(T, []byte) []byte) []byte {
	before := ",\n\"" + name + "\": [\n  "
	t.each(func(r *row[T]) bool {
		b = append(b, before...)
		b = write(r.v, b)
		before = ",\n  "
		return true
	})
	if t.rows.Len() > 0 {
		b = append(b, "\n]"...)
	}
	return b
}

func appendCourseSeed(c Course, b []byte) []byte {
	o := newObject(b)
	o.str("id", c.ID)
	o.str("title", c.Title)
	o.str("slug", c.Slug)
	o.str("description", c.Description)
	o.obj("price", c.Price)
	o.str("currency", c.Currency)
	o.str("status", c.Status)
	o.key("lessons")
	o.b = appendList(o.b, c.Lessons)
	o.time("created_at", c.CreatedAt)
	o.time("updated_at", c.UpdatedAt)
	return o.end()
}

// AppendJSON implements Renderer.
func (l Lesson) AppendJSON(b []byte) []byte {
	o := newObject(b)
	o.str("id", l.ID)
	o.str("title", l.Title)
	return o.end()
}

func appendEnrollmentSeed(e Enrollment, b []byte) []byte {
	o := newObject(b)
	o.str("id", e.ID)
	o.str("course_id", e.CourseID)
	o.str("user_email", e.UserEmail)
	if e.ContactID != "" {
		o.str("contact_id", e.ContactID)
	}
	o.str("status", e.Status)
	o.strs("lessons_done", e.LessonsDone)
	if e.LessonsTotal > 0 {
		o.int("lessons_total", e.LessonsTotal)
	}
	o.time("last_activity", e.LastActivity)
	o.int("minutes_spent", e.MinutesSpent)
	o.time("created_at", e.CreatedAt)
	o.time("updated_at", e.UpdatedAt)
	o.time("completed_at", e.CompletedAt)
	return o.end()
}

func appendEventSeed(e Event, b []byte) []byte {
	o := newObject(b)
	o.str("id", e.ID)
	o.str("title", e.Title)
	o.time("start_time", e.StartTime)
	o.int("duration_minutes", e.DurationMinutes)
	if e.Recurring != nil {
		o.obj("recurring", *e.Recurring)
	}
	o.bool("cancelled", e.Cancelled)
	o.time("created_at", e.CreatedAt)
	o.time("updated_at", e.UpdatedAt)
	return o.end()
}

// appendPlain appends what has no place in the API and so no bytes to keep to.
func appendPlain[T any](v T, b []byte) []byte {
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	// The types it is used for hold nothing that encoding/json refuses.
	_ = enc.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
