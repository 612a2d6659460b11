// Package mailtest is a real mail server for tests.
package mailtest

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is a mail server on this machine that keeps what it takes.
type Server struct {
	Addr string

	mu      sync.Mutex
	taken   []string
	refused string
	hold    chan struct{}
	signed  []string
}

// Options are how a server speaks.
type Options struct {
	Addr     string      // "" for a free port
	TLS      *tls.Config // with a certificate; nil for no encryption
	Implicit bool        // TLS from the first byte, in place of STARTTLS
	Password string      // "" for no sign-in; it is asked for in clear too, as a careless or hostile server would
}

// Start starts a server at an address, or at a free port for "". It ends with the test, or with the function that it gives.
func Start(t testing.TB, addr string) (s *Server, stop func()) {
	t.Helper()
	return StartWith(t, Options{Addr: addr})
}

// StartWith starts a server that speaks as the test wants. It ends with the test, or with the function that it gives.
func StartWith(t testing.TB, o Options) (s *Server, stop func()) {
	t.Helper()
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", o.Addr)
	if err != nil {
		t.Fatal(err)
	}
	s = &Server{Addr: l.Addr().String()}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		if o.Password != "" {
			return &lockedSession{session{s}, o.Password}, nil
		}
		return &session{s}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ErrorLog = log.New(io.Discard, "", 0) // what a client breaks off is what tests are about
	if o.Implicit {
		l = tls.NewListener(l, o.TLS)
	} else {
		server.TLSConfig = o.TLS
	}
	go func() { _ = server.Serve(l) }()
	stop = func() { _, _ = server.Close(), l.Close() }
	t.Cleanup(stop)
	return s, stop
}

// SignIns are the passwords that were given, right or wrong.
func (s *Server) SignIns() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.signed...)
}

// Refuse has the server refuse an address for good.
func (s *Server) Refuse(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = address
}

// Hold has the server take what is handed over and not answer, until the function that it gives is called.
func (s *Server) Hold() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hold := make(chan struct{})
	s.hold = hold
	return sync.OnceFunc(func() { close(hold) })
}

// Mails are the mails that were handed over, as they came.
func (s *Server) Mails() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.taken...)
}

// With counts the mails that hold a text.
func (s *Server) With(text string) (n int) {
	for _, m := range s.Mails() {
		if strings.Contains(m, text) {
			n++
		}
	}
	return n
}

type session struct{ server *Server }

// Mail implements smtp.Session.
func (*session) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if to == s.server.refused {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
	}
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	s.server.taken = append(s.server.taken, string(text))
	hold := s.server.hold
	s.server.mu.Unlock()
	if hold != nil {
		<-hold
	}
	return nil
}

// Reset implements smtp.Session.
func (*session) Reset() {}

// Logout implements smtp.Session.
func (*session) Logout() error { return nil }

// lockedSession asks for a password first.
type lockedSession struct {
	session
	password string
}

// AuthMechanisms implements smtp.AuthSession.
func (*lockedSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (s *lockedSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.signed = append(s.server.signed, password)
		if password != s.password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
