package selgora

import "context"

// fetch makes a call that answers an object.
func fetch[T any](ctx context.Context, core *core, r request, opts []RequestOption) (*T, error) {
	out := new(T)
	if err := core.do(ctx, r, out, opts); err != nil {
		return nil, err
	}
	return out, nil
}

// nullable is a parameter that the API cannot null, and whether it is null.
type nullable struct {
	field  string
	isNull bool
}

func refuseNull(params string, fields ...nullable) error {
	for _, f := range fields {
		if f.isNull {
			return &ParamError{params + "." + f.field, "cannot be null"}
		}
	}
	return nil
}
