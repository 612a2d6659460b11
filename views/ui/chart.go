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

// Series is one row of values of a bar chart.
type Series struct {
	Name   string
	Values []int64 // minor units or counts, one per label
}

// BarsModel is a bar chart.
type BarsModel struct {
	ID, Title, Desc string
	Currency        string // "" for plain numbers
	Labels          []string
	Series          []Series
	Stacked         bool
}

// LineSeries is one line of a line chart.
type LineSeries struct {
	Name        string
	BasisPoints []*int64
}

// LineModel is a line chart of shares.
type LineModel struct {
	ID, Title, Desc string
	Labels          []string
	Series          []LineSeries
}
