package books

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// The page, in millimetres, and its letters, in points.
const (
	pageWidth, pageHeight = 210.0, 297.0
	margin                = 12.0
	bottom                = pageHeight - 18
	rowHeight             = 4.6
	titleSize             = 14.0
	textSize              = 9.0
	rowSize               = 8.0
)

// The styles of the letters.
const (
	family  = "go"
	regular = ""
	bold    = "B"
)

// document is a statement being written.
type document struct {
	pdf     *fpdf.Fpdf
	head    Head
	letters *sfnt.Font
	buffer  sfnt.Buffer
}

// newDocument begins the first page. The standard fonts of PDF know no ł, so the Go fonts are in the file.
func newDocument(h Head) (*document, error) {
	letters, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("statement: font: %w", err)
	}
	d := &document{pdf: fpdf.New("P", "mm", "A4", ""), head: h, letters: letters}
	d.pdf.SetCatalogSort(true)
	d.pdf.SetCreationDate(h.Made.UTC())
	d.pdf.SetModificationDate(h.Made.UTC())
	d.pdf.AddUTF8FontFromBytes(family, regular, goregular.TTF)
	d.pdf.AddUTF8FontFromBytes(family, bold, gobold.TTF)
	d.pdf.SetTitle(h.Shop+": "+h.Title, true)
	d.pdf.SetLang("en")
	d.pdf.SetMargins(margin, margin, margin)
	d.pdf.SetAutoPageBreak(false, 0)
	d.pdf.SetLineWidth(0.2)
	d.pdf.AddPage()
	return d, d.pdf.Error()
}

// line writes a line over the page's width.
func (d *document) line(size float64, style, text string) {
	height := size * 0.55
	if d.pdf.GetY()+height > bottom {
		d.pdf.AddPage()
	}
	d.cell(size, style, pageWidth-2*margin, height, "L", text)
	d.pdf.Ln(height)
}

// cell writes one line of text, cut where it does not fit.
func (d *document) cell(size float64, style string, width, height float64, align, text string) {
	d.pdf.SetFont(family, style, size)
	d.pdf.CellFormat(width, height, d.fit(d.printable(text), width-2*d.pdf.GetCellMargin()), "", 0, align, false, 0, "")
}

// amount writes a number. None is ever cut: one that does not fit gets smaller letters.
func (d *document) amount(style string, width float64, text string) {
	d.pdf.SetFont(family, style, rowSize)
	if room, needed := width-2*d.pdf.GetCellMargin(), d.pdf.GetStringWidth(text); needed > room {
		d.pdf.SetFont(family, style, rowSize*room/needed)
	}
	d.pdf.CellFormat(width, rowHeight, d.printable(text), "", 0, "R", false, 0, "")
}

// printable is text on one line and in letters that the font has.
func (d *document) printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) && r != '\u00a0' || unicode.IsControl(r) {
			return ' '
		}
		if glyph, err := d.letters.GlyphIndex(&d.buffer, r); err != nil || glyph == 0 {
			return '?'
		}
		return r
	}, text)
}

// fit cuts text to a width, with … for what is missing.
func (d *document) fit(text string, width float64) string {
	if d.pdf.GetStringWidth(text) <= width {
		return text
	}
	width -= d.pdf.GetStringWidth("…")
	for i, r := range text {
		if width -= d.pdf.GetStringWidth(string(r)); width < 0 {
			return text[:i] + "…"
		}
	}
	return text
}

// pdfColumn is a column of a table. Width in millimetres; number: at the right, and never cut.
type pdfColumn struct {
	title  string
	width  float64
	number bool
}

// table is a list whose heading stands on every page that it reaches.
type table struct {
	d       *document
	columns []pdfColumn
}

// table begins a list. A short one is not torn apart, a long one begins with a few of its rows.
func (d *document) table(title string, rows int, columns []pdfColumn) *table {
	if needed := 12 + rowHeight*float64(1+min(rows, 12)); d.pdf.GetY()+needed > bottom {
		d.pdf.AddPage()
	} else {
		d.pdf.Ln(5)
	}
	d.line(textSize+1, bold, title)
	t := &table{d: d, columns: columns}
	t.heading()
	return t
}

func (t *table) heading() {
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	t.cells(bold, titles)
	y := t.d.pdf.GetY()
	t.d.pdf.Line(margin, y, pageWidth-margin, y)
}

// row writes a row, on a new page where this one is full.
func (t *table) row(style string, cells ...string) {
	if t.d.pdf.GetY()+rowHeight > bottom {
		t.d.pdf.AddPage()
		t.heading()
	}
	t.cells(style, cells)
}

func (t *table) cells(style string, cells []string) {
	for i, c := range t.columns {
		if c.number {
			t.d.amount(style, c.width, cells[i])
		} else {
			t.d.cell(rowSize, style, c.width, rowHeight, "L", cells[i])
		}
	}
	t.d.pdf.Ln(rowHeight)
}

// feet writes the foot of every page, once it is known how many there are.
func (d *document) feet() {
	pages := d.pdf.PageCount()
	what := d.head.Shop + " · " + d.head.Title
	if d.head.TestMode {
		what = "TEST MODE · " + what
	}
	for page := 1; page <= pages; page++ {
		d.pdf.SetPage(page)
		d.pdf.SetXY(margin, pageHeight-13)
		d.cell(rowSize, regular, pageWidth-2*margin-36, rowHeight, "L", what)
		d.cell(rowSize, regular, 36, rowHeight, "R", fmt.Sprintf("Page %d of %d", page, pages))
	}
}
