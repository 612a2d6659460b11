package documents

import (
	"fmt"
	"path"
	"strings"

	"counterfoil/models"
)

// try is how pictures are drawn where they must be smaller: how long on a page, and how good. The last is 110 dpi on A4.
type try struct{ longest, quality int }

func tries() []try { return []try{{2339, 85}, {1754, 80}, {1754, 65}, {1286, 70}, {1286, 60}} }

// Combine makes one file of the parts, at most room bytes large: one that fits stays as it is, byte for byte; several become one PDF, their
// pictures pages. Where that is too large the pictures are drawn smaller, as long as they can be read, and note says so for people.
// Errors: invalid (field "file") where it cannot be made to fit; internal.
func Combine(name string, parts []Document, room int64) (d Document, note string, err error) {
	if len(parts) == 1 && parts[0].Size <= room {
		return parts[0], "", nil
	}
	var before int64
	pictures := 0
	for _, p := range parts {
		before += p.Size
		if p.Type != TypePDF {
			pictures++
		}
	}
	if before <= room { // as they are, only turned where they ask for it
		d, err = assemble(name, parts, nil)
		if err == nil && d.Size <= room {
			return d, "", nil
		}
	}
	if pictures > 0 {
		for _, t := range tries() {
			if d, err = assemble(name, parts, &t); err != nil {
				return d, "", internal(err)
			}
			if d.Size <= room {
				return d, smaller(pictures, before, d.Size), nil
			}
		}
	}
	size := before
	if d.Size > 0 {
		size = min(size, d.Size)
	}
	return Document{}, "", &models.Error{Kind: models.KindInvalid, Field: "file", Code: "files_too_large",
		Message: fmt.Sprintf("%s: the files are %s, and %s is left for them. They cannot be made smaller and stay readable. Remove one, or replace one by a smaller file.",
			name, models.FileSize(size), models.FileSize(room))}
}

func internal(err error) error { return fmt.Errorf("put files together: %w", err) }

func smaller(pictures int, before, after int64) string {
	what := "1 picture was"
	if pictures > 1 {
		what = fmt.Sprintf("%d pictures were", pictures)
	}
	return fmt.Sprintf("%s made smaller: %s became %s.", what, models.FileSize(before), models.FileSize(after))
}

// assemble puts the parts into one file. Pictures are drawn as t asks, one after the other; nil leaves those as they are that stand upright.
func assemble(name string, parts []Document, t *try) (Document, error) {
	if len(parts) == 1 && parts[0].Type != TypePDF && t != nil {
		content, err := redraw(parts[0], t.longest, t.quality)
		return finished(strings.TrimSuffix(parts[0].Name, path.Ext(parts[0].Name))+".jpg", TypeJPEG, 1, content), err
	}
	pages := 0
	pdfs := make([][]byte, 0, len(parts))
	for _, p := range parts {
		content, err := asPDF(p, t)
		if err != nil {
			return Document{}, err
		}
		pages += p.Pages
		pdfs = append(pdfs, content)
	}
	if len(pdfs) == 1 {
		return finished(name+".pdf", TypePDF, pages, pdfs[0]), nil
	}
	whole, err := merge(pdfs)
	return finished(cleanName(name)+".pdf", TypePDF, pages, whole), err
}

// asPDF is a part as a PDF.
func asPDF(p Document, t *try) ([]byte, error) {
	if p.Type == TypePDF {
		return p.Content, nil
	}
	content := p.Content
	var err error
	switch {
	case t != nil:
		content, err = redraw(p, t.longest, t.quality)
	case p.Type == TypeJPEG && orientation(p.Content) != 1:
		content, err = redraw(p, 2339, 90)
	}
	if err != nil {
		return nil, err
	}
	return page(content)
}

func finished(name, kind string, pages int, content []byte) Document {
	return Document{Name: name, Type: kind, Pages: pages, Size: int64(len(content)), SHA256: hash(content), Content: content}
}
