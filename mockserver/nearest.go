package mockserver

import "github.com/selgora/selgora-go/mockserver/internal/nearest"

// didYouMean is the hint that ends a complaint about an unknown name: empty,
// or " (did you mean …?)".
func didYouMean(name string, candidates []string) string {
	return hint(nearest.Name(name, candidates))
}

// hint puts a suggestion into words.
func hint(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return " (did you mean " + suggestion + "?)"
}
