package mockserver

// table holds everything the API can do, resource by resource. Members of
// inner objects follow their field as "field.member"; a field without such
// takes any.
var table = []endpoint{
	{Route{CoursesList, "GET", "/courses", coursesRead, documented, params("page", "limit"), nil}, coursesList},
	{Route{CoursesCreate, "POST", "/courses", coursesWrite, documented, nil, fields("title", "description", "price", "currency")}, coursesCreate},
	{Route{CoursesGet, "GET", "/courses/{id}", coursesRead, documented, nil, nil}, coursesGet},
	{Route{CoursesUpdate, "PATCH", "/courses/{id}", coursesWrite, documented, nil, fields("title", "description", "price", "currency", "status")}, coursesUpdate},
	{Route{CoursesDelete, "DELETE", "/courses/{id}", coursesWrite, documented, nil, nil}, coursesDelete},

	{Route{EnrollmentsList, "GET", "/enrollments", enrollmentsRead, documented, params("page", "limit", "course_id", "status"), nil}, enrollmentsList},
	{Route{EnrollmentsCreate, "POST", "/enrollments", enrollmentsWrite, documented, nil, fields("course_id", "user_email", "notify")}, enrollmentsCreate},
	{Route{EnrollmentsCreateBatch, "POST", "/enrollments/batch", enrollmentsWrite, documented, nil, fields("course_id", "emails")}, enrollmentsCreateBatch},
	{Route{EnrollmentsGet, "GET", "/enrollments/{id}", enrollmentsRead, undocumented, nil, nil}, enrollmentsGet},
	{Route{EnrollmentsCancel, "DELETE", "/enrollments/{id}", enrollmentsWrite, undocumented, nil, nil}, enrollmentsCancel},
	{Route{EnrollmentsProgress, "GET", "/enrollments/{id}/progress", enrollmentsRead, documented, nil, nil}, enrollmentsProgress},

	{Route{ContactsList, "GET", "/contacts", contactsRead, documented, params("page", "limit", "tag", "created_after"), nil}, contactsList},
	{Route{ContactsUpsert, "POST", "/contacts", contactsWrite, documented, nil, fields("email", "first_name", "last_name", "tags", "custom_fields")}, contactsUpsert},
	{Route{ContactsGet, "GET", "/contacts/{id}", contactsRead, undocumented, nil, nil}, contactsGet},
	{Route{ContactsDelete, "DELETE", "/contacts/{id}", contactsWrite, undocumented, nil, nil}, contactsDelete},
	{Route{ContactsAddTags, "POST", "/contacts/{id}/tags", contactsWrite, documented, nil, fields("tags")}, contactsAddTags},

	{Route{EventsList, "GET", "/events", eventsRead, documented, params("page", "limit", "status"), nil}, eventsList},
	{Route{EventsCreate, "POST", "/events", eventsWrite, documented, nil, eventFields}, eventsCreate},
	{Route{EventsGet, "GET", "/events/{id}", eventsRead, undocumented, nil, nil}, eventsGet},
	{Route{EventsUpdate, "PATCH", "/events/{id}", eventsWrite, undocumented, nil, eventFields}, eventsUpdate},
	{Route{EventsDelete, "DELETE", "/events/{id}", eventsWrite, undocumented, nil, nil}, eventsDelete},
	{Route{EventsRegistrations, "GET", "/events/{id}/registrations", eventsRead, undocumented, params("page", "limit"), nil}, eventsRegistrations},
	{Route{EventsRegister, "POST", "/events/{id}/registrations", eventsWrite, documented, nil, fields("email", "name")}, eventsRegister},

	{Route{WebhooksList, "GET", "/webhooks", webhooksRead, undocumented, params("page", "limit"), nil}, webhooksList},
	{Route{WebhooksCreate, "POST", "/webhooks", webhooksWrite, documented, nil, fields("url", "events", "secret", "format")}, webhooksCreate},
	{Route{WebhooksGet, "GET", "/webhooks/{id}", webhooksRead, undocumented, nil, nil}, webhooksGet},
	{Route{WebhooksUpdate, "PATCH", "/webhooks/{id}", webhooksWrite, undocumented, nil, fields("url", "events", "status", "secret", "format")}, webhooksUpdate},
	{Route{WebhooksDelete, "DELETE", "/webhooks/{id}", webhooksWrite, undocumented, nil, nil}, webhooksDelete},
	{Route{WebhooksSendTest, "POST", "/webhooks/{id}/test", webhooksWrite, undocumented, nil, fields("event")}, webhooksSendTest},
	{Route{WebhooksDeliveries, "GET", "/webhooks/{id}/deliveries", webhooksRead, undocumented, params("page", "limit"), nil}, webhooksDeliveries},
	{Route{WebhooksResend, "POST", "/webhooks/{id}/deliveries/{delivery_id}/resend", webhooksWrite, undocumented, nil, nil}, webhooksResend},

	{Route{AccountGet, "GET", "/account", accountRead, documented, nil, nil}, accountGet},
}

var eventFields = fields("title", "start_time", "duration_minutes", "recurring", "recurring.frequency", "recurring.count")

// allPermissions are those that the operations ask for.
var allPermissions = []string{
	coursesRead, coursesWrite,
	enrollmentsRead, enrollmentsWrite,
	contactsRead, contactsWrite,
	eventsRead, eventsWrite,
	webhooksRead, webhooksWrite,
	accountRead,
}
