package documents

import (
	"cmp"
	"fmt"
	"slices"

	"counterfoil/models"
)

// maxTogether is how large the parts of one file may be together, in bytes: all of them are held at once.
const maxTogether = 3 * MaxUpload

// pageOverhead is about what a page with a picture takes beside the picture, in bytes.
const pageOverhead = 1_500

// Combine makes one file, for one kind of evidence, out of documents that Read has taken. A single one that fits into room, in bytes, passes
// as it is; several become a PDF, a page for each picture, in their order. Where they do not fit, pictures are made smaller, as far as they
// stay readable, and the second value says so to people. Errors: KindInvalid with the field "file".
func Combine(name string, parts []Document, room int64) (Document, string, error) {
	name = models.FileName(name)
	if len(parts) == 0 {
		return Document{}, "", refuse("file_missing", "Add a file first.")
	}
	pages, size := 0, int64(0)
	for _, part := range parts {
		pages, size = pages+part.Pages, size+part.Size
	}
	if size > maxTogether {
		return Document{}, "", refuse("file_too_large", "These files are %s together; at most %s can be put into one. Leave some out.", megabytes(size), space(maxTogether))
	}
	if pages > MaxPages {
		return Document{}, "", refuse("file_pages", "These files have %d pages together; all files of a dispute may have %d. Keep the pages that matter.", pages, MaxPages)
	}
	if len(parts) == 1 && parts[0].Size <= room {
		only := parts[0]
		only.Name = nameFor(name, only.Type)
		return only, "", nil
	}
	c := combination{room: room, before: size}
	if len(parts) > 1 {
		c.overhead = pageOverhead
	}
	for _, part := range parts {
		if err := c.add(part, len(parts) == 1); err != nil {
			return Document{}, "", err
		}
	}
	if err := c.shrink(); err != nil {
		return Document{}, "", err
	}
	return c.file(name, pages)
}

// combination is the making of one file.
type combination struct {
	room     int64
	overhead int   // of a page, where there are pages
	before   int64 // the size of all parts as they came
	sheets   []*sheet
}

// sheet is a part on its way into the file: a PDF as it is, or a picture.
type sheet struct {
	part    Document
	picture picture // of content; mime is empty for a PDF
	content []byte
	least   bool // it cannot be made smaller
	shrunk  bool
}

// add takes a part in. Alone, a picture stays a file of its own kind; on a page it must be one that a PDF can hold.
func (c *combination) add(part Document, alone bool) error {
	s := &sheet{part: part, content: part.Content}
	c.sheets = append(c.sheets, s)
	if part.Type == TypePDF {
		s.least = true
		return nil
	}
	p, _, err := inspect(part.Type, part.Content)
	if err != nil {
		return because(broken(part.Name), err)
	}
	s.picture = p
	if alone || p.mime == TypeJPEG && p.components != 4 || p.flat != nil {
		return nil
	}
	content, err := opaque(p, part.Content)
	if err != nil {
		return because(broken(part.Name), err)
	}
	return s.becomes(TypePNG, content)
}

// becomes puts another picture in the place of the sheet's.
func (s *sheet) becomes(mime string, content []byte) error {
	p, _, err := inspect(mime, content)
	s.picture, s.content = p, content
	return err
}

// shrink makes pictures smaller until all parts fit: small ones stay as they are, large ones share what is left of the room. Where that
// is not enough since some cannot become as small as their share, all become as small as they can.
func (c *combination) shrink() error {
	order := slices.Clone(c.sheets)
	slices.SortStableFunc(order, func(a, b *sheet) int { return cmp.Compare(len(a.content), len(b.content)) })
	order = slices.DeleteFunc(order, func(s *sheet) bool { return s.least })
	left := int(c.room) - c.overhead
	for _, s := range c.sheets {
		if s.least {
			left -= len(s.content)
		}
	}
	for i, s := range order {
		share := left/(len(order)-i) - c.overhead
		if len(s.content) > share {
			if err := s.shrink(share, levels); err != nil {
				return err
			}
		}
		left -= len(s.content) + c.overhead
	}
	if left >= 0 {
		return nil
	}
	for _, s := range order {
		if err := s.shrink(0, levels[len(levels)-1:]); err != nil {
			return err
		}
	}
	return nil
}

// shrink makes the picture smaller, from the part as it came, unless nothing is won.
func (s *sheet) shrink(room int, tried []level) error {
	if s.least {
		return nil
	}
	p, _, err := inspect(s.part.Type, s.part.Content)
	if err != nil {
		return because(broken(s.part.Name), err)
	}
	content, err := smaller(p, s.part.Content, max(room, 0), tried)
	if err != nil {
		return because(broken(s.part.Name), err)
	}
	s.least = len(content) > room
	if len(content) >= len(s.content) {
		return nil
	}
	s.shrunk = true
	return s.becomes(TypeJPEG, content)
}

// file makes the file and says what was done for it.
func (c *combination) file(name string, pages int) (Document, string, error) {
	var made Document
	if only := c.sheets[0]; len(c.sheets) == 1 {
		mime := cmp.Or(only.picture.mime, TypePDF)
		made = document(name, mime, pages, only.content)
		made.Width, made.Height = only.picture.seen()
	} else {
		content, err := c.bind()
		if err != nil {
			return Document{}, "", err
		}
		made = document(name, TypePDF, pages, content)
	}
	if made.Size > c.room {
		return Document{}, "", c.tooMuch(made.Size)
	}
	return made, c.sentence(made.Size), nil
}

// bind puts all parts into one PDF.
func (c *combination) bind() (content []byte, err error) {
	var at *sheet
	err = guarded(func() error {
		bound, err := newSheaf()
		if err != nil {
			return err
		}
		for _, at = range c.sheets {
			if at.picture.mime == "" {
				err = bound.addPDF(at.content)
			} else {
				err = bound.addPicture(at.picture, at.content)
			}
			if err != nil {
				return err
			}
		}
		content, err = bound.bytes()
		return err
	})
	if err != nil && at != nil {
		err = because(refuse("file_broken", "%s cannot be put into one file with the others. Print it to PDF and add that file.", at.part.Name), err)
	}
	return content, err
}

func (c *combination) tooMuch(size int64) error {
	switch {
	case len(c.sheets) > 1:
		return refuse("file_too_large", "These files are %s together and cannot be made smaller than %s; there is room for %s. Leave one out, or save a PDF smaller.",
			megabytes(c.before), megabytes(size), space(c.room))
	case c.sheets[0].picture.mime == "":
		return refuse("file_too_large", "%s is %s; there is room for %s. Save it as a smaller PDF, or keep the pages that matter.",
			c.sheets[0].part.Name, megabytes(size), space(c.room))
	}
	return refuse("file_too_large", "%s is %s and cannot be made smaller than %s; there is room for %s.",
		c.sheets[0].part.Name, megabytes(c.before), megabytes(size), space(c.room))
}

// sentence says how many pictures were made smaller, and what that did.
func (c *combination) sentence(size int64) string {
	count := 0
	for _, s := range c.sheets {
		if s.shrunk {
			count++
		}
	}
	switch count {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("1 picture was made smaller: %s became %s.", megabytes(c.before), megabytes(size))
	}
	return fmt.Sprintf("%d pictures were made smaller: %s became %s.", count, megabytes(c.before), megabytes(size))
}
