package ui

import (
	"slices"
	"strconv"
	"strings"

	"counterfoil/models/money"
	"counterfoil/web/i18n"
)

// Series is one row of values of a bar chart.
type Series struct {
	Name   string
	Values []int64 // minor units or counts, one per label
}

// BarsModel is a bar chart: the series of a label stand on each other. At most six series are told apart.
type BarsModel struct {
	ID, Title, Desc string
	Currency        string // "" for plain numbers
	Labels          []string
	Series          []Series
}

// LineSeries is one line of a line chart, in basis points: 345 is 3.45 %; nil where there is no value.
type LineSeries struct {
	Name        string
	BasisPoints []*int64
}

// LineModel is a line chart of shares.
type LineModel struct {
	ID, Title, Desc string
	Labels          []string
	Series          []LineSeries
	Full            bool // the axis goes from 0 to 100 %
	NoTable         bool // the same figures stand in a table beside it
}

// column is a series as the chart's table writes it: one figure per label.
type column struct {
	Name    string
	Figures []string
}

func (m BarsModel) columns() []column {
	columns := make([]column, len(m.Series))
	for i, s := range m.Series {
		columns[i].Name = s.Name
		for _, v := range s.Values {
			columns[i].Figures = append(columns[i].Figures, m.text(v))
		}
	}
	return columns
}

func (m LineModel) columns() []column {
	columns := make([]column, len(m.Series))
	for i, s := range m.Series {
		columns[i].Name = s.Name
		for _, v := range s.BasisPoints {
			columns[i].Figures = append(columns[i].Figures, share(v))
		}
	}
	return columns
}

// piece is a drawn value.
type piece struct {
	X, Width, Y, Height int64
	Class               string
	Title               string
}

// ends are the heights that the stacks reach, up and down.
func (m BarsModel) ends() (ups, downs []int64) {
	ups, downs = make([]int64, len(m.Labels)), make([]int64, len(m.Labels))
	for _, s := range m.Series {
		for i, v := range s.Values {
			if v > 0 {
				ups[i] += v
			} else {
				downs[i] += v
			}
		}
	}
	return ups, downs
}

func (m BarsModel) scale() scale {
	ups, downs := m.ends()
	return newScale(ups, downs)
}

func (m BarsModel) pieces() []piece {
	if len(m.Labels) == 0 {
		return nil
	}
	s, slot := m.scale(), int64(chartWidth-plotLeft)*10/int64(len(m.Labels))
	var all []piece
	for i := range m.Labels {
		up, down := int64(0), int64(0)
		for n, series := range m.Series {
			v := series.Values[i]
			low, high := up, up+v
			if v < 0 {
				low, high = down+v, down
				down += v
			} else {
				up += v
			}
			if v == 0 {
				continue
			}
			top := s.y(high)
			all = append(all, piece{X: plotLeft*10 + int64(i)*slot + slot/5, Width: slot * 3 / 5, Y: top, Height: max(s.y(low)-top, 10),
				Class: "s" + strconv.Itoa(n+1), Title: m.Labels[i] + ", " + series.Name + ": " + m.text(v)})
		}
	}
	return all
}

// text writes a value.
func (m BarsModel) text(v int64) string {
	if m.Currency == "" {
		return i18n.Number(v)
	}
	return Digits(money.Amount{Minor: v, Currency: m.Currency})
}

// labelled are the labels that are written under the plot: not all of them where they would meet.
type labelled struct {
	X    int64
	Text string
}

func labelsOf(labels []string) []labelled {
	if len(labels) == 0 {
		return nil
	}
	slot, every := int64(chartWidth-plotLeft)*10/int64(len(labels)), (len(labels)+6)/7
	var all []labelled
	for i := 0; i < len(labels); i += every {
		all = append(all, labelled{plotLeft*10 + int64(i)*slot + slot/2, labels[i]})
	}
	return all
}

func (m LineModel) scale() scale {
	var values []int64
	if m.Full {
		values = []int64{0, 100_00}
	}
	for _, s := range m.Series {
		for _, v := range s.BasisPoints {
			if v != nil {
				values = append(values, *v)
			}
		}
	}
	return newScale(values)
}

// lines are the unbroken runs of a series, as points of an SVG polyline.
func (m LineModel) lines(s LineSeries) []string {
	var runs []string
	run := ""
	for i, v := range s.BasisPoints {
		if v == nil {
			if run != "" {
				runs = append(runs, run)
			}
			run = ""
			continue
		}
		run += unit(m.x(i)) + "," + unit(m.scale().y(*v)) + " "
	}
	if run != "" {
		runs = append(runs, run)
	}
	return runs
}

// dots are the values of a series.
func (m LineModel) dots(n int) []piece {
	var all []piece
	for i, v := range m.Series[n].BasisPoints {
		if v != nil {
			all = append(all, piece{X: m.x(i), Y: m.scale().y(*v), Title: m.Labels[i] + ", " + m.Series[n].Name + ": " + Percent(*v)})
		}
	}
	return all
}

func (m LineModel) x(i int) int64 {
	slot := int64(chartWidth-plotLeft) * 10 / int64(len(m.Labels))
	return plotLeft*10 + int64(i)*slot + slot/2
}

func (m LineModel) ticks() []tick {
	all := m.scale().ticks("")
	whole := !slices.ContainsFunc(all, func(t tick) bool { return t.Value%100 != 0 })
	for i := range all {
		all[i].Text = Percent(all[i].Value)
		if whole {
			all[i].Text = strings.Replace(all[i].Text, ".00", "", 1)
		}
	}
	return all
}

// Percent writes basis points: 345 is "3.45 %".
func Percent(points int64) string {
	sign := ""
	if points < 0 {
		sign, points = "−", -points
	}
	return sign + i18n.Number(points/100) + "." + pad2(points%100) + "\u00a0%"
}

// share writes a value of a series; a dash where there is none.
func share(v *int64) string {
	if v == nil {
		return "–"
	}
	return Percent(*v)
}
