package mockserver

import (
	"net/http"

	"github.com/selgora/selgora-go/mockserver/internal/store"
)

func coursesList(s *Server, c *call) *reply {
	params, bad := paging(c)
	if bad != nil {
		return bad
	}
	page, err := s.store.ListCourses(params)
	return answer(http.StatusOK, page, err)
}

func coursesGet(s *Server, c *call) *reply {
	course, err := s.store.GetCourse(c.ids[0])
	return answer(http.StatusOK, course, err)
}

func coursesCreate(s *Server, c *call) *reply {
	in, bad := input[store.CourseInput](c)
	if bad != nil {
		return bad
	}
	course, err := s.store.CreateCourse(in)
	return answer(http.StatusCreated, course, err)
}

func coursesUpdate(s *Server, c *call) *reply {
	in, bad := input[store.CourseChange](c)
	if bad != nil {
		return bad
	}
	course, err := s.store.UpdateCourse(c.ids[0], in)
	return answer(http.StatusOK, course, err)
}

func coursesDelete(s *Server, c *call) *reply {
	deleted, err := s.store.DeleteCourse(c.ids[0])
	return answer(http.StatusOK, deleted, err)
}
