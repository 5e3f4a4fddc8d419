package nearest

import (
	"slices"
	"strings"
)

// Name returns the candidate that most resembles name, in whatever case, or ""
// where none resembles it enough to be what was meant.
func Name(name string, candidates []string) string {
	name = strings.ToLower(name)
	best, bestDistance := "", len(name)/2+1
	for _, candidate := range candidates {
		if d := Distance(name, strings.ToLower(candidate), bestDistance); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// Distance is the number of letters to insert, delete, replace or swap with
// their neighbor to get from a to b; limit or more counts as limit, so that a
// hostile long name costs nothing.
func Distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before, previous []int
	current := make([]int, len(b)+1)
	for j := range current {
		current[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, previous, current = previous, current, make([]int, len(b)+1)
		current[0] = i
		for j := 1; j <= len(b); j++ {
			replace := previous[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			current[j] = min(replace, previous[j]+1, current[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		if slices.Min(current) >= limit {
			return limit
		}
	}
	return min(current[len(b)], limit)
}
