package selgora

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
)

const (
	maxPageLimit     = 100
	defaultPageLimit = 10
)

// Page is one page of a list, as documented in the API guide. Data is never nil
// in a page that the client returns.
type Page[T any] struct {
	Data []T  `json:"data"`
	Meta Meta `json:"meta,omitzero"` // zero if the response has none
}

// Meta says where a page is in its list. An empty list has 0 pages.
type Meta struct {
	CurrentPage int `json:"current_page"`
	TotalPages  int `json:"total_pages"`
	TotalCount  int `json:"total_count"`
}

// listQuery is what a list's parameters come to. The page and the limit are
// written last, so that an iterator can move the page on.
type listQuery struct {
	name        string // the parameters' type, for errors
	page, limit int
	filters     query
	problem     error // what is wrong with the filters
}

func (q listQuery) validate() error {
	if q.problem != nil {
		return q.problem
	}
	if q.page < 0 {
		return &ParamError{q.name + ".Page", fmt.Sprintf("%d is negative; pages count from 1", q.page)}
	}
	if q.limit < 0 || q.limit > maxPageLimit {
		return &ParamError{q.name + ".Limit", fmt.Sprintf("%d is out of range 1 to %d", q.limit, maxPageLimit)}
	}
	return nil
}

// query builds an encoded query string, in the order of the calls.
type query struct{ b []byte }

func (q *query) add(name, value string) {
	if value == "" {
		return
	}
	if len(q.b) > 0 {
		q.b = append(q.b, '&')
	}
	q.b = append(q.b, name...)
	q.b = append(q.b, '=')
	q.b = append(q.b, url.QueryEscape(value)...)
}

func (q listQuery) encode() string {
	b := append(make([]byte, 0, 64), q.filters.b...)
	for _, p := range [...]struct {
		name  string
		value int
	}{{"page", q.page}, {"limit", q.limit}} {
		if p.value == 0 {
			continue
		}
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = append(append(b, p.name...), '=')
		b = strconv.AppendInt(b, int64(p.value), 10)
	}
	return string(b)
}

// listPage fetches one page.
func listPage[T any](ctx context.Context, core *core, r request, q listQuery, opts []RequestOption) (*Page[T], error) {
	if err := q.validate(); err != nil {
		return nil, core.refuse(err, opts)
	}
	size := q.limit
	if size == 0 {
		size = defaultPageLimit
	}
	page := &Page[T]{Data: make([]T, 0, size)}
	r.query, r.decode = q.encode(), decodeWhole
	if err := core.do(ctx, r, page, opts); err != nil {
		return nil, err
	}
	if page.Data == nil {
		page.Data = []T{} // the response says null
	}
	return page, nil
}

// pages iterates over a list page by page, from the parameters' page on. It
// ends after the last page by total_pages and after an empty page, and, without
// yielding it, on a page that does not come after the one before.
func pages[T any](ctx context.Context, core *core, r request, q listQuery, opts []RequestOption) iter.Seq2[*Page[T], error] {
	q.page, q.limit = cmp.Or(q.page, 1), cmp.Or(q.limit, maxPageLimit)
	opts = slices.Clone(opts) // the caller may use the slice again before the iteration
	return func(yield func(*Page[T], error) bool) {
		q := q
		for reached := q.page - 1; ; q.page++ {
			page, err := listPage[T](ctx, core, r, q, opts)
			if err != nil {
				yield(nil, err)
				return
			}
			if current := page.Meta.CurrentPage; current > 0 {
				if current <= reached {
					return
				}
				reached = current
			}
			// A page that was yielded is the caller's to change.
			items, total := len(page.Data), page.Meta.TotalPages
			if !yield(page, nil) || items == 0 || (total > 0 && q.page >= total) {
				return
			}
			if total <= 0 {
				yield(nil, &openListError{r.template, q.page})
				return
			}
		}
	}
}

// all iterates over the items of pages.
func all[T any](pages iter.Seq2[*Page[T], error]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Data {
				if !yield(&page.Data[i], nil) {
					return
				}
			}
		}
	}
}

// openListError is a list that does not say where it ends.
type openListError struct {
	template string
	page     int
}

func (e *openListError) Error() string {
	return fmt.Sprintf("selgora: GET %s: page %d does not say how many pages there are; the list may go on", e.template, e.page)
}

func (e *openListError) effectOfCall() Effect { return EffectNone }
