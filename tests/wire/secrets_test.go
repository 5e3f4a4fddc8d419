package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/selgora/selgora-go"
)

// verbs are all letters that fmt can be given, known or not.
func verbs() []string {
	var all []string
	for _, flags := range []string{"", "+", "#", "-20", "# ", "x", "[1]"} {
		for c := 'A'; c <= 'z'; c++ {
			if c <= 'Z' || c >= 'a' {
				all = append(all, "%"+flags+string(c))
			}
		}
	}
	return all
}

// spell is a secret in the forms in which fmt could write it.
func spell(secret string) []string {
	return []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("% x", secret),
		strings.Trim(fmt.Sprint([]byte(secret)), "[]"), fmt.Sprintf("%#v", []byte(secret)[:8])[7:40]}
}

// checkSecret prints values with every verb.
func checkSecret(t *testing.T, secret string, values map[string]any) {
	t.Helper()
	forms := spell(secret)
	for name, v := range values {
		for _, verb := range verbs() {
			text := fmt.Sprintf(verb, v)
			for _, form := range forms {
				if strings.Contains(text, form) {
					t.Errorf("%s shows the secret under %s: %s", name, verb, text)
				}
			}
		}
	}
}

// chain returns an error and all that it unwraps to.
func chain(err error) []error {
	if err == nil {
		return nil
	}
	all := []error{err}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		all = append(all, chain(u.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			all = append(all, chain(inner)...)
		}
	}
	return all
}

func TestKeyIsNotPrinted(t *testing.T) {
	var ctx context.Context
	var hidden struct{ c selgora.Client }
	client := newClient(t, selgora.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			ctx = req.Context()
			return next.RoundTrip(req)
		})
	}), inProcess(func(req *http.Request) (*http.Response, error) { return respond(req, 200, courseJSON), nil }))
	if err := getCourse(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	hidden.c = *client
	checkSecret(t, testKey, map[string]any{
		"Client": *client, "*Client": client, "a field": hidden, "a slice": []selgora.Client{*client}, "a map": map[string]*selgora.Client{"x": client},
		"Courses": client.Courses, "*Courses": *client.Courses, "Enrollments": *client.Enrollments, "Contacts": *client.Contacts,
		"Events": *client.Events, "Webhooks": *client.Webhooks, "Account": *client.Account,
		"context": ctx, "Option": selgora.WithAPIKeyFunc(func(context.Context) (string, error) { return testKey, nil }),
	})
	if got := fmt.Sprintf("%v %+v %d", client, *client, client); got != strings.TrimSpace(strings.Repeat("selgora.Client{"+wireBase+"} ", 3)) {
		t.Errorf("printed as %q", got)
	}
	if got := fmt.Sprint(selgora.Client{}); got != "selgora.Client{}" {
		t.Errorf("the zero Client is printed as %q", got)
	}
}

// A server, a proxy or a transport that repeats the key, anywhere.
func TestEchoedKeyIsRedacted(t *testing.T) {
	echo := func(status int, body string, header ...string) roundTripper {
		return func(req *http.Request) (*http.Response, error) { return respond(req, status, body, header...), nil }
	}
	for name, rt := range map[string]roundTripper{
		"message":     echo(401, `{"error":"unknown key `+testKey+`"}`),
		"object":      echo(401, `{"error":{"message":"unknown key","code":"`+testKey+`"}}`),
		"fields":      echo(422, `{"error":"x","fields":{"key":"is `+testKey+`","`+testKey+`":"is a key"}}`),
		"HTML":        echo(403, "<p>"+testKey+"</p>"),
		"header":      echo(400, "", "X-Request-Id: "+testKey, "X-Debug: Bearer "+testKey, "Location: /?k="+testKey, "Content-Type: text/"+testKey),
		"retried":     echo(503, testKey),
		"redirect":    echo(302, testKey, "Location: http://[::1?"+testKey),
		"no JSON":     echo(200, testKey),
		"wrong type":  echo(200, `{"id":"x","created_at":"`+testKey+`"}`),
		"wrong price": echo(200, `{"id":"x","price":"`+testKey+`"}`),
		"too large":   echo(200, strings.Repeat(testKey, 100)),
		"wire": func(req *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("cannot write %q: %w", req.Header, errors.New(testKey))
		},
	} {
		for _, id := range []string{"course_1", testKey} {
			t.Run(name, func(t *testing.T) {
				var logs logBuffer
				client := newClient(t, inProcess(rt), selgora.WithRetryWait(0, 0), selgora.WithLogger(debugLogger(&logs)), selgora.WithMaxResponseBytes(1000))
				var resp selgora.Response
				_, err := client.Courses.Get(t.Context(), id, selgora.WithResponse(&resp))
				if err == nil {
					t.Fatal("no error")
				}
				values := map[string]any{"Response": resp, "*Response": &resp, "log": logs.buf.String()}
				for i, e := range chain(err) {
					values[fmt.Sprintf("error %d (%T)", i, e)] = e
				}
				var e *selgora.Error
				if errors.As(err, &e) {
					values["Error"] = *e
				}
				checkSecret(t, testKey, values)
				if shown := err.Error() + string(resp.Body) + fmt.Sprint(resp.Header); name != "too large" && !strings.Contains(shown, "[redacted]") && !strings.Contains(logs.buf.String(), "[redacted]") {
					t.Errorf("nothing was redacted in %s: does the test test anything?", shown)
				}
			})
		}
	}
}

// A key of other characters than letters and digits, as servers, proxies and
// their pages write it.
func TestEscapedKeyIsRedacted(t *testing.T) {
	const key = `sk_live_ab/cd<ef"gh\ij&kl+mn='`
	for _, form := range []string{
		key,
		`sk_live_ab/cd<ef\"gh\\ij&kl+mn='`,
		`sk_live_ab\/cd<ef\"gh\\ij&kl+mn='`,
		`sk_live_ab/cd\u003cef\"gh\\ij\u0026kl+mn='`,
		`sk_live_ab\/cd\u003cef\"gh\\ij\u0026kl+mn='`,
		`sk_live_ab/cd&lt;ef&#34;gh\ij&amp;kl+mn=&#39;`,
		`sk_live_ab%2Fcd%3Cef%22gh%5Cij%26kl%2Bmn%3D%27`,
		`sk_live_ab%2Fcd%3Cef%22gh%5Cij&kl+mn=%27`,
	} {
		var logs logBuffer
		client, err := selgora.NewClient(key, selgora.WithBaseURL(wireBase), selgora.WithLogger(debugLogger(&logs)), inProcess(func(req *http.Request) (*http.Response, error) {
			return respond(req, 401, `{"error":"no key `+form+`"}`, "X-Debug: "+form), nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		var resp selgora.Response
		e := asError(t, getCourse(t.Context(), client, selgora.WithResponse(&resp)))
		for name, text := range map[string]string{"Message": e.Message, "Error.Body": string(e.Body), "Error": e.Error(), "Body": string(resp.Body), "Header": resp.Header.Get("X-Debug"), "log": logs.buf.String()} {
			if strings.Contains(text, "sk_live") || strings.Contains(text, "kl+mn") || strings.Contains(text, "kl%2Bmn") {
				t.Errorf("%s holds the key, echoed as %s: %s", name, form, text)
			}
		}
		if want := `{"error":"no key [redacted]"}`; string(resp.Body) != want || string(e.Body) != want {
			t.Errorf("body %s, want %s", resp.Body, want)
		}
	}
}

func TestRotatingKeys(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		keys := []string{"first_secret_key", "second_secret_key", "third_secret_key"}
		n := 0
		var used []string
		var logs logBuffer
		client, err := selgora.NewClient("", selgora.WithBaseURL(wireBase), selgora.WithRetryWait(0, 0), selgora.WithLogger(debugLogger(&logs)),
			selgora.WithAPIKeyFunc(func(context.Context) (string, error) { n++; return keys[n-1], nil }),
			inProcess(func(req *http.Request) (*http.Response, error) {
				used = append(used, req.Header.Get("Authorization"))
				return respond(req, 503, `{"error":"not `+strings.Join(keys[:n], " or ")+`"}`), nil
			}))
		if err != nil {
			t.Fatal(err)
		}
		var resp selgora.Response
		err = getCourse(t.Context(), client, selgora.WithResponse(&resp))
		if got := strings.Join(used, ","); got != "Bearer first_secret_key,Bearer second_secret_key,Bearer third_secret_key" {
			t.Errorf("used %s", got)
		}
		for _, key := range keys {
			checkSecret(t, key, map[string]any{"error": err, "Error": *asError(t, err), "Response": resp, "log": logs.buf.String()})
		}
	})
}

func TestKeyFuncFails(t *testing.T) {
	mine := errors.New("vault is sealed")
	for name, tt := range map[string]struct {
		key  string
		err  error
		says string
	}{
		"error":       {"", mine, "vault is sealed"},
		"empty":       {"", nil, "empty"},
		"line break":  {"secret_key\n", nil, "line break"},
		"environment": {"test_key_123", nil, "sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			sent, asked := 0, 0
			client, err := selgora.NewClient("", selgora.WithEnvironment(selgora.Production),
				selgora.WithAPIKeyFunc(func(context.Context) (string, error) { asked++; return tt.key, tt.err }),
				inProcess(func(req *http.Request) (*http.Response, error) { sent++; return respond(req, 200, courseJSON), nil }))
			if err != nil {
				t.Fatal(err)
			}
			err = createCourse(t.Context(), client)
			if err == nil || !errors.Is(err, selgora.ErrNotSent) || !strings.Contains(err.Error(), tt.says) || sent != 0 || asked != 1 {
				t.Errorf("error %v, sent %d, asked %d", err, sent, asked)
			}
			if (tt.err != nil) != errors.Is(err, mine) {
				t.Errorf("%v matches the function's error: %v", err, errors.Is(err, mine))
			}
			if tt.key != "" && strings.Contains(err.Error(), strings.TrimSpace(tt.key)) {
				t.Errorf("the key is in %v", err)
			}
		})
	}
}

type opaque struct{ err error }

func (e *opaque) Error() string { return "gateway trouble" }
func (e *opaque) Unwrap() error { return e.err }

// "Queries appear in none, however transports wrap their errors": error
// reporters walk the chain and show each.
func TestNoErrorOfTheChainShowsAQuery(t *testing.T) {
	for name, wrap := range map[string]func(error) error{
		"plain":  func(err error) error { return err },
		"text":   func(err error) error { return fmt.Errorf("proxy: %w", err) },
		"opaque": func(err error) error { return &opaque{err} },
		"joined": func(err error) error { return errors.Join(errors.New("a"), &opaque{err}) },
	} {
		var log bytes.Buffer
		client := newClient(t, selgora.WithMaxRetries(0),
			selgora.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			inProcess(func(req *http.Request) (*http.Response, error) {
				return nil, wrap(&url.Error{Op: "Get", URL: req.URL.String(), Err: errors.New("refused " + req.Header.Get("Authorization"))})
			}))
		_, err := client.Contacts.List(t.Context(), &selgora.ContactListParams{Tag: "ann@example.com"})
		for _, err := range chain(err) {
			if text := err.Error() + fmt.Sprintf("%+v %#v", err, err); strings.Contains(text, "example.com") || strings.Contains(text, testKey) {
				t.Errorf("%s: %T: %s", name, err, text)
			}
		}
		var u *url.Error
		if errors.As(err, &u) {
			t.Errorf("%s: errors.As finds %s", name, u.URL)
		}
		if strings.Contains(log.String(), "example.com") || strings.Contains(log.String(), testKey) {
			t.Errorf("%s: log: %s", name, &log)
		}
	}
}

// Nor in another spelling of the escapes, or escaped once more.
func TestQueriesInOtherForms(t *testing.T) {
	for name, text := range map[string]func(*http.Request) string{
		"lower hex": func(r *http.Request) string {
			return strings.NewReplacer("%2B", "%2b").Replace(r.URL.RawQuery)
		},
		"twice": func(r *http.Request) string { return "http://proxy.example/?url=" + url.QueryEscape(r.URL.String()) },
	} {
		client := newClient(t, selgora.WithMaxRetries(0), inProcess(func(req *http.Request) (*http.Response, error) {
			return nil, errors.New("no way: " + text(req))
		}))
		_, err := client.Contacts.List(t.Context(), &selgora.ContactListParams{Tag: "ann+x@example.com", Limit: 3})
		if strings.Contains(err.Error(), "ann") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
