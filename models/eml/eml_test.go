package eml_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/eml"
)

// mail writes a mail with CRLF line ends.
func mail(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

const head = "From: Klarna Disputes <disputes@klarna.example>\r\nTo: payments@nordicgoods.example\r\nDate: Mon, 16 Nov 2026 09:05:00 +0100\r\nMessage-ID: <abc@klarna.example>\r\nSubject: Dispute NG-20204"

func TestRead(t *testing.T) {
	for name, test := range map[string]struct {
		content []byte
		text    string
		subject string
		words   []string
	}{
		"plain": {mail(head, "", "The customer disputes order NG-20204 (py_3SBz9). Answer by 2026-11-30."), "The customer disputes order NG-20204 (py_3SBz9). Answer by 2026-11-30.",
			"Dispute NG-20204", []string{"NG-20204", "py_3SBz9", "2026-11-30"}},
		"Latin-1 in quoted-printable": {mail(head, "MIME-Version: 1.0", "Content-Type: text/plain; charset=ISO-8859-1", "Content-Transfer-Encoding: quoted-printable", "",
			"Die Bestellung f=FCr Gro=DFmann =", "ist offen."), "Die Bestellung für Großmann ist offen.", "Dispute NG-20204", []string{"NG-20204"}},
		"UTF-8 in base64": {mail("From: a@b.example", "Subject: =?UTF-8?B?w4RyZW5kZSBORy0xMjM0?=", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
			"S3VuZGVuIMOlYmVyb3BhciBORy0xMjM0Lg=="), "Kunden åberopar NG-1234.", "Ärende NG-1234", []string{"NG-1234"}},
		"the plain one of two": {mail(head, "MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=x", "", "--x", "Content-Type: text/plain", "", "Plain NG-7777", "--x", "Content-Type: text/html", "",
			"<p>Page NG-8888</p>", "--x--"), "Plain NG-7777", "Dispute NG-20204", []string{"NG-20204", "NG-7777"}},
		"a page alone": {mail(head, "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8", "", "<html><head><title>t</title><style>p{color:#123456}</style></head><body><p>Order&nbsp;NG-10</p><div>Day 30</div><script>x9999()</script></body></html>"),
			"Order NG-10 \nDay 30", "Dispute NG-20204", []string{"NG-20204", "NG-10"}},
		"a PDF beside it": {mail(head, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: text/plain", "", "See NG-5555", "--x", "Content-Type: application/pdf; name=a.pdf",
			"Content-Disposition: attachment; filename=a.pdf", "Content-Transfer-Encoding: base64", "", "JVBERi0xLjQ=", "--x--"), "See NG-5555", "Dispute NG-20204", []string{"NG-20204", "NG-5555"}},
		"forwarded as it was": {mail("From: sofia@nordicgoods.example", "Subject: Fwd", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: message/rfc822", "", head, "", "Inner NG-6666", "--x--"),
			"Inner NG-6666", "Dispute NG-20204", []string{"NG-20204", "NG-6666"}},
		"broken off":         {mail(head, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: text/plain", "", "Begun NG-4444"), "Begun NG-4444", "Dispute NG-20204", []string{"NG-20204", "NG-4444"}},
		"an unknown charset": {mail(head, "MIME-Version: 1.0", "Content-Type: text/plain; charset=x-nobody-knows", "", "Still NG-3333"), "Still NG-3333", "Dispute NG-20204", []string{"NG-20204", "NG-3333"}},
		"what is not seen":   {mail("From: a@b.example", "Subject: x\u202e\x07y", "", "a\u202eb\x00c NG-2222"), "abc NG-2222", "x y", []string{"NG-2222"}},
	} {
		l, err := eml.Read(test.content)
		if err != nil || l.Text != test.text || l.Subject != test.subject || len(l.SHA256) != 64 {
			t.Errorf("%s: %v\n%q\n%q\n%v", name, err, l.Subject, l.Text, l.Candidates)
		}
		for _, w := range test.words {
			if !slices.Contains(l.Candidates, w) {
				t.Errorf("%s: %s is not among %v", name, w, l.Candidates)
			}
		}
	}
	l, err := eml.Read(mail(head, "", "x"))
	if err != nil || l.From != "Klarna Disputes <disputes@klarna.example>" || l.MessageID != "abc@klarna.example" || l.Date != 1794816300 {
		t.Errorf("%+v %v", l, err)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, content := range map[string][]byte{"empty": nil, "30 MB": append(mail(head, "", ""), make([]byte, 30_000_000)...), "a picture": []byte("\x89PNG\r\n\x1a\n\x00\x00"),
		"no header": []byte("\r\n\r\nhello"), "text": []byte("hello there\r\n\r\nyou")} {
		_, err := eml.Read(content)
		var e *models.Error
		if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field != "file" || e.Message == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadEnds gives mails that nest or repeat without measure.
func TestReadEnds(t *testing.T) {
	deep := "x NG-9999"
	for range 60 {
		deep = "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n" + deep
	}
	many := head + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\nContent-Type: text/plain\r\n\r\nNG-1111\r\n", 5000) + "--x--"
	for name, content := range map[string]string{"deep": "From: a@b.example\r\n" + deep, "many": many, "long": head + "\r\n\r\n" + strings.Repeat("NG-12345 ", 500_000)} {
		l, err := eml.Read([]byte(content))
		if err != nil || len([]rune(l.Text)) > 100_000 || len(l.Candidates) > 200 {
			t.Errorf("%s: %v, %d characters, %d words", name, err, len(l.Text), len(l.Candidates))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(mail(head, "", "NG-1"))
	f.Add(mail(head, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: message/rfc822", "", head, "", "y", "--x--"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if _, err := eml.Read(content); err != nil && !models.IsKind(err, models.KindInvalid) {
			t.Fatal(err)
		}
	})
}
