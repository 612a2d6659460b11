// Package eml reads a mail as it was saved (.eml): who wrote it, when, what it says, and the words in it that may name an order.
package eml

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // the charsets that mails come in
	"github.com/emersion/go-message/mail"
	"golang.org/x/net/html"

	"counterfoil/models"
)

const (
	// MaxSize is how large a mail may be, in bytes.
	MaxSize       = 10_000_000
	maxText       = 100_000 // characters
	maxParts      = 200
	maxDepth      = 5
	maxCandidates = 200
)

// Letter is a mail as people read it.
type Letter struct {
	MessageID  string
	From       string
	Subject    string
	Text       string
	Date       models.Unix // 0 where it gives none
	SHA256     string      // of the file
	Candidates []string    // words that may name an order: references, Stripe ids; the subject's first
}

// Read reads a mail. One that was forwarded as an attachment is the letter itself. Errors: invalid (field "file").
func Read(content []byte) (Letter, error) {
	sum := sha256.Sum256(content)
	l := Letter{SHA256: hex.EncodeToString(sum[:])}
	switch {
	case len(content) == 0:
		return l, refuse("The file is empty.")
	case len(content) > MaxSize:
		return l, refuse("The mail is too large; at most 10 MB are read. Save it without its attachments.")
	}
	entity, err := message.Read(bytes.NewReader(content))
	if entity == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return l, refuse("This is not a mail. Save Klarna’s mail as an .eml file and add that.")
	}
	header := mail.Header{Header: entity.Header}
	if !header.Has("From") && !header.Has("Subject") && !header.Has("Date") {
		return l, refuse("This is not a mail: it has no sender, no subject and no date. Save Klarna’s mail as an .eml file and add that.")
	}
	r := &reader{}
	r.read(entity, 0)
	if r.forwarded != nil && strings.TrimSpace(r.plain.String()) == "" {
		header = *r.forwarded
	}
	l.head(header)
	l.Text = r.text()
	l.Candidates = candidates(l.Subject + "\n" + l.Text)
	return l, nil
}

// head reads who wrote it, about what, and when.
func (l *Letter) head(h mail.Header) {
	l.Subject = line(orRaw(h.Subject()))
	l.MessageID, _ = h.MessageID()
	if from, err := h.AddressList("From"); err == nil && len(from) > 0 {
		l.From = line(strings.TrimSpace(from[0].Name + " <" + from[0].Address + ">"))
	} else {
		l.From = line(h.Get("From"))
	}
	if at, err := h.Date(); err == nil && at.Unix() > 0 {
		l.Date = models.UnixOf(at)
	}
}

func orRaw(text string, _ error) string { return text }

// line keeps a header's text on one line of what can be seen.
func line(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 500 {
		text = string(r[:500])
	}
	return text
}

// reader collects the texts of a mail's parts.
type reader struct {
	plain, html strings.Builder
	forwarded   *mail.Header // of a mail that is attached
	inner       *reader      // what that one says
	parts       int
}

func (r *reader) read(e *message.Entity, depth int) {
	if r.parts++; r.parts > maxParts || depth > maxDepth {
		return
	}
	if multipart := e.MultipartReader(); multipart != nil {
		for {
			part, err := multipart.NextPart()
			if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				return // the end, or where it breaks off: what came before is kept
			}
			r.read(part, depth+1)
		}
	}
	kind, _, _ := e.Header.ContentType()
	disposition, _, _ := e.Header.ContentDisposition()
	switch {
	case kind == "message/rfc822":
		inner, err := message.Read(e.Body)
		if inner == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return
		}
		r.forwarded, r.inner = &mail.Header{Header: inner.Header}, &reader{parts: r.parts}
		r.inner.read(inner, depth+1)
	case disposition == "attachment":
	case kind == "text/html":
		r.html.WriteString(bodyOf(e.Body))
	case strings.HasPrefix(kind, "text/"), kind == "":
		r.plain.WriteString(bodyOf(e.Body))
	}
}

// bodyOf is a part's text as far as it can be read.
func bodyOf(body io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(body, MaxSize))
	return strings.ToValidUTF8(string(text), "�") + "\n"
}

// text is what the mail says: its plain text, else what its page shows, and what was forwarded with it.
func (r *reader) text() string {
	text := r.plain.String()
	if strings.TrimSpace(text) == "" {
		text = words(r.html.String())
	}
	if r.inner != nil {
		text += "\n" + r.inner.text()
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, text)
	text = strings.TrimSpace(blankLines.ReplaceAllString(text, "\n\n"))
	if c := []rune(text); len(c) > maxText {
		text = string(c[:maxText])
	}
	return text
}

var blankLines = regexp.MustCompile(`\n[ \t]*\n[ \t\n]*`)

// words are what a page shows, with a line for each block.
func words(page string) string {
	var b strings.Builder
	hidden := 0
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(strings.Join(strings.Fields(string(z.Text())), " ") + " ")
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "head":
				hidden++
			case "br", "p", "div", "tr", "li", "h1", "h2", "h3", "table":
				b.WriteString("\n")
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); hidden > 0 && slices.Contains([]string{"script", "style", "head"}, string(name)) {
				hidden--
			}
		}
	}
}

var word = regexp.MustCompile(`[\pL\pN#][\pL\pN_#/-]*`)

// candidates are the words that may name an order: four letters or more with a digit among them.
func candidates(text string) (found []string) {
	for _, w := range word.FindAllString(text, -1) {
		w = strings.Trim(w, "#/-_")
		if len([]rune(w)) < 4 || len(w) > 100 || !strings.ContainsFunc(w, unicode.IsDigit) || slices.Contains(found, w) {
			continue
		}
		if found = append(found, w); len(found) == maxCandidates {
			break
		}
	}
	return found
}

func refuse(text string) error {
	return &models.Error{Kind: models.KindInvalid, Field: "file", Code: "mail_refused", Message: text, Err: errors.New("mail refused")}
}
