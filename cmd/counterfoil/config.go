package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"

	"counterfoil/models"
)

// Secret is a setting that is never shown: only that it is set, and its last four characters when it is long enough.
type Secret string

// String hides the value.
func (s Secret) String() string {
	switch {
	case s == "":
		return ""
	case len(s) < 20:
		return "(set)"
	}
	return "…" + string(s[len(s)-4:])
}

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Config is everything that the environment says. It is read here and nowhere else.
type Config struct {
	Addr                string   `env:"ADDR" envDefault:"127.0.0.1:8080" desc:"address to listen on"`
	BaseURL             string   `env:"BASE_URL" desc:"address that people open, e.g. https://desk.example.com"`
	DatabaseURL         string   `env:"DATABASE_URL" envDefault:"counterfoil.db" desc:"SQLite file"`
	StripeSecretKey     Secret   `env:"STRIPE_SECRET_KEY" desc:"restricted or secret key, test or live"`
	StripeWebhookSecret Secret   `env:"STRIPE_WEBHOOK_SECRET" desc:"signing secret of the webhook endpoint"`
	StripeAPIBase       string   `env:"STRIPE_API_BASE" desc:"another Stripe, such as the simulator; refused with a live key"`
	ShopName            string   `env:"SHOP_NAME" envDefault:"My shop" desc:"name in the corner of each page"`
	ShopTimeZone        string   `env:"SHOP_TIME_ZONE" envDefault:"UTC" desc:"IANA zone that people see times in"`
	OrderReferenceKeys  []string `env:"ORDER_REFERENCE_KEYS" envDefault:"order_id,order_number,order_reference,reference" desc:"metadata keys that hold the order reference, first match wins"`
	SecretKey           Secret   `env:"SECRET_KEY" desc:"32 bytes or more; signs cookies and forms"`
	SMTPURL             Secret   `env:"SMTP_URL" desc:"mail server, e.g. smtp://user:password@mail.example.com:587 or smtps://…:465; without it mails are shown in the app only"`
	MailFrom            string   `env:"MAIL_FROM" desc:"address that mails come from; needed with SMTP_URL"`
	TrustedProxies      []string `env:"TRUSTED_PROXIES" desc:"addresses or CIDR ranges whose X-Forwarded headers count"`
}

// minSecretKey is the shortest SECRET_KEY that is taken, in bytes.
const minSecretKey = 32

// loadConfig reads .env if present, then the environment, which wins. It checks only form, not whether all is there.
func loadConfig() (Config, error) {
	if err := godotenv.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Config{}, cannotBegin{fmt.Errorf(".env cannot be read: %w", err)}
	}
	c, err := env.ParseAs[Config]()
	if err != nil {
		return c, cannotBegin{err}
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/") // paths are put behind it
	return c, nil
}

// check refuses what serve cannot run with, naming the setting and what would be right.
func (c Config) check() error {
	switch {
	case c.StripeSecretKey == "":
		return refuse("STRIPE_SECRET_KEY is not set. Create a restricted key in Stripe, or run 'counterfoil demo', which needs none.")
	case c.StripeWebhookSecret == "":
		return refuse("STRIPE_WEBHOOK_SECRET is not set. It is shown on the webhook endpoint's page in Stripe and begins with whsec_.")
	case len(c.SecretKey) == 0:
		return refuse("SECRET_KEY is not set. Use 32 random bytes or more, for example the output of 'openssl rand -hex 32'.")
	case len(c.SecretKey) < minSecretKey:
		return refuse(fmt.Sprintf("SECRET_KEY has %d bytes; it needs %d or more.", len(c.SecretKey), minSecretKey))
	}
	if _, err := c.zone(); err != nil {
		return err
	}
	if _, err := c.databasePath(); err != nil {
		return err
	}
	if err := c.checkBaseURL(); err != nil {
		return err
	}
	_, err := c.proxies()
	return err
}

func (c Config) checkBaseURL() error {
	if c.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return refuse(fmt.Sprintf("BASE_URL %q is not an address such as https://desk.example.com.", c.BaseURL))
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return refuse(fmt.Sprintf("BASE_URL %q is plain http. Outside of this machine the desk is served over https only.", c.BaseURL))
	}
	return nil
}

func (c Config) zone() (*time.Location, error) {
	zone, err := time.LoadLocation(c.ShopTimeZone)
	if err != nil {
		return nil, refuse(fmt.Sprintf("SHOP_TIME_ZONE %q is not an IANA time zone such as Europe/Stockholm.", c.ShopTimeZone))
	}
	return zone, nil
}

// databasePath takes a path, or sqlite: and file: URLs of one.
func (c Config) databasePath() (string, error) {
	path := c.DatabaseURL
	for _, prefix := range []string{"sqlite://", "sqlite:", "file://", "file:"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			path = rest
			break
		}
	}
	if path == "" || strings.Contains(path, "://") {
		return "", refuse(fmt.Sprintf("DATABASE_URL %q is not a SQLite file.", c.DatabaseURL))
	}
	return path, nil
}

func (c Config) proxies() ([]string, error) {
	for _, p := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err == nil {
			continue
		}
		if _, err := netip.ParseAddr(p); err != nil {
			return nil, refuse(fmt.Sprintf("TRUSTED_PROXIES: %q is neither an address nor a CIDR range.", p))
		}
	}
	return c.TrustedProxies, nil
}

// list prints every setting; secrets hide themselves.
func (c Config) list(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tVALUE\tDEFAULT\tWHAT")
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		value := fmt.Sprint(v.Field(i).Interface())
		if keys, ok := v.Field(i).Interface().([]string); ok {
			value = strings.Join(keys, ",")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", tag.Get("env"), value, tag.Get("envDefault"), tag.Get("desc"))
	}
	return t.Flush()
}

type configCmd struct{}

// Run lists the settings.
func (configCmd) Run(s streams) error {
	c, err := loadConfig()
	if err != nil {
		return err
	}
	return c.list(s.out)
}

func refuse(message string) error {
	return cannotBegin{&models.Error{Kind: models.KindInvalid, Code: "configuration", Message: message}}
}

// oneLine is what a person at a terminal reads of an error.
func oneLine(err error) string {
	text := err.Error()
	var e *models.Error
	if errors.As(err, &e) && e.Message != "" {
		text = e.Message
	}
	return strings.Join(strings.Fields(text), " ")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// listen opens the address, or says in one line why not.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err == nil {
		return l, nil
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return nil, refuse(fmt.Sprintf("cannot listen on %s: %v", addr, err))
}
