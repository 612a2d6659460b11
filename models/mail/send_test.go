package mail_test

import (
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"counterfoil/models/mail"
	"counterfoil/models/mail/mailtest"
)

// anyHost reaches this machine, and is not one of the addresses by which the desk knows it: encryption is demanded as of a server far away.
const anyHost = "0.0.0.0"

// sender sends to a server by a host of the test's choice.
func sender(t *testing.T, scheme, host, addr string, roots *x509.CertPool) *mail.Sender {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	s, err := mail.New(scheme+"://desk:open-sesame@"+net.JoinHostPort(host, port), "desk@example.com")
	if err != nil {
		t.Fatal(err)
	}
	s.Roots = roots
	return s
}

func send(t *testing.T, s *mail.Sender) *mail.Failure {
	t.Helper()
	err := s.Send(t.Context(), mail.Message{ID: "mai_1", To: "ann@example.com", Subject: "Hello", Text: "Hello.", HTML: "<p>Hello.</p>", Date: time.Now()})
	var f *mail.Failure
	if err != nil && !errors.As(err, &f) {
		t.Fatalf("%T: %v", err, err)
	}
	return f
}

// TestEncrypted: STARTTLS and TLS from the first byte carry the password and the mail.
func TestEncrypted(t *testing.T) {
	for scheme, implicit := range map[string]bool{"smtp": false, "smtps": true} {
		t.Run(scheme, func(t *testing.T) {
			secure, roots := mailtest.Certificate(t, anyHost)
			server, _ := mailtest.StartWith(t, mailtest.Options{TLS: secure, Implicit: implicit, Password: "open-sesame"})
			if f := send(t, sender(t, scheme, anyHost, server.Addr, roots)); f != nil {
				t.Fatal(f)
			}
			if len(server.SignIns()) != 1 || server.With("Subject: Hello") != 1 || server.With("Message-ID: <mai_1@counterfoil>") != 1 {
				t.Errorf("%q %q", server.SignIns(), server.Mails())
			}
		})
	}
}

// TestNothingInClear: a server that offers no encryption, or whose certificate proves nothing, gets neither the password nor the mail.
func TestNothingInClear(t *testing.T) {
	secure, _ := mailtest.Certificate(t, anyHost)
	other, others := mailtest.Certificate(t, "192.0.2.1")
	for name, c := range map[string]struct {
		scheme, host string
		server       mailtest.Options
		roots        *x509.CertPool
		want         string
	}{
		"no STARTTLS":                   {"smtp", anyHost, mailtest.Options{}, nil, "offers no encryption (STARTTLS)"},
		"no STARTTLS, this machine":     {"smtp", "127.0.0.1", mailtest.Options{}, nil, "no way to sign in that keeps the password secret"},
		"no TLS":                        {"smtps", anyHost, mailtest.Options{}, nil, "does not speak TLS at this port"},
		"nobody vouches":                {"smtp", anyHost, mailtest.Options{TLS: secure}, nil, "certificate is not to be trusted"},
		"nobody vouches, TLS at once":   {"smtps", anyHost, mailtest.Options{TLS: secure, Implicit: true}, nil, "certificate is not to be trusted"},
		"the certificate is of another": {"smtp", anyHost, mailtest.Options{TLS: other}, others, "certificate is not to be trusted"},
	} {
		t.Run(name, func(t *testing.T) {
			c.server.Password = "open-sesame"
			server, _ := mailtest.StartWith(t, c.server)
			f := send(t, sender(t, c.scheme, c.host, server.Addr, c.roots))
			if f == nil || f.Outcome != mail.Temporary || !strings.Contains(f.Message, c.want) || strings.Contains(f.Error(), "open-sesame") {
				t.Errorf("%v", f)
			}
			if len(server.SignIns()) != 0 || len(server.Mails()) != 0 {
				t.Errorf("the server got %q %q", server.SignIns(), server.Mails())
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	secure, roots := mailtest.Certificate(t, anyHost)
	server, _ := mailtest.StartWith(t, mailtest.Options{TLS: secure, Password: "another"})
	if f := send(t, sender(t, "smtp", anyHost, server.Addr, roots)); f == nil || f.Outcome != mail.Temporary || f.Message != "The mail server refused the user name or the password (535)." {
		t.Errorf("%v", f)
	}
}

// TestSlowServer: what is known depends on whether the mail was handed over before the time was over.
func TestSlowServer(t *testing.T) {
	t.Run("it takes the mail and does not answer", func(t *testing.T) {
		secure, roots := mailtest.Certificate(t, anyHost)
		server, _ := mailtest.StartWith(t, mailtest.Options{TLS: secure, Password: "open-sesame"})
		release := server.Hold()
		defer release()
		s := sender(t, "smtp", anyHost, server.Addr, roots)
		s.Timeout = 2 * time.Second
		if f := send(t, s); f == nil || f.Outcome != mail.Unclear || len(server.Mails()) != 1 {
			t.Errorf("%v, %d mails", f, len(server.Mails()))
		}
	})
	for name, scheme := range map[string]string{"it never greets": "smtp", "it never encrypts": "smtps"} {
		t.Run(name, func(t *testing.T) {
			l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // connections are taken, and nobody speaks
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			s := sender(t, scheme, anyHost, l.Addr().String(), nil)
			s.Timeout = 200 * time.Millisecond
			if f := send(t, s); f == nil || f.Outcome != mail.Temporary || f.Message != "The mail server did not answer in time." {
				t.Errorf("%v", f)
			}
		})
	}
}

func TestServerAway(t *testing.T) {
	server, stop := mailtest.Start(t, "")
	stop()
	if f := send(t, sender(t, "smtp", anyHost, server.Addr, nil)); f == nil || f.Outcome != mail.Temporary || f.Message != "The mail server cannot be reached." {
		t.Errorf("%v", f)
	}
}
