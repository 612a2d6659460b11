package documents

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// configuration of the library: it writes nothing to the disk, and takes what a common reader would take.
var configuration = sync.OnceValue(func() model.Configuration {
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed
	c.CreateBookmarks = false
	c.Offline = true
	return *c
})

func settings() *model.Configuration {
	c := configuration()
	return &c
}

// readPDF counts the pages of a PDF that is whole and does nothing when it is opened.
func readPDF(name string, content []byte) (pages int, err error) {
	broken := refuse(name, "is broken or not a whole PDF. Save or print it anew and add it again.")
	defer func() {
		if recover() != nil { // a file that the library trips over
			pages, err = 0, broken
		}
	}()
	if !bytes.Contains(content, []byte("%%EOF")) { // cut off: the library would make do with what is left
		return 0, broken
	}
	ctx, err := api.ReadContext(bytes.NewReader(content), settings())
	if err == nil && ctx.Encrypt == nil {
		err = api.ValidateContext(ctx)
	}
	switch {
	case ctx != nil && ctx.XRefTable != nil && ctx.Encrypt != nil, errors.Is(err, pdfcpu.ErrWrongPassword):
		return 0, refuse(name, "is encrypted. Save it without a password and add it again.")
	case err != nil:
		return 0, broken
	}
	if what := active(ctx); what != "" {
		return 0, refuse(name, "holds "+what+". Print it to a new PDF and add that.")
	}
	switch pages = ctx.PageCount; {
	case pages < 1:
		return 0, refuse(name, "has no pages.")
	case pages > MaxPages:
		return 0, refuse(name, fmt.Sprintf("has %d pages; fewer than %d are allowed for all files together. Keep the pages that matter.", pages, MaxPages+1))
	}
	return pages, nil
}

// active names what a PDF holds beside its pages that could do something, "" for nothing.
func active(ctx *model.Context) string {
	for _, entry := range ctx.Table {
		if entry == nil || entry.Free {
			continue
		}
		if what := activeIn(entry.Object); what != "" {
			return what
		}
	}
	return ""
}

// activeIn looks into one object of a PDF and what stands within it; what it refers to is an object of its own.
func activeIn(o types.Object) string {
	var d types.Dict
	switch o := o.(type) {
	case types.Array:
		for _, item := range o {
			if what := activeIn(item); what != "" {
				return what
			}
		}
		return ""
	case types.Dict:
		d = o
	case types.StreamDict:
		d = o.Dict
	default:
		return ""
	}
	if kind := d.NameEntry("S"); kind != nil && (*kind == "JavaScript" || *kind == "Launch") {
		return "a script or a command"
	}
	if kind := d.Type(); kind != nil && *kind == "EmbeddedFile" {
		return "another file inside"
	}
	for _, value := range d {
		if what := activeIn(value); what != "" {
			return what
		}
	}
	return ""
}

// merge puts PDFs behind one another.
func merge(parts [][]byte) (whole []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("merge: %v", p)
		}
	}()
	readers := make([]io.ReadSeeker, len(parts))
	for i, p := range parts {
		readers[i] = bytes.NewReader(p)
	}
	var b bytes.Buffer
	err = api.MergeRaw(readers, &b, false, settings())
	return b.Bytes(), err
}

// page makes an A4 page of a picture, within margins.
func page(picture []byte) ([]byte, error) {
	imp := pdfcpu.DefaultImportConfig()
	imp.Pos, imp.Scale = types.Center, 0.9
	var b bytes.Buffer
	err := api.ImportImages(nil, &b, []io.Reader{bytes.NewReader(picture)}, imp, settings())
	return b.Bytes(), err
}
