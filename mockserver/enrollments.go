package mockserver

import (
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

func enrollmentsList(s *Server, c *call) *reply {
	var (
		filter store.EnrollmentFilter
		bad    *reply
	)
	if filter.CourseID, bad = text(c, "course_id"); bad != nil {
		return bad
	}
	if filter.Status, bad = text(c, "status"); bad != nil {
		return bad
	}
	params, bad := paging(c)
	if bad != nil {
		return bad
	}
	page, err := s.store.ListEnrollments(filter, params)
	return answer(http.StatusOK, page, err)
}

func enrollmentsGet(s *Server, c *call) *reply {
	enrollment, err := s.store.GetEnrollment(c.ids[0])
	return answer(http.StatusOK, enrollment, err)
}

func enrollmentsCreate(s *Server, c *call) *reply {
	in, bad := input[store.EnrollmentInput](c)
	if bad != nil {
		return bad
	}
	enrollment, created, err := s.store.CreateEnrollment(in)
	return answer(createdOr200(created), enrollment, err)
}

func enrollmentsCancel(s *Server, c *call) *reply {
	enrollment, err := s.store.CancelEnrollment(c.ids[0])
	return answer(http.StatusOK, enrollment, err)
}

func enrollmentsProgress(s *Server, c *call) *reply {
	progress, err := s.store.GetProgress(c.ids[0])
	return answer(http.StatusOK, progress, err)
}

func enrollmentsCreateBatch(s *Server, c *call) *reply {
	in, bad := input[store.BatchInput](c)
	if bad != nil {
		return bad
	}
	result, err := s.store.EnrollBatch(in)
	return answer(http.StatusOK, result, err)
}
