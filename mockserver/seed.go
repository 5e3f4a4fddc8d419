package mockserver

import (
	"errors"
	"fmt"
	"os"
)

// WithSeedFile fills the account from a file in the form that [Server.Export]
// writes and [Server.Import] reads.
func WithSeedFile(path string) Option {
	return func(c *config) {
		if path == "" {
			c.refuse("WithSeedFile: the path is empty")
			return
		}
		c.seedFile = path
	}
}

// populate puts the first objects in place, to which Reset goes back.
func (s *Server) populate() error {
	switch {
	case s.cfg.sandbox && s.cfg.seedFile != "":
		return errors.New("mockserver: WithSandboxData and WithSeedFile both fill the account: choose one")
	case s.cfg.sandbox:
		s.store.LoadSandbox()
	case s.cfg.seedFile != "":
		seed, err := os.ReadFile(s.cfg.seedFile)
		if err != nil {
			return fmt.Errorf("mockserver: WithSeedFile: %w", err)
		}
		if err := s.store.Import(seed); err != nil {
			return fmt.Errorf("mockserver: WithSeedFile: %s: %w", s.cfg.seedFile, err)
		}
	default:
		return nil
	}
	s.store.SetBaseline()
	s.outbox.resume()
	return nil
}
