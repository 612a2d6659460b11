package books

import (
	"cmp"
	"time"

	"github.com/xuri/excelize/v2"

	"counterfoil/models"
)

// summarySheet is the first sheet.
const summarySheet = "Summary"

// summary writes the first sheet: what the file is, and each currency's statement.
func (b *workbook) summary(file *excelize.File, statements []models.Statement) error {
	h := b.head
	if err := file.SetDocProps(&excelize.DocProperties{Title: h.Title, Creator: h.Shop, Created: h.Made.UTC().Format(time.RFC3339),
		Modified: h.Made.UTC().Format(time.RFC3339)}); err != nil {
		return err
	}
	if err := file.SetSheetName(file.GetSheetName(0), summarySheet); err != nil {
		return err
	}
	out, err := b.stream(file, summarySheet)
	if err != nil {
		return err
	}
	s := &sheet{out: out}
	for i, width := range []float64{32, 32, 14, 18} {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	bold := func(s string) any { return excelize.Cell{StyleID: b.styles.bold, Value: s} }
	rows := [][]any{
		{excelize.Cell{StyleID: b.styles.title, Value: h.Title}},
		{bold("Shop"), text(h.Shop)},
		{bold("Period"), text(h.period())},
		{bold("Only"), text(cmp.Or(h.Only, "everything that was booked"))},
		{bold("Time zone"), h.Zone.String()},
		{bold("Mode"), h.mode()},
		{bold("Made"), b.moment(models.UnixOf(h.Made))},
		{},
		{bold("Currency"), bold("Line"), bold("Movements"), bold("Amount")},
	}
	for _, statement := range statements {
		for _, line := range statementLines(statement, h) {
			rows = append(rows, b.statementRow(statement.Currency, line))
		}
	}
	for _, row := range rows {
		if err := s.write(row); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (b *workbook) statementRow(currency string, line statementLine) []any {
	row := []any{currency, line.name, nil, nil}
	if line.counted {
		row[2] = line.count
	}
	if line.unknown != "" {
		row[3] = line.unknown
	} else {
		row[3] = b.amount(line.amount, b.styles.amount)
	}
	return row
}
