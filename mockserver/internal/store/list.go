package store

// Limits of a list.
const (
	DefaultLimit = 10
	MaxLimit     = 100
)

// ListParams selects a page. Zero fields mean the first page and DefaultLimit.
type ListParams struct{ Page, Limit int }

// Meta says where a page stands. TotalPages is 0 for an empty list.
type Meta struct{ CurrentPage, TotalPages, TotalCount int }

// AppendJSON implements Renderer.
func (m Meta) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.int("current_page", m.CurrentPage)
	o.int("total_pages", m.TotalPages)
	o.int("total_count", m.TotalCount)
	return o.end()
}

// Page is one page of a list, oldest first.
type Page[T Renderer] struct {
	Data []T
	Meta Meta
}

// AppendJSON implements Renderer.
func (p Page[T]) AppendJSON(dst []byte) []byte {
	o := newObject(dst)
	o.key("data")
	o.b = appendList(o.b, p.Data)
	o.obj("meta", p.Meta)
	return o.end()
}

// check fills in the defaults.
func (p ListParams) check() (ListParams, error) {
	if p.Page == 0 {
		p.Page = 1
	}
	if p.Limit == 0 {
		p.Limit = DefaultLimit
	}
	if p.Page < 1 {
		return p, &ParamError{"page", "must be at least 1"}
	}
	if p.Limit < 1 || p.Limit > MaxLimit {
		return p, &ParamError{"limit", "must be between 1 and 100"}
	}
	return p, nil
}

// window returns the ranks of the page's entries in a list of total, and its meta.
func (p ListParams) window(total int) (from, count int, meta Meta) {
	meta = Meta{CurrentPage: p.Page, TotalPages: (total + p.Limit - 1) / p.Limit, TotalCount: total}
	if p.Page > meta.TotalPages {
		return 0, 0, meta
	}
	from = (p.Page - 1) * p.Limit
	return from, min(p.Limit, total-from), meta
}
