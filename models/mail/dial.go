package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// client makes what speaks to the server once.
func (s *Sender) client() (*gomail.Client, error) {
	options := append([]gomail.Option{gomail.WithTimeout(s.Timeout), gomail.WithTLSConfig(s.tls()), gomail.WithDialContextFunc(s.dial)}, s.options...)
	return gomail.NewClient(s.host, options...)
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// dial connects to the server. go-mail gives the connection no deadline before the server has greeted, encrypted and let us in, so that a
// silent one would be waited for without an end: here everything that is said counts against one deadline.
func (s *Sender) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	until, _ := ctx.Deadline() // go-mail sets one
	b := bounded{conn, until}
	if err := b.SetDeadline(until); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if !s.implicit {
		return b, nil
	}
	secure := tls.Client(b, s.tls())
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return secure, nil
}

// bounded is a connection whose deadline cannot be moved past a moment.
type bounded struct {
	net.Conn
	until time.Time
}

// SetDeadline implements net.Conn.
func (b bounded) SetDeadline(t time.Time) error {
	if t.IsZero() || t.After(b.until) {
		t = b.until
	}
	return b.Conn.SetDeadline(t)
}
