// Package mail hands messages to the shop's mail server.
package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"counterfoil/models"
)

// defaultTimeout is how long the server may take over one message, from the first connection on.
const defaultTimeout = 60 * time.Second

// Sender sends one message at a time over SMTP. Timeout and Roots may be changed before the first one.
type Sender struct {
	Timeout time.Duration  // how long the server may take over one message
	Roots   *x509.CertPool // who vouches for the server; nil for those whom this machine trusts

	host     string
	from     string
	implicit bool // TLS from the first byte
	options  []gomail.Option
}

// Message is what is sent. ID stays the same when it is sent again, so that a mailbox can tell.
type Message struct {
	ID, To, Subject, Text, HTML string
	Date                        time.Time
}

// Outcome is what is known of a message that was not taken.
type Outcome int

// The outcomes of a failure.
const (
	Temporary Outcome = iota // nothing was delivered; later it may be
	Refused                  // the server will not take it
	Unclear                  // it was handed over, and no answer came: it may arrive
)

// Failure is why a message was not taken.
type Failure struct {
	Outcome Outcome
	Message string // for people
	Err     error
}

// Error implements error.
func (f *Failure) Error() string { return fmt.Sprintf("%s: %v", f.Message, f.Err) }

// Unwrap gives what happened.
func (f *Failure) Unwrap() error { return f.Err }

// New makes a Sender from smtp://user:password@host:587 (STARTTLS, which is demanded unless the host is this machine) or smtps://…:465 (TLS
// from the first byte). Errors: invalid.
func New(server, from string) (*Sender, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, invalid("SMTP_URL is not an address such as smtp://user:password@mail.example.com:587.")
	}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return nil, invalid("SMTP_URL has a port that is none.")
		}
	}
	s := &Sender{Timeout: defaultTimeout, host: u.Hostname(), from: from, implicit: u.Scheme == "smtps", options: []gomail.Option{gomail.WithPort(port)}}
	policy := gomail.TLSMandatory
	if s.implicit || isLoopback(s.host) {
		policy = gomail.TLSOpportunistic
	}
	s.options = append(s.options, gomail.WithTLSPolicy(policy))
	if password, ok := u.User.Password(); ok {
		s.options = append(s.options, gomail.WithUsername(u.User.Username()), gomail.WithPassword(password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
	}
	if err := gomail.NewMsg().From(from); err != nil {
		return nil, invalid("MAIL_FROM is not an address such as desk@example.com.")
	}
	if _, err := s.client(); err != nil {
		return nil, invalid("SMTP_URL cannot be used: " + err.Error())
	}
	return s, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func invalid(message string) error {
	return &models.Error{Kind: models.KindInvalid, Code: "mail_configuration", Message: message}
}

// Send hands one message over. Errors: *Failure.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg := gomail.NewMsg()
	if err := errors.Join(msg.From(s.from), msg.To(m.To)); err != nil {
		return &Failure{Outcome: Refused, Message: "The address is not one that mail can be sent to.", Err: err}
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID + "@counterfoil")
	msg.SetDateWithValue(m.Date)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	client, err := s.client()
	if err != nil {
		return &Failure{Outcome: Temporary, Message: "The mail server could not be asked.", Err: err}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // what fails after the server took it, such as saying goodbye, changes nothing
		return nil
	}
	return failure(err)
}
