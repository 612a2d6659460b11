package warehouse

import (
	"errors"
	"strings"
	"testing"
)

// TestNoLineIsSwallowed: an open quotation mark spoils its own line only, and codes over the limit are refused, not dropped.
func TestNoLineIsSwallowed(t *testing.T) {
	for text, want := range map[string]string{
		"order;tracking\nNG-1;\"T1\nNG-2;T2\nNG-3;T3\n":           "NG-2 NG-3",
		"order;tracking\n\"NG-1;T1\nNG-2;T2\n":                    "NG-2",
		"order;note;tracking\nNG-1;\"two\nlines\";T1\nNG-2;;T2\n": "NG-1 NG-2",
		"order,tracking\rNG-1,T1\rNG-2,T2\r":                      "NG-1 NG-2",
	} {
		f, err := Read([]byte(text), nil)
		var orders []string
		for _, l := range f.Lines {
			orders = append(orders, l.Order)
		}
		if got := strings.Join(orders, " "); err != nil || !strings.HasSuffix(got, want) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	var bad *Unreadable
	if _, err := Read([]byte(strings.Repeat("NG-1\nT1\n", MaxLines+1)), nil); !errors.As(err, &bad) {
		t.Errorf("too many codes: %v", err)
	}
}
