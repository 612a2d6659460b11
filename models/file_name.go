package models

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxFileName is how many characters of a file's name are kept.
const maxFileName = 100

// FileName makes a safe name of one that somebody else gave: no path, nothing that cannot be seen or that turns the direction of
// writing, nothing that a file system or a header takes for more than a letter. Letters of all scripts stay. "file" where nothing is left.
func FileName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*;`, r):
			return '_'
		case unicode.IsSpace(r) && !unicode.IsControl(r):
			return ' '
		case !unicode.IsGraphic(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, name)
	name = strings.Trim(norm.NFC.String(name), " .") // again: what was taken out may have stood between a letter and its mark
	if name == "" {
		return "file"
	}
	return ShortFileName(name, fileExtension(name))
}

// fileExtension is the name's extension with its dot, "" where there is none.
func fileExtension(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || len(name)-dot > 10 {
		return ""
	}
	return name[dot:]
}

// ShortFileName gives a name that ends in extension and is not longer than file names may be: its end is kept, the part before is cut.
func ShortFileName(name, extension string) string {
	stem := []rune(strings.TrimSuffix(name, extension))
	room := maxFileName - utf8.RuneCountInString(extension)
	return strings.TrimRight(string(stem[:min(len(stem), room)]), " .") + extension
}
