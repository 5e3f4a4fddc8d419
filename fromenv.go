package selgora

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	keyVariable         = "SELGORA_API_KEY"
	baseURLVariable     = "SELGORA_BASE_URL"
	environmentVariable = "SELGORA_ENVIRONMENT"
)

// NewClientFromEnv returns a client for the key in SELGORA_API_KEY. The
// address comes from SELGORA_BASE_URL or SELGORA_ENVIRONMENT (production,
// staging or sandbox; not both), unless opts name one. Errors are those of
// [NewClient] and name the variable.
func NewClientFromEnv(opts ...Option) (*Client, error) {
	cfg, key := defaultConfig(), os.Getenv(keyVariable)
	given, err := configure(cfg, opts)
	if err != nil {
		return nil, err
	}
	if given.keyFunc == nil {
		if key == "" {
			return nil, errors.New("selgora: the environment variable " + keyVariable + " is empty or not set")
		}
		if err := checkKey(key, ""); err != nil {
			return nil, inVariable(keyVariable, err)
		}
	}
	from := ""
	if given.baseURL == "" && given.environment == "" {
		if from, err = cfg.addressFromEnv(given.insecureHTTP); err != nil {
			return nil, err
		}
		given.baseURL, given.environment = cfg.baseURL, cfg.environment
	}
	if base, err := resolveBaseURL(key, given.baseURL, given.environment, given.insecureHTTP); err == nil && given.keyFunc == nil {
		if err := checkKey(key, hostEnvironment(base)); err != nil {
			return nil, inVariable(keyVariable+from, err)
		}
	}
	return newClient(key, cfg, opts)
}

// addressFromEnv takes over the variable that is set, if any, and returns its
// name, for an error of both it and the key.
func (c *config) addressFromEnv(insecure bool) (from string, err error) {
	baseURL, env := os.Getenv(baseURLVariable), os.Getenv(environmentVariable)
	switch {
	case baseURL != "" && env != "":
		return "", errors.New("selgora: " + baseURLVariable + " and " + environmentVariable + " are both set; set one of them")
	case baseURL != "":
		if _, err := parseBaseURL(baseURL, insecure); err != nil {
			return "", inVariable(baseURLVariable, err)
		}
		from = " and " + baseURLVariable
	case env != "":
		if Environment(env).BaseURL() == "" {
			return "", fmt.Errorf("selgora: %s: %q is unknown; it is %q, %q or %q", environmentVariable, env, Production, Staging, Sandbox)
		}
		from = " and " + environmentVariable
	}
	c.baseURL, c.environment = baseURL, Environment(env)
	return from, nil
}

func inVariable(names string, err error) error {
	return fmt.Errorf("selgora: %s: %s", names, strings.TrimPrefix(err.Error(), "selgora: "))
}
