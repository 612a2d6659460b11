package stripesim

import (
	"bytes"
	"encoding/json"
)

// null is a field of Stripe's that is always null here. It takes no memory.
type null struct{}

// MarshalJSON writes null.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// UnmarshalJSON accepts whatever is there and keeps nothing.
func (*null) UnmarshalJSON([]byte) error { return nil }

// nullString is a text that Stripe shows as null while it is empty.
type nullString string

// MarshalJSON writes the text, or null.
func (n nullString) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return encode(string(n)), nil
}

// nullInt is a number that Stripe shows as null while it is zero.
type nullInt int64

// MarshalJSON writes the number, or null.
func (n nullInt) MarshalJSON() ([]byte, error) {
	if n == 0 {
		return []byte("null"), nil
	}
	return encode(int64(n)), nil
}

// ref is an expandable field: an id, or the object itself in an answer that was asked to expand it. Objects at rest
// hold only the id.
type ref struct {
	id  string
	obj any
}

// MarshalJSON writes the expanded object, the id, or null.
func (r ref) MarshalJSON() ([]byte, error) {
	switch {
	case r.obj != nil:
		return encode(r.obj), nil
	case r.id == "":
		return []byte("null"), nil
	}
	return encode(r.id), nil
}

// UnmarshalJSON reads an id or null: the journal holds no expanded object.
func (r *ref) UnmarshalJSON(raw []byte) error {
	r.id = ""
	return json.Unmarshal(raw, &r.id)
}

// encode turns one of our own values into JSON without escaping <, > and &, as Stripe does. Only a value that JSON cannot
// hold fails, and there are none among ours.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("stripesim: a value that JSON cannot hold: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// address is a postal address.
type address struct {
	City       nullString `json:"city"`
	Country    nullString `json:"country"`
	Line1      nullString `json:"line1"`
	Line2      nullString `json:"line2"`
	PostalCode nullString `json:"postal_code"`
	State      nullString `json:"state"`
}

// shipping is Stripe's shipping hash; it is replaced as one.
type shipping struct {
	Address        address    `json:"address"`
	Carrier        nullString `json:"carrier"`
	Name           nullString `json:"name"`
	Phone          nullString `json:"phone"`
	TrackingNumber nullString `json:"tracking_number"`
}

// billing is who pays.
type billing struct {
	Address address    `json:"address"`
	Email   nullString `json:"email"`
	Name    nullString `json:"name"`
	Phone   nullString `json:"phone"`
}

// list is Stripe's list envelope.
type list struct {
	Object     string `json:"object"`
	Data       any    `json:"data"`
	HasMore    bool   `json:"has_more"`
	TotalCount *int   `json:"total_count,omitempty"`
	URL        string `json:"url"`
}
