package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/money"
)

// deadline is what a call has, of the contenders that have one.
const deadline = 30 * time.Second

// Client is one contender: each method makes and checks one call.
type Client struct {
	Name    string
	Get     func() error
	List    func() error
	Iterate func() error
	Create  func() error
}

var errWrong = errors.New("wrong answer")

func check(ok bool) error {
	if !ok {
		return errWrong
	}
	return nil
}

// SDK is this module's client.
func SDK(w Way, opts ...selgora.Option) (Client, error) {
	client, err := selgora.NewClient("sk_live_bench", append([]selgora.Option{
		selgora.WithBaseURL(w.BaseURL), selgora.WithHTTPClient(&http.Client{Transport: w.Transport}),
		// A benchmark makes more calls than any budget; the limiter is there.
		selgora.WithRateLimit(selgora.RateLimit{PerHour: 1 << 40, PerMinute: 1 << 40, Concurrent: 64}),
	}, opts...)...)
	if err != nil {
		return Client{}, err
	}
	ctx := context.Background()
	return Client{
		Name: "selgora",
		Get: func() error {
			c, err := client.Courses.Get(ctx, "course_abc123")
			if err != nil {
				return err
			}
			return check(c.EnrolledCount == 1250)
		},
		List: func() error {
			p, err := client.Courses.List(ctx, &selgora.CourseListParams{Page: 1, Limit: 50})
			if err != nil {
				return err
			}
			return check(len(p.Data) == 50)
		},
		Iterate: func() error {
			n := 0
			for c, err := range client.Courses.All(ctx, &selgora.CourseListParams{Limit: 50}) {
				if err != nil {
					return err
				}
				n += len(c.ID)
			}
			return check(n == 50*pages*len("course_abc123"))
		},
		Create: func() error {
			c, err := client.Courses.Create(ctx, &selgora.CourseCreateParams{Title: "Digital Marketing Mastery", Price: money.FromInt(497)})
			if err != nil {
				return err
			}
			return check(c.EnrolledCount == 1250)
		},
	}, nil
}

// page is a list's answer for the peers, in the SDK's own types: what is
// compared is the way there, not the structs.
type page struct {
	Data []selgora.Course `json:"data"`
	Meta selgora.Meta     `json:"meta"`
}

// send makes a request and decodes its answer.
type send func(ctx context.Context, method, url string, body, out any) error

func peer(name string, w Way, do send) Client {
	return peerWith(name, w, func(ctx context.Context, method, url string, body, out any) error {
		ctx, cancel := context.WithTimeout(ctx, deadline)
		defer cancel()
		return do(ctx, method, url, body, out)
	})
}

func peerWith(name string, w Way, do send) Client {
	call := func(method, path string, body, out any) error {
		return do(context.Background(), method, w.BaseURL+path, body, out)
	}
	return Client{
		Name: name,
		Get: func() error {
			var c selgora.Course
			if err := call("GET", "/courses/course_abc123", nil, &c); err != nil {
				return err
			}
			return check(c.EnrolledCount == 1250)
		},
		List: func() error {
			var p page
			if err := call("GET", "/courses?page=1&limit=50", nil, &p); err != nil {
				return err
			}
			return check(len(p.Data) == 50)
		},
		Iterate: func() error {
			n := 0
			for i := 1; ; i++ {
				var p page
				if err := call("GET", "/courses?page="+strconv.Itoa(i)+"&limit=50", nil, &p); err != nil {
					return err
				}
				for j := range p.Data {
					n += len(p.Data[j].ID)
				}
				if i >= p.Meta.TotalPages {
					break
				}
			}
			return check(n == 50*pages*len("course_abc123"))
		},
		Create: func() error {
			var c selgora.Course
			in := &selgora.CourseCreateParams{Title: "Digital Marketing Mastery", Price: money.FromInt(497)}
			if err := call("POST", "/courses", in, &c); err != nil {
				return err
			}
			return check(c.EnrolledCount == 1250)
		},
	}
}

func header(h http.Header, hasBody bool) {
	h.Set("Authorization", "Bearer sk_live_bench")
	h.Set("Accept", "application/vnd.selgora.v1+json")
	h.Set("User-Agent", "bench")
	if hasBody {
		h.Set("Content-Type", "application/json")
	}
}

// decode is how a peer reads a body.
type decode func(io.Reader, any) error

func byDecoder(r io.Reader, out any) error { return json.NewDecoder(r).Decode(out) }

func byReadAll(r io.Reader, out any) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

func finish(resp *http.Response, read decode, out any) error {
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return read(resp.Body, out)
}

func plain(w Way, read decode) send {
	hc := &http.Client{Transport: w.Transport}
	return func(ctx context.Context, method, url string, body, out any) error {
		var r io.Reader
		if body != nil {
			b, err := json.Marshal(body)
			if err != nil {
				return err
			}
			r = bytes.NewReader(b)
		}
		req, err := http.NewRequestWithContext(ctx, method, url, r)
		if err != nil {
			return err
		}
		header(req.Header, body != nil)
		resp, err := hc.Do(req)
		if err != nil {
			return err
		}
		return finish(resp, read, out)
	}
}

// NetHTTP is net/http with a json.Decoder and nothing else, not even a
// deadline: the yardstick.
func NetHTTP(w Way) Client {
	return peerWith("net/http + json.Decoder, no deadline", w, plain(w, byDecoder))
}

// NetHTTPDeadline is the same with a deadline for each call.
func NetHTTPDeadline(w Way) Client { return peer("net/http + json.Decoder", w, plain(w, byDecoder)) }

// NetHTTPReadAll is net/http with io.ReadAll, json.Unmarshal and a deadline.
func NetHTTPReadAll(w Way) Client { return peer("net/http + ReadAll", w, plain(w, byReadAll)) }

// RetryableHTTP is go-retryablehttp as it comes, but silent.
func RetryableHTTP(w Way) Client {
	rc := retryablehttp.NewClient()
	rc.Logger = nil
	rc.HTTPClient = &http.Client{Transport: w.Transport}
	return peer("go-retryablehttp", w, func(ctx context.Context, method, url string, body, out any) error {
		var raw any
		if body != nil {
			b, err := json.Marshal(body)
			if err != nil {
				return err
			}
			raw = b
		}
		req, err := retryablehttp.NewRequestWithContext(ctx, method, url, raw)
		if err != nil {
			return err
		}
		header(req.Header, body != nil)
		resp, err := rc.Do(req)
		if err != nil {
			return err
		}
		return finish(resp, byDecoder, out)
	})
}

// Contenders are all of them, the SDK first and the yardstick second.
func Contenders(w Way) ([]Client, error) {
	sdk, err := SDK(w)
	if err != nil {
		return nil, err
	}
	return []Client{sdk, NetHTTP(w), NetHTTPDeadline(w), NetHTTPReadAll(w), RetryableHTTP(w)}, nil
}

// Row is one line of the table.
type Row struct {
	Name string
	Call func(Client) func() error
}

// Rows are the calls that are compared.
var Rows = []Row{
	{"Get", func(c Client) func() error { return c.Get }},
	{"List 50", func(c Client) func() error { return c.List }},
	{"Iterate 100 pages", func(c Client) func() error { return c.Iterate }},
	{"Create", func(c Client) func() error { return c.Create }},
}
