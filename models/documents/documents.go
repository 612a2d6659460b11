// Package documents reads files of evidence for a dispute and makes one file out of several.
package documents

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"counterfoil/models"
)

// What Stripe takes as evidence: PDF, JPEG or PNG, all files of a dispute together at most 4.5 MB and fewer than 50 pages, one file for
// each kind of evidence. Source: docs.stripe.com/disputes/best-practices.
const (
	// MaxBytes is how large all files of a dispute may be together, in bytes. Stripe writes 4.5 MB and not which: the decimal one is the smaller.
	MaxBytes = 4_500_000
	// MaxPages is how many pages all files of a dispute may have together. A picture is one page.
	MaxPages = 49
)

// What we take from a person, who may well choose more than fits and leave the rest to Combine.
const (
	// MaxUpload is how large one file may be when it arrives, in bytes.
	MaxUpload = 16 << 20
	// MaxPixels is how many pixels a picture may have. It is decided from the picture's header, before anything is decoded.
	MaxPixels = 40_000_000
	// maxDecoded is how many bytes a picture may take when it is decoded, decided likewise: a pixel takes 1 to 8 bytes, by the picture's kind.
	maxDecoded = 96 << 20
)

// The types of file.
const (
	TypePDF  = "application/pdf"
	TypeJPEG = "image/jpeg"
	TypePNG  = "image/png"
)

// extensions are what the names of files end in, the preferred one first.
var extensions = map[string][]string{
	TypePDF:  {".pdf"},
	TypeJPEG: {".jpg", ".jpeg"},
	TypePNG:  {".png"},
}

// Document is a file that Stripe takes.
type Document struct {
	Name          string // safe, with the extension of its type
	Type          string
	Pages         int
	Size          int64  // of Content, in bytes
	SHA256        string // of Content, in hex
	Width, Height int    // of a picture, in pixels as it is seen, upright
	Removed       string // what was taken out of the file, for people; empty where nothing was
	Content       []byte
}

// Read checks a file by its content, whatever its name says. Pictures lose what they say beside the picture (place, device, time); PDFs
// lose what could act (scripts, attached files, actions that start something). Anything else is kept byte for byte.
// Errors: KindInvalid with the field "file".
func Read(name string, content []byte) (Document, error) {
	name = models.FileName(name)
	switch {
	case len(content) == 0:
		return Document{}, refuse("file_empty", "%s is empty. Save it anew and add it again.", name)
	case len(content) > MaxUpload:
		return Document{}, refuse("file_too_large", "%s is %s. Choose a file of at most %s.", name, megabytes(len(content)), megabytes(MaxUpload))
	}
	switch k := kindOf(content); k.mime {
	case TypePDF:
		return readPDF(name, content)
	case TypeJPEG, TypePNG:
		return readPicture(name, k.mime, content)
	default:
		return Document{}, k.refusal(name)
	}
}

// document fills in what follows from a content.
func document(name, mime string, pages int, content []byte) Document {
	sum := sha256.Sum256(content)
	return Document{Name: nameFor(name, mime), Type: mime, Pages: pages, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), Content: content}
}

func refuse(code, format string, args ...any) *models.Error {
	return &models.Error{Kind: models.KindInvalid, Code: code, Field: "file", Message: fmt.Sprintf(format, args...)}
}

// because keeps the cause for the log.
func because(e *models.Error, cause error) *models.Error {
	e.Err = cause
	return e
}

// megabytes is a size as people read it, rounded up. The megabyte is the decimal one.
func megabytes[N int | int64](size N) string {
	if size < 100_000 {
		return fmt.Sprintf("%d kB", (size+999)/1000)
	}
	tenths := (size + 99_999) / 100_000
	return fmt.Sprintf("%d.%d MB", tenths/10, tenths%10)
}

// space is a room as people read it, rounded down, so that nothing looks as if it fitted.
func space(room int64) string {
	if room < 100_000 {
		return fmt.Sprintf("%d kB", max(room, 0)/1000)
	}
	return megabytes(room / 100_000 * 100_000)
}
