package nearest_test

import (
	"strings"
	"testing"

	"github.com/selgora/selgora-go/mockserver/internal/nearest"
)

func TestName(t *testing.T) {
	t.Parallel()
	names := []string{"title", "description", "price", "currency", "status", "created_at"}
	for name, want := range map[string]string{
		"title": "title", "tilte": "title", "Titel": "title", "descripton": "description", "prize": "price", "curency": "currency",
		"state": "status", "createdAt": "created_at", "zzz": "", "x": "", "": "", "user_email": "", strings.Repeat("title", 1000): "",
	} {
		if got := nearest.Name(name, names); got != want {
			t.Errorf("Name(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "axc", 1}, {"kitten", "sitting", 3}, {"abcd", "wxyz", 4},
	} {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := nearest.Distance(pair[0], pair[1], 100); got != test.want {
				t.Errorf("Distance(%q, %q) = %d, want %d", pair[0], pair[1], got, test.want)
			}
			if got := nearest.Distance(pair[0], pair[1], 2); got != min(2, test.want) {
				t.Errorf("Distance(%q, %q) up to 2 = %d", pair[0], pair[1], got)
			}
		}
	}
}
