package documents

import (
	"bytes"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A page of A4, portrait, in points, with a margin that printers keep. Source of the size: docs.stripe.com/disputes/best-practices.
const (
	pageWidth, pageHeight   = 595, 842
	margin                  = 36
	printWidth, printHeight = pageWidth - 2*margin, pageHeight - 2*margin
	pointsPerInch           = 72
	screenDPI               = 96 // a small picture is not blown up beyond this
)

// sheaf is a PDF that grows by pictures and other PDFs, in the order in which they come.
type sheaf struct{ file *model.Context }

func newSheaf() (*sheaf, error) {
	limits := configuration(nil)
	file, err := pdfcpu.CreateContextWithXRefTable(limits, types.PaperSize["A4"])
	if err != nil {
		return nil, err
	}
	read, err := model.NewContext(bytes.NewReader([]byte("%PDF-1.7")), limits) // merging wants the books that reading keeps
	if err != nil {
		return nil, err
	}
	file.Read, file.Optimize = read.Read, read.Optimize
	_, pages, err := pagesOf(file)
	if err != nil {
		return nil, err
	}
	pages.Delete("MediaBox") // pages that are added would inherit it
	return &sheaf{file}, nil
}

// pagesOf gives the root of the pages, which is another one after PDFs were added.
func pagesOf(file *model.Context) (*types.IndirectRef, types.Dict, error) {
	root, err := file.Pages()
	if err != nil {
		return nil, nil, err
	}
	if root == nil {
		return nil, nil, errBroken
	}
	pages, err := file.DereferenceDict(*root)
	return root, pages, err
}

// addPDF adds the pages of a PDF that Read has taken.
func (s *sheaf) addPDF(content []byte) error {
	file, _, err := openPDF(content)
	if err != nil {
		return err
	}
	return pdfcpu.MergeXRefTables("", file, s.file, false, false)
}

// addPicture adds a page with a picture at its top, as large as the margins and its pixels allow.
func (s *sheaf) addPicture(p picture, content []byte) error {
	stream := p.stream(content)
	drawn, err := s.file.IndRefForNewObject(*stream)
	if err != nil {
		return err
	}
	text, err := s.file.NewStreamDictForBuf([]byte(p.drawing()))
	if err == nil {
		err = text.Encode()
	}
	if err != nil {
		return err
	}
	contents, err := s.file.IndRefForNewObject(*text)
	if err != nil {
		return err
	}
	root, pages, err := pagesOf(s.file)
	if err != nil {
		return err
	}
	page, err := s.file.IndRefForNewObject(types.Dict{
		"Type": types.Name("Page"), "Parent": *root, "MediaBox": types.RectForDim(pageWidth, pageHeight).Array(), "Contents": *contents,
		"Resources": types.Dict{"XObject": types.Dict{"Picture": *drawn}},
	})
	if err == nil {
		err = model.AppendPageTree(page, 1, pages)
	}
	s.file.PageCount++
	return err
}

// stream is the picture as a PDF holds it: a JPEG as it is, a flat PNG by its data.
func (p picture) stream(content []byte) *types.StreamDict {
	depth, filter, space := 8, "DCTDecode", types.Object(types.Name("DeviceRGB"))
	if p.components == 1 || p.flat != nil && p.flat.colors == 1 {
		space = types.Name("DeviceGray")
	}
	var parameters types.Dict
	if p.flat != nil {
		content, depth, filter = imageData(content), p.flat.depth, "FlateDecode"
		parameters = types.Dict{"Predictor": types.Integer(15), "Colors": types.Integer(p.flat.colors), // 15: each row says how it was packed, as in a PNG
			"BitsPerComponent": types.Integer(depth), "Columns": types.Integer(p.width)}
		if len(p.flat.palette) > 0 && p.flat.colors == 1 {
			space = types.Array{types.Name("Indexed"), types.Name("DeviceRGB"), types.Integer(len(p.flat.palette)/3 - 1), types.NewHexLiteral(p.flat.palette)}
		}
	}
	length := int64(len(content))
	dict := types.Dict{
		"Type": types.Name("XObject"), "Subtype": types.Name("Image"), "Width": types.Integer(p.width), "Height": types.Integer(p.height),
		"BitsPerComponent": types.Integer(depth), "ColorSpace": space, "Filter": types.Name(filter), "Length": types.Integer(length),
	}
	if parameters != nil {
		dict["DecodeParms"] = parameters
	}
	stream := types.NewStreamDict(dict, 0, &length, nil, []types.PDFFilter{{Name: filter, DecodeParms: parameters}})
	stream.Raw = content
	return &stream
}

// drawing is the page's text: a square of one point that holds the picture is turned upright, stretched and put in its place.
func (p picture) drawing() string {
	width, height := p.seen()
	w, h := float64(width), float64(height)
	scale := min(printWidth/w, printHeight/h, pointsPerInch/float64(screenDPI))
	w, h = w*scale, h*scale
	upright := map[int]string{
		1: "1 0 0 1 0 0", 2: "-1 0 0 1 1 0", 3: "-1 0 0 -1 1 1", 4: "1 0 0 -1 0 1",
		5: "0 -1 -1 0 1 1", 6: "0 -1 1 0 0 1", 7: "0 1 1 0 0 0", 8: "0 1 -1 0 1 0",
	}[p.orientation]
	return fmt.Sprintf("q %.3f 0 0 %.3f %.3f %.3f cm %s cm /Picture Do Q", w, h, (pageWidth-w)/2, pageHeight-margin-h, upright)
}

// bytes writes the PDF.
func (s *sheaf) bytes() ([]byte, error) {
	s.file.EnsureVersionForWriting()
	return writePDF(s.file)
}
