package models_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"counterfoil/models"
)

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"Rechnung 4711.pdf":                      "Rechnung 4711.pdf",
		"../../etc/passwd":                       "passwd",
		`C:\Users\Åsa\Kvitto.PDF`:                "Kvitto.PDF",
		"领收书 영수증 чек.png":                        "领收书 영수증 чек.png",
		"a\u0308pfel.jpg":                        "äpfel.jpg",
		"a\u200b\u0308pfel\u037e.jpg":            "äpfel_.jpg",
		"photo\u202egnp.exe":                     "photognp.exe",
		"a\r\nSet-Cookie: x\x00.pdf":             "aSet-Cookie_ x.pdf",
		`a"; filename="b.html`:                   "a__ filename=_b.html",
		"":                                       "file",
		"..":                                     "file",
		"\u200b\u2066":                           "file",
		"a\xffb\ufffd.pdf":                       "ab.pdf",
		"no\u00a0break.pdf":                      "no break.pdf",
		strings.Repeat("ü", 300) + ".pdf":        strings.Repeat("ü", 96) + ".pdf",
		strings.Repeat("x", 98) + " .. long.tar": strings.Repeat("x", 96) + ".tar",
	} {
		got := models.FileName(name)
		if got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
		if utf8.RuneCountInString(got) > 100 || models.FileName(got) != got {
			t.Errorf("%q is too long, or is not kept as it is", got)
		}
	}
}
