package readme_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/mockserver"
)

// byHand is what the module replaces.
type byHand struct {
	baseURL, key string
	http         *http.Client
}

func (b byHand) enroll(ctx context.Context, courseID, email string) (string, error) {
	body, err := json.Marshal(map[string]string{"course_id": courseID, "user_email": email})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.baseURL+"/enrollments", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+b.key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode > 299 {
		return "", fmt.Errorf("status %s", resp.Status)
	}
	var enrollment struct {
		ID string `json:"id"`
	}
	err = json.NewDecoder(resp.Body).Decode(&enrollment)
	return enrollment.ID, err
}

func byClient(ctx context.Context, client *selgora.Client, courseID, email string) (string, error) {
	enrollment, err := client.Enrollments.Create(ctx, &selgora.EnrollmentCreateParams{CourseID: courseID, Email: email})
	if err != nil {
		return "", err
	}
	return enrollment.ID, nil
}

func TestMigrationKeepsTheResult(t *testing.T) {
	t.Parallel()
	srv := mockserver.New(t)
	course := srv.AddCourse(mockserver.Course{Title: "Go"})
	old, err := byHand{"https://api.selgora.com/v1", srv.APIKey(), srv.HTTPClient()}.enroll(t.Context(), course.ID, "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	got, err := byClient(t.Context(), srv.Client(), course.ID, "ada@example.com")
	if err != nil || got != old {
		t.Errorf("%q by hand, %q with the client, %v", old, got, err)
	}
}

func TestOneCallAtATime(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := mockserver.New(t)
	srv.AddCourse(mockserver.Course{Title: "Go"})
	client := srv.Client()

	// Still your own types, already the client's authentication, retries,
	// limits and errors.
	var page struct {
		Data []struct {
			Title string `json:"title"`
		} `json:"data"`
	}
	if err := client.Do(ctx, http.MethodGet, "/courses?limit=5", nil, &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Data) != 1 || page.Data[0].Title != "Go" {
		t.Errorf("%+v", page)
	}
}
