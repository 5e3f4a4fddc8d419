package mockserver

import (
	"net/http"
	"strings"
)

// isControl tells whether a path belongs to the server itself and not to the
// API.
func isControl(path string) bool {
	return path == "/livez" || path == "/readyz" || strings.HasPrefix(path, "/_mock/") || path == "/_mock"
}

// control answers requests to the server itself.
func (s *Server) control(c *call) *reply {
	r := jsonReply(http.StatusOK, map[string]string{"status": "ok"})
	r.common(c, s.clock.Now())
	return r
}
