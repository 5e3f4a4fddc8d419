package wire_test

import "testing"

// An object that has a "data" of its own is the object, not an envelope.
func TestDataBesideID(t *testing.T) {
	for _, data := range []string{`{}`, `{"id":"other","title":"not this"}`, `{"data":{"id":"other"}}`, `[]`, `[{"id":"other"}]`, `null`, `"text"`, `7`, `true`} {
		for _, body := range []string{
			`{"id":"course_1","title":"Go","data":` + data + `}`,
			`{"data":` + data + `,"id":"course_1","title":"Go"}`,
			`{"data": {"id":"course_1","title":"Go","data":` + data + `}}`,
			`{"data":{"data":` + data + `,"id":"course_1","title":"Go"},"meta":{}}`,
		} {
			server := &wire{script: []reply{response(200, body)}}
			course, err := server.client(t).Courses.Get(t.Context(), "course_1")
			if err != nil || course.ID != "course_1" || course.Title != "Go" {
				t.Errorf("%s: %+v, %v", body, course, err)
			}
		}
	}
}
