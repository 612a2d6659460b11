package ui

import "counterfoil/models/money"

// Step is one step of a waterfall. Total steps stand on zero, others continue from where the one before ended.
type Step struct {
	Label   string
	Value   money.Amount
	URL     string // what the figure opens; "" for nothing
	Total   bool
	Unknown bool // nothing is drawn, Text instead
	Text    string
}

// WaterfallModel is a waterfall chart.
type WaterfallModel struct {
	ID, Title, Desc string
	Steps           []Step
}
