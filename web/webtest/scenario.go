package webtest

import "testing"

// Scenario is one row of a table of requests: what is done, and what the answer must be.
type Scenario struct {
	Name   string
	As     *Client                 // who does it, plain or with HTMX
	Do     func(c *Client) *Page   // one request, or several of which the last counts
	Status int                     // of the answer
	Has    map[string]string       // selector to a text in it
	Not    []string                // selectors of what must not be there
	Also   func(testing.TB, *Page) // anything else
}

// Run runs the table, a subtest for each row, in order.
func Run(t *testing.T, table []Scenario) {
	t.Helper()
	for _, s := range table {
		t.Run(s.Name, func(t *testing.T) {
			t.Helper()
			p := s.Do(s.As.For(t)).Want(s.Status)
			for selector, text := range s.Has {
				p.WantText(selector, text)
			}
			for _, selector := range s.Not {
				p.WantNone(selector)
			}
			if s.Also != nil {
				s.Also(t, p)
			}
		})
	}
}
