package jsstringify

import "errors"

var (
	errEnd      = errors.New("unexpected end")
	errByte     = errors.New("unexpected byte")
	errDepth    = errors.New("nested too deeply")
	errNumber   = errors.New("malformed number")
	errControl  = errors.New("raw control character in a string")
	errEscape   = errors.New("malformed escape")
	errTrailing = errors.New("unexpected byte after the value")
)

// parser reads src by the grammar of RFC 8259, which is JSON.parse's.
type parser struct {
	src   []byte
	pos   int
	depth int
}

func (p *parser) document() (value, error) {
	v, err := p.value()
	if err != nil {
		return value{}, err
	}
	if p.blanks(); p.pos < len(p.src) {
		return value{}, errTrailing
	}
	return v, nil
}

func (p *parser) blanks() {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// next skips blanks and returns the byte that follows, without taking it.
func (p *parser) next() (byte, error) {
	if p.blanks(); p.pos >= len(p.src) {
		return 0, errEnd
	}
	return p.src[p.pos], nil
}

func (p *parser) value() (value, error) {
	b, err := p.next()
	if err != nil {
		return value{}, err
	}
	switch b {
	case '{':
		return p.nested(p.object)
	case '[':
		return p.nested(p.array)
	case '"':
		text, err := p.string()
		return value{text: text}, err
	case 't':
		return p.literal("true")
	case 'f':
		return p.literal("false")
	case 'n':
		return p.literal("null")
	}
	text, err := p.number()
	return value{text: text}, err
}

func (p *parser) literal(want string) (value, error) {
	start := p.pos
	for i := range len(want) {
		if p.pos == len(p.src) {
			return value{}, errEnd
		}
		if p.src[p.pos] != want[i] {
			return value{}, errByte
		}
		p.pos++
	}
	return value{text: p.src[start:p.pos]}, nil
}

// nested takes the opening bracket and reads the container behind it.
func (p *parser) nested(read func() (value, error)) (value, error) {
	if p.depth++; p.depth > MaxDepth {
		return value{}, errDepth
	}
	p.pos++
	v, err := read()
	p.depth--
	return v, err
}

func (p *parser) array() (value, error) {
	v := value{kind: '['}
	for {
		b, err := p.next()
		if err != nil {
			return value{}, err
		}
		if b == ']' && len(v.elems) == 0 {
			p.pos++
			return v, nil
		}
		elem, err := p.value()
		if err != nil {
			return value{}, err
		}
		v.elems = append(v.elems, elem)
		if done, err := p.separator(']'); done || err != nil {
			return v, err
		}
	}
}

func (p *parser) object() (value, error) {
	var o object
	for {
		b, err := p.next()
		if err != nil {
			return value{}, err
		}
		if b == '}' && len(o.members) == 0 {
			p.pos++
			return o.value(), nil
		}
		if b != '"' {
			return value{}, errByte
		}
		key, err := p.string()
		if err != nil {
			return value{}, err
		}
		if b, err = p.next(); err != nil {
			return value{}, err
		}
		if b != ':' {
			return value{}, errByte
		}
		p.pos++
		v, err := p.value()
		if err != nil {
			return value{}, err
		}
		o.set(key, v)
		if done, err := p.separator('}'); done || err != nil {
			return o.value(), err
		}
	}
}

// separator takes a comma, or the closing bracket and reports done.
func (p *parser) separator(closing byte) (done bool, err error) {
	b, err := p.next()
	if err != nil {
		return false, err
	}
	if b != ',' && b != closing {
		return false, errByte
	}
	p.pos++
	return b == closing, nil
}
