package books

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"counterfoil/models"

	"github.com/xuri/excelize/v2"
)

// A workbook is put together of parts: each sheet is written into a file of its own, of which only the sheet is kept, still compressed. The
// styles have the same numbers in all, and the sheets refer to nothing else.
const (
	partSheet = "part"                     // the second sheet of its file: the first one is selected
	partPath  = "xl/worksheets/sheet2.xml" // where it lies
)

// sheet is where a currency's movements go at present.
type sheet struct {
	currency string
	file     *excelize.File
	out      *excelize.StreamWriter
	row      int // the last one written
}

func (s *sheet) write(cells []any) error {
	s.row++
	return s.out.SetRow("A"+strconv.Itoa(s.row), cells)
}

// stream begins a sheet of a file, with the styles.
func (b *workbook) stream(file *excelize.File, name string) (*excelize.StreamWriter, error) {
	if err := b.makeStyles(file); err != nil {
		return nil, fmt.Errorf("styles: %w", err)
	}
	if _, err := file.NewSheet(name); err != nil {
		return nil, err
	}
	return file.NewStreamWriter(name)
}

// part is a sheet that is ended, in a temporary file.
type part struct {
	currency string
	number   int // 1, 2, …: of the currency's sheets
	file     *os.File
}

func (p part) name() string {
	if p.number == 1 {
		return p.currency
	}
	return p.currency + " " + strconv.Itoa(p.number)
}

// lay writes a sheet that is ended into a temporary file.
func (b *workbook) lay(s *sheet) error {
	p := part{currency: s.currency, number: 1}
	for _, other := range b.parts {
		if other.currency == s.currency {
			p.number++
		}
	}
	var err error
	if p.file, err = os.CreateTemp("", "counterfoil-sheet-"); err != nil {
		return err
	}
	b.parts = append(b.parts, p)
	return errors.Join(writeZip(s.file, p.file), s.file.Close())
}

// writeZip writes a file without having it stand in memory once more.
func writeZip(file *excelize.File, w io.Writer) error {
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	_, err := file.WriteToBuffer()
	return err
}

// assemble writes the workbook: the summary, and the sheets in the places of empty ones.
func (b *workbook) assemble(w io.Writer, statements []models.Statement) (err error) {
	frame := excelize.NewFile()
	defer func() { err = errors.Join(err, frame.Close()) }()
	if err := b.summary(frame, statements); err != nil {
		return fmt.Errorf("workbook: summary: %w", err)
	}
	slices.SortFunc(b.parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.currency, b.currency), cmp.Compare(a.number, b.number))
	})
	sheets := map[string]*os.File{}
	for i, p := range b.parts {
		if _, err := frame.NewSheet(p.name()); err != nil {
			return err
		}
		sheets["xl/worksheets/sheet"+strconv.Itoa(i+2)+".xml"] = p.file
	}
	var empty bytes.Buffer
	if err := writeZip(frame, &empty); err != nil {
		return err
	}
	in, err := zip.NewReader(bytes.NewReader(empty.Bytes()), int64(empty.Len()))
	if err != nil {
		return err
	}
	out := zip.NewWriter(w)
	for _, entry := range in.File {
		if part := sheets[entry.Name]; part != nil {
			err = copyPart(out, part, entry.Name)
		} else {
			err = out.Copy(entry)
		}
		if err != nil {
			return fmt.Errorf("workbook: %s: %w", entry.Name, err)
		}
	}
	return out.Close()
}

// copyPart copies a sheet as it was compressed.
func copyPart(out *zip.Writer, part *os.File, name string) error {
	info, err := part.Stat()
	if err != nil {
		return err
	}
	in, err := zip.NewReader(part, info.Size())
	if err != nil {
		return err
	}
	for _, entry := range in.File {
		if entry.Name == partPath {
			entry.Name = name
			return out.Copy(entry)
		}
	}
	return errors.New("the sheet is not where it should be")
}

// close takes the temporary files away.
func (b *workbook) close() (err error) {
	for _, s := range b.open {
		err = errors.Join(err, s.file.Close())
	}
	for _, p := range b.parts {
		err = errors.Join(err, p.file.Close(), os.Remove(p.file.Name()))
	}
	return err
}
