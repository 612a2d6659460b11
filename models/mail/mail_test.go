package mail_test

import (
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/mail"
)

// TestNew refuses settings that could never send, in words, and never shows the password.
func TestNew(t *testing.T) {
	for address, want := range map[[2]string]string{
		{"smtp://user:secret@mail.example.com:587", "desk@example.com"}: "",
		{"smtps://mail.example.com", "Desk <desk@example.com>"}:         "",
		{"smtp://127.0.0.1:2525", "desk@example.com"}:                   "",
		{"http://user:secret@mail.example.com", "desk@example.com"}:     "SMTP_URL",
		{"smtp://", "desk@example.com"}:                                 "SMTP_URL",
		{"smtp://user:secret@mail.example.com:0", "desk@example.com"}:   "port",
		{"smtp://user:secret@mail.example.com", ""}:                     "MAIL_FROM",
		{"smtp://user:secret@mail.example.com", "nonsense"}:             "MAIL_FROM",
	} {
		_, err := mail.New(address[0], address[1])
		if want == "" && err != nil || want != "" && (!models.IsKind(err, models.KindInvalid) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%v: %v", address, err)
		}
	}
}
