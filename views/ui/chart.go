package ui

import (
	"strconv"
	"strings"

	"counterfoil/models/money"
	"counterfoil/web/i18n"
)

// The drawing area of a chart, in its own units: the plot lies between left and chartWidth, plotTop and plotBottom.
const (
	chartWidth, chartHeight       = 860, 250
	plotLeft, plotTop             = 76, 28
	plotBottom                    = 210
	thinnest                      = 20 // tenths of a unit: less is not seen
	mostTicks               int64 = 5
)

// Step is one step of a waterfall. Total steps stand on zero, others continue from where the one before ended.
type Step struct {
	Label   string
	Value   money.Amount
	Total   bool
	Unknown bool // nothing is drawn, Text instead
	Text    string
}

// WaterfallModel is a waterfall of one currency. The page that shows it has its figures as a table, too.
type WaterfallModel struct {
	ID, Title, Desc string
	Steps           []Step
}

// bar is a drawn step: tenths of a unit, from its top.
type bar struct {
	Step
	X, Width, Y, Height int64
	Join                int64 // where the line to the next step runs; 0 for none
	Class               string
}

// levels are where each step begins and ends. Before an opening that is not known the steps begin at zero.
func (m WaterfallModel) levels() (from, to []int64) {
	at := int64(0)
	for _, s := range m.Steps {
		switch {
		case s.Unknown:
			from, to = append(from, at), append(to, at)
			continue
		case s.Total:
			from, at = append(from, 0), s.Value.Minor
		default:
			from = append(from, at)
			at += s.Value.Minor
		}
		to = append(to, at)
	}
	return from, to
}

// scale puts amounts onto the plot.
type scale struct{ low, high int64 }

func newScale(values ...[]int64) scale {
	s := scale{}
	for _, list := range values {
		for _, v := range list {
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
	if s.low == s.high {
		s.high = s.low + 1
	}
	return s
}

// y is the height of a value, in tenths of a unit from the top.
func (s scale) y(v int64) int64 {
	const tall = (plotBottom - plotTop) * 10
	span, above := s.high-s.low, s.high-v
	for span > 1<<50 { // keep clear of the largest number
		span, above = span/2, above/2
	}
	return plotTop*10 + above*tall/max(span, 1)
}

// bars are the steps as they are drawn.
func (m WaterfallModel) bars() []bar {
	from, to := m.levels()
	s := newScale(from, to)
	if len(m.Steps) == 0 {
		return nil
	}
	slot := int64(chartWidth-plotLeft) * 10 / int64(len(m.Steps))
	var bars []bar
	for i, step := range m.Steps {
		top, bottom := s.y(max(from[i], to[i])), s.y(min(from[i], to[i]))
		b := bar{Step: step, X: plotLeft*10 + int64(i)*slot + slot/8, Width: slot * 3 / 4, Y: top, Height: max(bottom-top, thinnest)}
		switch {
		case step.Unknown:
			b.Height = 0
		case step.Total:
			b.Class = "end"
		case step.Value.Minor < 0:
			b.Class = "down"
		default:
			b.Class = "up"
		}
		if i+1 < len(m.Steps) && !step.Unknown && !m.Steps[i+1].Unknown {
			b.Join = s.y(to[i])
		}
		bars = append(bars, b)
	}
	return bars
}

// tick is a line of the grid.
type tick struct {
	Y, Value int64
	Text     string
}

// ticks are round amounts of the scale: 1, 2 or 5 and zeros, in main units where the range allows.
func (s scale) ticks(currency string) []tick {
	step := int64(1)
	for i := 0; (s.high-s.low)/step > mostTicks; i++ {
		step = step * []int64{2, 5, 2}[i%3] / []int64{1, 2, 1}[i%3]
	}
	var all []tick
	for v := s.low / step * step; v <= s.high; v += step {
		if v >= s.low {
			all = append(all, tick{s.y(v), v, tickText(v, currency)})
		}
	}
	return all
}

// tickText is an amount without empty decimals.
func tickText(v int64, currency string) string {
	if currency == "" {
		return i18n.Number(v)
	}
	text := Digits(money.Amount{Minor: v, Currency: currency})
	if whole, cents, cut := strings.Cut(text, "."); cut && strings.Trim(cents, "0") == "" {
		return whole
	}
	return text
}

func (m WaterfallModel) currency() string {
	if len(m.Steps) == 0 {
		return ""
	}
	return m.Steps[0].Value.Currency
}

func (m WaterfallModel) ticks() []tick {
	from, to := m.levels()
	return newScale(from, to).ticks(m.currency())
}

// rows are the steps for a narrow screen: X and Width in tenths of a percent.
func (m WaterfallModel) rows() []bar {
	from, to := m.levels()
	s := newScale(from, to)
	wide := func(v int64) int64 { return 1000 - (s.y(v)-plotTop*10)*1000/((plotBottom-plotTop)*10) }
	bars := m.bars()
	for i := range bars {
		left, right := wide(min(from[i], to[i])), wide(max(from[i], to[i]))
		bars[i].X, bars[i].Width = min(left, 994), max(right-left, 6)
	}
	return bars
}

// figure is what a step's bar says.
func (b bar) figure() string {
	if b.Unknown {
		return b.Text
	}
	return Digits(b.Value)
}

// unit writes tenths as a decimal.
func unit(tenths int64) string {
	sign := ""
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	return sign + strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10)
}
