package batches

import (
	"context"
	"strings"
)

// PairCodes makes lines of scanned codes: a code that is an order begins a line, and those after it are its parcels. A code that begins
// as a known order does is an order too, known or not: a mistyped one is never taken for a parcel of the order before it. The same code
// twice in a row counts once. Errors: internal.
func (s *Service) PairCodes(ctx context.Context, codes []string) (lines []Line, err error) {
	known, err := s.db.Reader.OrdersByReference(ctx, codes)
	if err != nil {
		return nil, err
	}
	looks := map[string]bool{}
	for reference := range known {
		looks[beginning(reference)] = true
	}
	delete(looks, "")
	before := ""
	for _, code := range codes {
		twice := code == before // the scanner was pressed twice
		before = code
		switch last := len(lines) - 1; {
		case twice:
		case last < 0 || len(known[code]) > 0 || strings.HasPrefix(code, "pi_") || looks[beginning(code)]:
			lines = append(lines, Line{Order: code})
		case lines[last].Tracking == "":
			lines[last].Tracking = code
		default: // another parcel of the same order
			lines = append(lines, Line{Order: lines[last].Order, Tracking: code})
		}
	}
	for i := range lines {
		lines[i].Number = int64(i + 1)
	}
	return lines, nil
}

// beginning is what stands before the last mark of a code: "NG-" of NG-20711. A code without a mark has none.
func beginning(code string) string {
	i := strings.LastIndexAny(code, "-_#/")
	if i <= 0 {
		return ""
	}
	return strings.ToUpper(code[:i+1])
}
