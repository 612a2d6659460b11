package documents

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"counterfoil/models"
)

// kind is what a content is.
type kind struct {
	name string // for people
	mime string // where Stripe takes it
	ends string // the extensions that promise it
	do   string // what a person can do with what Stripe does not take
}

const (
	saveAsPicture = "Save it as JPEG or PNG and add it again."
	saveAsPDF     = "Save or print it as PDF and add it again."
	unpack        = "Unpack it and add the files that are in it."
)

// signatures are the kinds that are told by their first bytes, in the order in which they are tried.
var signatures = []struct {
	at    int
	bytes string
	kind  kind
}{
	{0, "\xff\xd8\xff", kind{name: "a JPEG", mime: TypeJPEG}},
	{0, "\x89PNG\r\n\x1a\n", kind{name: "a PNG", mime: TypePNG}},
	{0, "%PDF-", kind{name: "a PDF", mime: TypePDF}},
	{4, "ftypavif", kind{name: "AVIF", ends: ".avif", do: saveAsPicture}},
	{4, "ftyphe", kind{name: "HEIC", ends: ".heic .heif", do: saveAsPicture}},
	{4, "ftypmif1", kind{name: "HEIC", ends: ".heic .heif", do: saveAsPicture}},
	{4, "ftypmsf1", kind{name: "HEIC", ends: ".heic .heif", do: saveAsPicture}},
	{4, "ftyp", kind{name: "a film", ends: ".mp4 .mov .m4v", do: "Add a picture of what it shows, as JPEG or PNG."}},
	{8, "WEBP", kind{name: "WebP", ends: ".webp", do: saveAsPicture}},
	{0, "GIF8", kind{name: "GIF", ends: ".gif", do: saveAsPicture}},
	{0, "II*\x00", kind{name: "TIFF", ends: ".tif .tiff", do: saveAsPicture}},
	{0, "MM\x00*", kind{name: "TIFF", ends: ".tif .tiff", do: saveAsPicture}},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kind{name: "an older Word, Excel or Outlook file", ends: ".doc .xls .msg", do: saveAsPDF}},
	{0, "{\\rtf", kind{name: "RTF", ends: ".rtf", do: saveAsPDF}},
	{0, "7z\xbc\xaf\x27\x1c", kind{name: "a 7z archive", ends: ".7z", do: unpack}},
	{0, "Rar!", kind{name: "a RAR archive", ends: ".rar", do: unpack}},
}

// packed are the kinds that are ZIP files inside, told by a name in them.
var packed = []struct {
	has  string
	kind kind
}{
	{"word/", kind{name: "DOCX (Word)", ends: ".docx", do: saveAsPDF}},
	{"xl/", kind{name: "XLSX (Excel)", ends: ".xlsx", do: saveAsPDF}},
	{"ppt/", kind{name: "PPTX (PowerPoint)", ends: ".pptx", do: saveAsPDF}},
	{"opendocument", kind{name: "OpenDocument", ends: ".odt .ods .odp", do: saveAsPDF}},
}

// kindOf tells what a content is by its bytes. Blanks before a PDF's first line are let through, as readers of PDF do; anything else
// before it is not, so that no file is a PDF here and a web page elsewhere.
func kindOf(content []byte) kind {
	for _, s := range signatures {
		if len(content) > s.at && bytes.HasPrefix(content[s.at:], []byte(s.bytes)) {
			return s.kind
		}
	}
	start := content[:min(len(content), 1024)]
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), "\x00\t\n\f\r "), []byte("%PDF-")) {
		return kind{name: "a PDF", mime: TypePDF}
	}
	if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		for _, p := range packed {
			if bytes.Contains(content, []byte(p.has)) {
				return p.kind
			}
		}
		return kind{name: "ZIP", ends: ".zip", do: unpack}
	}
	switch sniffed := http.DetectContentType(content); {
	case strings.HasPrefix(sniffed, "text/html"):
		return kind{name: "HTML (a web page)", ends: ".html .htm", do: saveAsPDF}
	case strings.HasPrefix(sniffed, "text/"):
		return kind{name: "plain text", ends: ".txt .csv .eml .log .md .json", do: saveAsPDF}
	}
	return kind{do: "Save it as PDF, JPEG or PNG and add it again."}
}

// refusal says what the file is and what to do. A name that promises what the content does not keep is told, since the person sees the name.
func (k kind) refusal(name string) error {
	switch promised := promisedBy(name); {
	case promised != "" && k.name == "":
		return refuse("file_disguised", "%s is not %s, whatever its name says. %s", name, promised, k.do)
	case promised != "":
		return refuse("file_disguised", "%s is %s, whatever its name says. %s", name, k.name, k.do)
	case k.name == "":
		return refuse("file_kind", "%s is a kind of file that Stripe does not take. %s", name, k.do)
	}
	return refuse("file_kind", "%s is %s. %s", name, k.name, k.do)
}

// promisedBy is the kind that a name promises, where it is one that Stripe takes.
func promisedBy(name string) string {
	for _, s := range signatures {
		if s.kind.mime != "" && hasExtension(name, extensions[s.kind.mime]) {
			return s.kind.name
		}
	}
	return ""
}

func hasExtension(name string, of []string) bool {
	return slices.ContainsFunc(of, func(extension string) bool { return strings.HasSuffix(strings.ToLower(name), extension) })
}

// nameFor gives name the extension of its type, in place of another kind's.
func nameFor(name, mime string) string {
	if hasExtension(name, extensions[mime]) {
		return name
	}
	return models.ShortFileName(withoutExtension(name)+extensions[mime][0], extensions[mime][0])
}

// withoutExtension cuts off the extension of a kind of file, and no other: "invoice 2026.11" has none.
func withoutExtension(name string) string {
	known := slices.Concat(extensions[TypePDF], extensions[TypeJPEG], extensions[TypePNG])
	for _, s := range signatures {
		known = append(known, strings.Fields(s.kind.ends)...)
	}
	for _, p := range packed {
		known = append(known, strings.Fields(p.kind.ends)...)
	}
	for _, extension := range known {
		if len(name) > len(extension) && hasExtension(name, []string{extension}) {
			return name[:len(name)-len(extension)]
		}
	}
	return name
}
