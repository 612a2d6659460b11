package mail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// failure tells what is known: only a failure after the text was handed over leaves it open whether the mail arrives (RFC 5321, 4.5.3.2.6).
func failure(err error) *Failure {
	var sent *gomail.SendError
	if !errors.As(err, &sent) {
		return &Failure{Outcome: Temporary, Message: unreached(err), Err: err}
	}
	code := sent.ErrorCode()
	switch {
	case code >= 500 && sent.Reason == gomail.ErrSMTPRcptTo:
		return &Failure{Outcome: Refused, Message: fmt.Sprintf("The mail server refused the address (%d).", code), Err: err}
	case code >= 500:
		return &Failure{Outcome: Refused, Message: fmt.Sprintf("The mail server refused the mail (%d).", code), Err: err}
	case code >= 400:
		return &Failure{Outcome: Temporary, Message: fmt.Sprintf("The mail server does not take it now (%d).", code), Err: err}
	case sent.Reason == gomail.ErrSMTPDataClose || sent.Reason == gomail.ErrWriteContent:
		return &Failure{Outcome: Unclear, Message: "The mail was handed over, and the mail server did not answer.", Err: err}
	}
	return &Failure{Outcome: Temporary, Message: "The mail server broke off.", Err: err}
}

// unreached says why the server was never handed the mail. Somebody may repair each of these, so it is tried again.
func unreached(err error) string {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var answer *textproto.Error
	var network net.Error
	switch {
	case errors.As(err, &certificate):
		return "The mail server’s certificate is not to be trusted, so nothing was sent to it."
	case errors.As(err, &record):
		return "The mail server does not speak TLS at this port, so nothing was sent to it."
	case strings.Contains(err.Error(), "does not support STARTTLS"): // go-mail has no error of its own for it
		return "The mail server offers no encryption (STARTTLS), so nothing was sent to it."
	case errors.Is(err, gomail.ErrNoSupportedAuthDiscovered), strings.Contains(err.Error(), "does not support SMTP AUTH"):
		return "The mail server offers no way to sign in that keeps the password secret, so it was not sent."
	case errors.As(err, &answer) && (answer.Code == 535 || answer.Code == 534 || answer.Code == 530):
		return fmt.Sprintf("The mail server refused the user name or the password (%d).", answer.Code)
	case errors.As(err, &answer):
		return fmt.Sprintf("The mail server turned the desk away (%d).", answer.Code)
	case errors.As(err, &network) && network.Timeout():
		return "The mail server did not answer in time."
	}
	return "The mail server cannot be reached."
}
