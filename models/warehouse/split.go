package warehouse

import "strings"

// maxQuoted is how far the end of a quoted cell is looked for, in bytes. A mark that is never closed spoils its own line only.
const maxQuoted = 16 << 10

// maxCells is how many cells of a line are looked at.
const maxCells = 40

// splitter walks over a text.
type splitter struct {
	text      string
	separator byte
	at        int
	line      int64
}

// record reads the cells up to the end of the line.
func (p *splitter) record() []string {
	var cells []string
	for {
		cell, last := p.cell()
		if len(cells) < maxCells {
			cells = append(cells, cell)
		}
		if last {
			return cells
		}
	}
}

// cell reads one cell and what ends it; last tells whether that was the end of the line.
func (p *splitter) cell() (cell string, last bool) {
	if p.at < len(p.text) && p.text[p.at] == '"' {
		if cell, ok := p.quoted(); ok {
			return cell, p.end()
		}
	}
	start := p.at
	for p.at < len(p.text) && !p.stops(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at], p.end()
}

func (p *splitter) stops(c byte) bool { return c == p.separator || c == '\n' || c == '\r' }

// end steps over the separator or the line's end.
func (p *splitter) end() (last bool) {
	switch {
	case p.at >= len(p.text):
		return true
	case p.text[p.at] == p.separator:
		p.at++
		return false
	}
	if strings.HasPrefix(p.text[p.at:], "\r\n") {
		p.at++
	}
	p.at++
	p.line++
	return true
}

// quoted reads a cell in quotation marks; ok is false, and nothing was read, where its end is not a cell's end.
func (p *splitter) quoted() (cell string, ok bool) {
	limit := min(len(p.text), p.at+maxQuoted)
	for i := p.at + 1; i < limit; i++ {
		if p.text[i] != '"' {
			continue
		}
		if i+1 < limit && p.text[i+1] == '"' {
			i++
			continue
		}
		if i+1 < len(p.text) && !p.stops(p.text[i+1]) {
			return "", false
		}
		raw := p.text[p.at+1 : i]
		p.line += int64(strings.Count(raw, "\n"))
		p.at = i + 1
		return strings.ReplaceAll(raw, `""`, `"`), true
	}
	return "", false
}
