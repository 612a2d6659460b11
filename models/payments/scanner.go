package payments

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds nesting; Stripe's objects stay below twenty.
const maxDepth = 64

// scanner walks over JSON once, checking it as it goes and handing out only the values asked for. It is here because webhook ingest
// lives from it: encoding/json takes about four times as long over an event. It accepts exactly what encoding/json accepts (a fuzz test
// holds it to that) up to maxDepth. The first error stays, and everything after it does nothing.
type scanner struct {
	src   []byte
	pos   int
	depth int
	err   error
}

// fieldError says what is wrong with which field; path is dotted, empty for the whole.
type fieldError struct{ path, problem string }

// Error implements error.
func (e *fieldError) Error() string { return e.path + " " + e.problem }

// whole is a whole number that may be absent.
type whole struct {
	v   int64
	set bool
}

func (s *scanner) fail(path, problem string) {
	if s.err == nil {
		s.err = &fieldError{path, problem}
	}
	s.pos = len(s.src)
}

func (s *scanner) broken() { s.fail("", "is not valid JSON") }

// peek skips white space and shows the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// end makes sure that nothing follows.
func (s *scanner) end() {
	if s.err == nil && (s.peek() != 0 || s.pos < len(s.src)) {
		s.broken()
	}
}

// take consumes one expected byte.
func (s *scanner) take(c byte) bool {
	if s.peek() != c || s.pos >= len(s.src) {
		s.broken()
		return false
	}
	s.pos++
	return true
}

func (s *scanner) enter() bool {
	if s.depth++; s.depth > maxDepth {
		s.fail("", "is nested too deeply")
		return false
	}
	return true
}

// members reads an object; visit must read each member's value.
func (s *scanner) members(visit func(key []byte)) {
	if !s.take('{') || !s.enter() {
		return
	}
	defer func() { s.depth-- }()
	if s.peek() == '}' {
		s.pos++
		return
	}
	for s.err == nil {
		if s.peek() != '"' {
			s.broken()
			return
		}
		key := s.key()
		if !s.take(':') {
			return
		}
		visit(key)
		if s.peek() == '}' {
			s.pos++
			return
		}
		if !s.take(',') {
			return
		}
	}
}

// optionalMembers reads an object, and skips anything else.
func (s *scanner) optionalMembers(visit func(key []byte)) {
	if s.peek() == '{' {
		s.members(visit)
		return
	}
	s.skip()
}

// elements reads an array, and skips anything else; visit must read each element.
func (s *scanner) elements(visit func(i int)) {
	if s.peek() != '[' {
		s.skip()
		return
	}
	s.pos++
	if !s.enter() {
		return
	}
	defer func() { s.depth-- }()
	if s.peek() == ']' {
		s.pos++
		return
	}
	for i := 0; s.err == nil; i++ {
		visit(i)
		if s.peek() == ']' {
			s.pos++
			return
		}
		if !s.take(',') {
			return
		}
	}
}

// skip reads any value and forgets it.
func (s *scanner) skip() {
	switch c := s.peek(); {
	case c == '"':
		s.quoted()
	case c == '{':
		s.members(func([]byte) { s.skip() })
	case c == '[':
		s.elements(func(int) { s.skip() })
	case c == '-' || (c >= '0' && c <= '9'):
		s.number()
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	default:
		s.broken()
	}
}

// raw reads any value and gives its bytes.
func (s *scanner) raw() []byte {
	s.peek()
	start := s.pos
	s.skip()
	if s.err != nil {
		return nil
	}
	return s.src[start:s.pos]
}

func (s *scanner) word(w string) {
	if string(s.src[s.pos:min(len(s.src), s.pos+len(w))]) != w {
		s.broken()
		return
	}
	s.pos += len(w)
}

// quoted reads a string and gives what stands between its quotes, still escaped if it has escapes.
func (s *scanner) quoted() (inner []byte, escaped bool) {
	start := s.pos + 1
	for i := start; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '"':
			s.pos = i + 1
			return s.src[start:i], escaped
		case c == '\\':
			n := escapeLength(s.src[i:])
			if n == 0 {
				s.broken()
				return nil, false
			}
			i += n - 1
			escaped = true
		case c < ' ':
			s.broken()
			return nil, false
		}
	}
	s.broken()
	return nil, false
}

// escapeLength tells how long the escape sequence at the start of b is, 0 if it is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return 0
		}
		for _, c := range b[2:6] {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return 0
			}
		}
		return 6
	}
	return 0
}

// key reads a member's name; one with escapes is copied.
func (s *scanner) key() []byte {
	start := s.pos
	inner, escaped := s.quoted()
	if escaped && s.err == nil {
		return []byte(unescape(s.src[start:s.pos]))
	}
	return inner
}

// text reads a string; anything else, null included, gives "".
func (s *scanner) text() string {
	if s.peek() != '"' {
		s.skip()
		return ""
	}
	start := s.pos
	inner, escaped := s.quoted()
	switch {
	case s.err != nil:
		return ""
	case escaped || !utf8.Valid(inner):
		return unescape(s.src[start:s.pos])
	}
	return string(inner)
}

// unescape leaves surrogates, wrong UTF-8 and the like to encoding/json.
func unescape(quoted []byte) string {
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return ""
	}
	return text
}

// flag reads true; anything else is false.
func (s *scanner) flag() bool {
	isTrue := s.peek() == 't'
	s.skip()
	return isTrue
}

// whole reads a whole number. Null counts as absent; a fraction, an exponent, a text or a number over 64 bits is an error that names path.
func (s *scanner) whole(path string) whole {
	switch c := s.peek(); {
	case c == 'n':
		s.skip()
		return whole{}
	case c != '-' && (c < '0' || c > '9'):
		s.skip()
		s.fail(path, "is not a whole number")
		return whole{}
	}
	token := s.number()
	if s.err != nil {
		return whole{}
	}
	v, err := strconv.ParseInt(string(token), 10, 64)
	switch {
	case err == nil:
		return whole{v: v, set: true}
	case strings.ContainsAny(string(token), ".eE"):
		s.fail(path, "is not a whole number")
	default:
		s.fail(path, "is too large a number")
	}
	return whole{}
}

// number reads a number by JSON's grammar and gives its characters.
func (s *scanner) number() []byte {
	start := s.pos
	if s.at('-') {
		s.pos++
	}
	switch {
	case s.at('0'):
		s.pos++
	case !s.digits():
		s.broken()
		return nil
	}
	if s.at('.') {
		s.pos++
		if !s.digits() {
			s.broken()
			return nil
		}
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		if !s.digits() {
			s.broken()
			return nil
		}
	}
	return s.src[start:s.pos]
}

func (s *scanner) at(c byte) bool { return s.pos < len(s.src) && s.src[s.pos] == c }

// digits reads one digit or more.
func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.src) && s.src[s.pos] >= '0' && s.src[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}
