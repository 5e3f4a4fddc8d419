package selgora

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
)

const (
	maxPageLimit     = 100
	defaultPageLimit = 10
)

// Page is one page of a list, as the API guide has it.
type Page[T any] struct {
	Data []T  `json:"data"`
	Meta Meta `json:"meta"`
}

// Meta says where a page stands in its list. An empty list has 0 pages.
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

func (q listQuery) encode() string {
	b := append([]byte(nil), q.filters.b...)
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
func listPage[T any](ctx context.Context, core *core, path path, q listQuery, opts []RequestOption) (*Page[T], error) {
	if err := q.validate(); err != nil {
		return nil, core.refuse(err, opts)
	}
	size := q.limit
	if size == 0 {
		size = defaultPageLimit
	}
	page := &Page[T]{Data: make([]T, 0, size)}
	r := request{method: http.MethodGet, path: path, query: q.encode(), decode: decodeWhole}
	if err := core.do(ctx, r, page, opts); err != nil {
		return nil, err
	}
	return page, nil
}

// all iterates over a list from the parameters' page on, page by page. It ends
// on the last page by total_pages, on an empty page, and, without yielding it,
// on a page that does not come after the one before.
func all[T any](ctx context.Context, core *core, path path, q listQuery, opts []RequestOption) iter.Seq2[*T, error] {
	if q.limit == 0 {
		q.limit = maxPageLimit
	}
	return func(yield func(*T, error) bool) {
		q := q
		q.page = max(q.page, 1)
		for reached := q.page - 1; ; q.page++ {
			page, err := listPage[T](ctx, core, path, q, opts)
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
			for i := range page.Data {
				if !yield(&page.Data[i], nil) {
					return
				}
			}
			if len(page.Data) == 0 || q.page >= page.Meta.TotalPages {
				return
			}
		}
	}
}
