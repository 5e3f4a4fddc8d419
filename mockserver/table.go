package mockserver

// table holds everything the API can do, resource by resource.
var table = []endpoint{
	{Route{CoursesList, "GET", "/courses", coursesRead, documented, params("page", "limit"), nil}, coursesList},
	{Route{CoursesCreate, "POST", "/courses", coursesWrite, documented, nil, fields("title", "description", "price", "currency")}, coursesCreate},
	{Route{CoursesGet, "GET", "/courses/{id}", coursesRead, documented, nil, nil}, coursesGet},
	{Route{CoursesUpdate, "PATCH", "/courses/{id}", coursesWrite, documented, nil, fields("title", "description", "price", "currency", "status")}, coursesUpdate},
	{Route{CoursesDelete, "DELETE", "/courses/{id}", coursesWrite, documented, nil, nil}, coursesDelete},
}

// allPermissions are those that the operations ask for.
var allPermissions = []string{
	coursesRead, coursesWrite,
	enrollmentsRead, enrollmentsWrite,
	contactsRead, contactsWrite,
	eventsRead, eventsWrite,
	webhooksRead, webhooksWrite,
	accountRead,
}
