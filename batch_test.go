package selgora_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
)

// school is a server of batches that counts enrollments.
type school struct {
	mu       sync.Mutex
	enrolled map[string]int
	requests int
	busy     int
	maxBusy  int
	took     time.Duration
	fail     func(n int, emails []string) (status int, body string) // 0: carry it out
}

func (s *school) RoundTrip(req *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(req.Body)
	var in struct {
		CourseID string `json:"course_id"`
		Emails   []string
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.requests++
	n := s.requests
	s.busy++
	s.maxBusy = max(s.maxBusy, s.busy)
	s.mu.Unlock()
	select {
	case <-time.After(s.took):
	case <-req.Context().Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if s.fail != nil {
		if status, body := s.fail(n, in.Emails); status != 0 {
			return respond(req, status, body), nil
		}
	}
	type entry struct {
		ID        string `json:"id"`
		UserEmail string `json:"user_email"`
		Created   bool   `json:"created"`
	}
	type problem struct {
		Email string `json:"email"`
		Error string `json:"error"`
	}
	var out struct {
		Data   []entry   `json:"data"`
		Errors []problem `json:"errors"`
	}
	out.Data = []entry{}
	for _, email := range in.Emails {
		if !strings.Contains(email, "@") {
			out.Errors = append(out.Errors, problem{email, "no address"})
			continue
		}
		key := strings.ToLower(email)
		s.enrolled[key]++
		out.Data = append(out.Data, entry{"enr_" + key, key, s.enrolled[key] == 1})
	}
	slices.Reverse(out.Data) // an answer need not keep the order
	b, _ := json.Marshal(out)
	return respond(req, http.StatusOK, string(b)), nil
}

func (s *school) client(t *testing.T, opts ...selgora.Option) *selgora.Client {
	return newClient(t, append([]selgora.Option{inProcess(s.RoundTrip), selgora.WithoutRateLimit(), selgora.WithRetryWait(0, 0)}, opts...)...)
}

func addresses(n int) []string {
	emails := make([]string, n)
	for i := range emails {
		emails[i] = fmt.Sprintf("student%05d@example.com", i)
	}
	return emails
}

func TestCreateBatchMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &school{enrolled: map[string]int{}, took: time.Second}
		emails := addresses(10_000)
		var last selgora.BatchProgress
		res, err := s.client(t).Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{
			CourseID: "course_1", Emails: emails, Concurrency: 7,
			OnProgress: func(p selgora.BatchProgress) {
				if p.Done != last.Done+len(p.Items) {
					t.Errorf("progress went from %d to %d with %d items", last.Done, p.Done, len(p.Items))
				}
				last = p
				last.Items = nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if s.requests != 200 || s.maxBusy != 7 {
			t.Errorf("%d requests, %d at once; want 200 and 7", s.requests, s.maxBusy)
		}
		if diff := cmp.Diff(selgora.BatchProgress{Done: 10_000, Total: 10_000}, last); diff != "" {
			t.Errorf("last progress (-want +got):\n%s", diff)
		}
		for i, it := range res.Items {
			if it.Email != emails[i] || it.Status != selgora.BatchEnrolled || it.Enrollment.UserEmail != emails[i] {
				t.Fatalf("item %d is %+v", i, it)
			}
		}
		if len(s.enrolled) != 10_000 {
			t.Errorf("%d students enrolled", len(s.enrolled))
		}
	})
}

// TestCreateBatchWithinLimits proves that the batch keeps to the documented
// limits by itself, however long that takes.
func TestCreateBatchWithinLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &school{enrolled: map[string]int{}, took: 100 * time.Millisecond}
		client := newClient(t, inProcess(s.RoundTrip))
		start := time.Now()
		res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{
			CourseID: "course_1", Emails: addresses(10_000), Concurrency: 50,
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := res.Count(selgora.BatchEnrolled); n != 10_000 {
			t.Errorf("%d enrolled", n)
		}
		if s.maxBusy > 10 {
			t.Errorf("%d requests at once", s.maxBusy)
		}
		// 100 at once, the other 100 when the first of these count no longer.
		if took := time.Since(start); took < 60*time.Second || took > 65*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestCreateBatchItems(t *testing.T) {
	s := &school{enrolled: map[string]int{"old@example.com": 1}}
	res, err := s.client(t).Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{
		CourseID: "course_1",
		Emails:   []string{"new@example.com", " ", "old@example.com", "nonsense", "NEW@example.com", " spaced@example.com\n", "nonsense"},
	})
	type item struct {
		Email     string
		Status    selgora.BatchStatus
		Duplicate bool
		ID        string
	}
	var got []item
	for _, it := range res.Items {
		i := item{Email: it.Email, Status: it.Status, Duplicate: it.Duplicate}
		if it.Enrollment != nil {
			i.ID = it.Enrollment.ID
		}
		got = append(got, i)
	}
	want := []item{
		{"new@example.com", selgora.BatchEnrolled, false, "enr_new@example.com"},
		{" ", selgora.BatchNotSent, false, ""},
		{"old@example.com", selgora.BatchAlreadyEnrolled, false, "enr_old@example.com"},
		{"nonsense", selgora.BatchFailed, false, ""},
		{"NEW@example.com", selgora.BatchEnrolled, true, "enr_new@example.com"},
		{" spaced@example.com\n", selgora.BatchEnrolled, false, "enr_spaced@example.com"},
		{"nonsense", selgora.BatchFailed, true, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{" ", "nonsense"}, res.Refused()); diff != "" || res.Retryable() != nil {
		t.Errorf("retryable: %q; refused (-want +got):\n%s", res.Retryable(), diff)
	}
	var batch *selgora.BatchError
	if !errors.As(err, &batch) || batch.Failed != 3 || batch.Total != 7 {
		t.Errorf("error is %#v", err)
	}
	var refused *selgora.BatchItemError
	if !errors.As(err, &refused) || refused.Email != "nonsense" || refused.Message != "no address" {
		t.Errorf("no refused address in %v", err)
	}
	var param *selgora.ParamError
	if !errors.As(err, &param) || param.Field != "EnrollmentCreateBatchParams.Emails[1]" {
		t.Errorf("no blank address in %v", err)
	}
}

func TestCreateBatchFailedChunk(t *testing.T) {
	s := &school{enrolled: map[string]int{}}
	s.fail = func(_ int, emails []string) (int, string) {
		if slices.Contains(emails, "student00060@example.com") {
			return http.StatusInternalServerError, `{"error":"broken"}`
		}
		return 0, ""
	}
	client := s.client(t)
	params := &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(170)}
	res, err := client.Enrollments.CreateBatch(t.Context(), params)
	if !errors.Is(err, selgora.ErrServer) {
		t.Errorf("error is %v", err)
	}
	if diff := cmp.Diff(addresses(170)[50:100], res.Retryable()); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if s.requests != 4 {
		t.Errorf("%d requests: a batch of unknown outcome must not be repeated by itself", s.requests)
	}
	s.fail = nil
	res, err = client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: res.Retryable()})
	if err != nil || len(res.Items) != 50 {
		t.Errorf("second call: %d items, %v", len(res.Items), err)
	}
	for email, n := range s.enrolled {
		if n != 1 {
			t.Errorf("%s enrolled %d times", email, n)
		}
	}
	if len(s.enrolled) != 170 {
		t.Errorf("%d students enrolled", len(s.enrolled))
	}
}

func TestCreateBatchCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &school{enrolled: map[string]int{}, took: time.Second}
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		start := time.Now()
		res, err := s.client(t).Enrollments.CreateBatch(ctx, &selgora.EnrollmentCreateBatchParams{
			CourseID: "course_1", Emails: addresses(1000), Concurrency: 2,
		})
		if took := time.Since(start); took != 2500*time.Millisecond {
			t.Errorf("returned after %v", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		got := []int{res.Count(selgora.BatchEnrolled), res.Count(selgora.BatchFailed), res.Count(selgora.BatchNotSent)}
		if diff := cmp.Diff([]int{200, 100, 700}, got); diff != "" {
			t.Errorf("enrolled, failed, not sent (-want +got):\n%s", diff)
		}
		if n := len(res.Retryable()); n != 800 {
			t.Errorf("%d addresses to pass on", n)
		}
	})
}

func TestCreateBatchBadParams(t *testing.T) {
	client := newClient(t, inProcess(func(*http.Request) (*http.Response, error) {
		t.Error("something was sent")
		return nil, errors.New("no")
	}))
	for field, params := range map[string]*selgora.EnrollmentCreateBatchParams{
		"EnrollmentCreateBatchParams":             nil,
		"EnrollmentCreateBatchParams.CourseID":    {CourseID: " ", Emails: []string{"a@example.com"}},
		"EnrollmentCreateBatchParams.Concurrency": {CourseID: "course_1", Concurrency: -1},
	} {
		res, err := client.Enrollments.CreateBatch(t.Context(), params)
		var bad *selgora.ParamError
		if res != nil || !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	res, err := client.Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{CourseID: "course_1"})
	if err != nil || len(res.Items) != 0 {
		t.Errorf("no addresses: %v, %v", res, err)
	}
}

func TestCreateBatchResponse(t *testing.T) {
	s := &school{enrolled: map[string]int{}}
	var resp selgora.Response
	if _, err := s.client(t).Enrollments.CreateBatch(t.Context(), &selgora.EnrollmentCreateBatchParams{
		CourseID: "course_1", Emails: addresses(1000), Concurrency: 20,
	}, selgora.WithResponse(&resp)); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Attempts != 1 || !json.Valid(resp.Body) {
		t.Errorf("response has status %d, %d attempts, body %.40s", resp.StatusCode, resp.Attempts, resp.Body)
	}
}

// What panics in code of the caller's is the caller's to recover, and leaves
// nothing running.
func TestCreateBatchPanics(t *testing.T) {
	boom := func() { panic("mine") }
	for name, tt := range map[string]struct {
		end       func()
		inside    string // which code of the caller's does it
		recovered any
	}{
		"progress":             {boom, "progress", "mine"},
		"progress, by Goexit":  {runtime.Goexit, "progress", nil},
		"transport":            {boom, "transport", "mine"},
		"transport, by Goexit": {runtime.Goexit, "transport", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &school{enrolled: map[string]int{}, took: time.Second}
				opts := []selgora.Option{}
				params := &selgora.EnrollmentCreateBatchParams{CourseID: "course_1", Emails: addresses(2000)}
				calls := 0
				params.OnProgress = func(selgora.BatchProgress) {
					calls++
					if tt.inside == "progress" {
						tt.end()
					}
				}
				if tt.inside == "transport" {
					opts = append(opts, selgora.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
						return roundTripper(func(req *http.Request) (*http.Response, error) {
							resp, err := next.RoundTrip(req)
							tt.end()
							return resp, err
						})
					}))
				}
				ended := make(chan any, 1)
				start := time.Now()
				go func() {
					defer func() { ended <- recover() }()
					res, err := s.client(t, opts...).Enrollments.CreateBatch(t.Context(), params)
					t.Errorf("returned %v, %v", res, err)
				}()
				if got := <-ended; got != tt.recovered {
					t.Errorf("recovered %v, want %v", got, tt.recovered)
				}
				if took := time.Since(start); took != time.Second {
					t.Errorf("took %v", took)
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				if calls > 1 || s.busy != 0 || s.requests > 4 {
					t.Errorf("%d calls, %d requests, %d of them under way", calls, s.requests, s.busy)
				}
			})
		})
	}
}
