// Package documents reads the files that prove something in a dispute and puts several of them into one. What a file is, is decided by its
// content alone.
package documents

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"unicode"

	"counterfoil/models"
)

// Limits of Stripe's. Source: docs.stripe.com/disputes/best-practices, "combined file size" and "combined page count".
const (
	// MaxBytes is how large all files of a dispute may be together: 4.5 MB, read as decimal megabytes, the smaller reading.
	MaxBytes = 4_500_000
	// MaxPages is how many pages they may have together: fewer than 50.
	MaxPages = 49
)

const (
	// MaxUpload is how large a file may be as it comes from a person; it may be made smaller later.
	MaxUpload = 16_000_000
	// The pixels that a picture may have, judged by its header: what decoding it takes stays well below 100 MB.
	maxPNG         = 16_000_000
	maxJPEG        = 50_000_000
	maxProgressive = 10_000_000 // a progressive JPEG is held as coefficients first
	maxName        = 100        // characters
)

// The kinds of files that Stripe takes.
const (
	TypePDF  = "application/pdf"
	TypeJPEG = "image/jpeg"
	TypePNG  = "image/png"
)

// Document is a file that was looked at.
type Document struct {
	Name    string // safe to show and to send, with the ending that fits
	Type    string
	Pages   int
	Size    int64
	SHA256  string
	Content []byte
}

// Read looks at a file. Errors: invalid (field "file"), in a sentence that names the file and says what to do.
func Read(name string, content []byte) (Document, error) {
	name = cleanName(name)
	d := Document{Name: name, Size: int64(len(content)), Content: content, Pages: 1}
	switch {
	case len(content) == 0:
		return d, refuse(name, "is empty.")
	case len(content) > MaxUpload:
		return d, refuse(name, "is "+models.FileSize(int64(len(content)))+"; at most "+models.FileSize(MaxUpload)+" can be added.")
	}
	var err error
	switch d.Type = kindOf(content); d.Type {
	case TypePDF:
		d.Pages, err = readPDF(name, content)
	case TypeJPEG, TypePNG:
		err = readPicture(name, d.Type, content)
	default:
		return d, refuse(name, "is "+foreign(content)+".")
	}
	d.Name, d.SHA256 = withEnding(name, d.Type), hash(content)
	return d, err
}

// kindOf is the kind of a file by its first bytes, "" for one that Stripe does not take.
func kindOf(content []byte) string {
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xd8\xff")):
		return TypeJPEG
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		return TypePNG
	case bytes.Contains(content[:min(len(content), 1024)], []byte("%PDF-")): // readers take what stands before it
		return TypePDF
	}
	return ""
}

// foreign says what a file is that cannot be taken, and what to do.
func foreign(content []byte) string {
	head := content[:min(len(content), 512)]
	has := func(at int, text string) bool {
		return len(head) >= at+len(text) && string(head[at:at+len(text)]) == text
	}
	picture := " Save it as JPEG or PNG and add it again"
	switch {
	case has(4, "ftyphei"), has(4, "ftyphev"), has(4, "ftypmif1"), has(4, "ftypmsf1"):
		return "HEIC, a picture of a phone." + picture
	case has(4, "ftypavif"):
		return "AVIF." + picture
	case has(0, "RIFF") && has(8, "WEBP"):
		return "WebP." + picture
	case has(0, "GIF8"):
		return "GIF." + picture
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		return "TIFF." + picture
	case has(0, "BM"):
		return "a bitmap." + picture
	case has(0, "PK\x03\x04"):
		return "a Word, Excel or ZIP file. Print it as PDF and add that"
	case has(0, "\xd0\xcf\x11\xe0"):
		return "an old Word or Excel file. Print it as PDF and add that"
	case strings.HasPrefix(strings.ToLower(strings.TrimSpace(string(head))), "<"):
		return "a web page. Print it as PDF and add that"
	case !bytes.ContainsFunc(head, func(r rune) bool { return r == unicode.ReplacementChar || r == 0 }):
		return "plain text. Print it as PDF and add that"
	}
	return "neither PDF nor JPEG nor PNG. Save it as one of these and add it again"
}

// cleanName keeps what is safe of a name: no path, nothing that is not seen, nothing that turns letters around.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>:|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if runes := []rune(name); len(runes) > maxName {
		ending := path.Ext(name)
		if len([]rune(ending)) > 6 {
			ending = ""
		}
		name = string(runes[:maxName-len([]rune(ending))]) + ending
	}
	if name == "" || name == "/" {
		return "file"
	}
	return name
}

// withEnding gives a name the ending that its content has.
func withEnding(name, kind string) string {
	endings := map[string][]string{TypePDF: {".pdf"}, TypeJPEG: {".jpg", ".jpeg"}, TypePNG: {".png"}}[kind]
	ending := strings.ToLower(path.Ext(name))
	if slices.Contains(endings, ending) {
		return name
	}
	if slices.Contains([]string{".pdf", ".jpg", ".jpeg", ".png"}, ending) {
		name = name[:len(name)-len(ending)]
	}
	return name + endings[0]
}

func refuse(name, why string) error {
	return &models.Error{Kind: models.KindInvalid, Field: "file", Code: "file_refused", Message: name + " " + why}
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
