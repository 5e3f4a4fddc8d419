package mockserver

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// defaultKey is the key of the API guide's own test.
const defaultKey = "test_key_123"

// sandboxPrefix begins the keys of the sandbox.
const sandboxPrefix = "test_key_"

// apiKey is what the fake knows about a key.
type apiKey struct {
	token       string
	label       string   // for the journal, which does not show keys
	permissions []string // nil for all
	revoked     bool
}

func (k *apiKey) allows(permission string) bool {
	return k.permissions == nil || slices.Contains(k.permissions, permission)
}

// keyring holds the keys. Those that were never registered but belong to the
// sandbox by their name are good too.
type keyring struct {
	mu    sync.Mutex
	keys  map[string]*apiKey
	first string
	count int
}

// register makes a key good for the permissions, or for everything without
// any.
func (k *keyring) register(token string, permissions []string) error {
	if strings.TrimSpace(token) == "" {
		return errors.New("API key: it is empty")
	}
	if i := strings.IndexFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }); i >= 0 {
		// Not shown: it may be someone's real key with a line end.
		return fmt.Errorf("API key: the character at position %d cannot stand in a header", i)
	}
	for _, p := range permissions {
		if !slices.Contains(allPermissions, p) {
			return fmt.Errorf("API key: unknown permission %q%s", p, didYouMean(p, allPermissions))
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first == "" {
		k.first = token
	}
	k.put(&apiKey{token: token, permissions: slices.Clone(permissions)})
	return nil
}

// put stores a new key or changes what is known about one, under the lock. A
// request in progress keeps what it has looked up.
func (k *keyring) put(key *apiKey) {
	if known := k.keys[key.token]; known != nil {
		key.label = known.label
	} else {
		k.count++
		key.label = fmt.Sprintf("key %d", k.count)
	}
	if k.keys == nil {
		k.keys = make(map[string]*apiKey)
	}
	k.keys[key.token] = key
}

// revoke makes a key bad from now on.
func (k *keyring) revoke(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.put(&apiKey{token: token, revoked: true})
}

// maxKeys bounds the sandbox keys that are remembered.
const maxKeys = 10_000

// find returns the key, or the reason for which it is not good.
func (k *keyring) find(token string) (*apiKey, string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := k.keys[token]
	switch {
	case key != nil && key.revoked:
		return nil, "the API key has been revoked"
	case key != nil:
		return key, ""
	case strings.HasPrefix(token, sandboxPrefix) && len(token) > len(sandboxPrefix):
		key = &apiKey{token: token}
		if len(k.keys) >= maxKeys {
			key.label = "another key"
			return key, ""
		}
		k.put(key)
		return key, ""
	case strings.HasPrefix(token, "sk_live_"), strings.HasPrefix(token, "pk_live_"):
		return nil, "the API key belongs to the production environment, and this is the sandbox: use a " + sandboxPrefix + "… key"
	default:
		return nil, "unknown API key"
	}
}

// main is the key that the server hands to its users.
func (k *keyring) main() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first == "" {
		return defaultKey
	}
	return k.first
}

// authenticate is the stage that finds out whose request it is and whether
// the key has the permission. It comes before 404 and 405.
func (s *Server) authenticate(c *call) *reply {
	header := c.request.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	var key *apiKey
	var reason string
	switch {
	case header == "":
		reason = "no API key: send the header Authorization: Bearer YOUR_API_KEY"
	case !strings.EqualFold(scheme, "Bearer"):
		reason = "the Authorization header has no Bearer token: send Authorization: Bearer YOUR_API_KEY"
	case token == "":
		reason = "no API key after Bearer in the Authorization header"
	default:
		key, reason = s.keys.find(token)
	}
	if key != nil {
		c.key = key
		if c.endpoint != nil && !key.allows(c.endpoint.Permission) {
			reason = "the API key lacks the permission " + c.endpoint.Permission
		}
	}
	if reason == "" {
		return nil
	}
	return errorf(http.StatusUnauthorized, "Unauthorized: %s", reason).set("WWW-Authenticate", `Bearer realm="selgora"`)
}
