package help

import (
	"maps"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"counterfoil/models"
)

// Contact is how customers reach the shop; every part may be empty.
type Contact struct {
	Email string `json:"email"`
	Phone string `json:"phone"`
	URL   string `json:"url"`
	Hours string `json:"hours"` // in the shop's own words
}

// IsEmpty tells whether nothing is known of it.
func (c Contact) IsEmpty() bool { return c == Contact{} }

// maxContact bounds a part of the contact, in characters.
const maxContact = 200

// Check refuses what customers could not use. Errors: invalid with the field.
func (c Contact) Check() error {
	for field, text := range map[string]string{"email": c.Email, "phone": c.Phone, "url": c.URL, "hours": c.Hours} {
		if utf8.RuneCountInString(text) > maxContact || strings.ContainsFunc(text, unicode.IsControl) {
			return wrong(field, "Write at most 200 characters, in one line.")
		}
	}
	if c.Email != "" {
		if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email {
			return wrong("email", "Write an address such as hello@example.com.")
		}
	}
	if strings.Trim(c.Phone, "+0123456789 ()-/.") != "" {
		return wrong("phone", "Write a number such as +46 31 123 45 67.")
	}
	if c.URL != "" {
		return CheckLink("url", c.URL)
	}
	return nil
}

// CheckLink refuses what is not a plain https address. Errors: invalid with the field.
func CheckLink(field, link string) error {
	u, err := url.Parse(link)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || !strings.Contains(u.Host, "."):
		return wrong(field, "Write an address that begins with https://.")
	case u.User != nil:
		return wrong(field, "Write an address without a name or password in it.")
	case utf8.RuneCountInString(link) > 500 || strings.ContainsFunc(link, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return wrong(field, "Write an address of at most 500 characters, without spaces.")
	}
	return nil
}

func wrong(field, message string) error {
	return &models.Error{Kind: models.KindInvalid, Code: "help_invalid", Field: field, Message: message}
}

// Checked is a link that somebody of the shop has opened and found right.
type Checked struct {
	URL string      `json:"url"`
	At  models.Unix `json:"at"`
	By  string      `json:"by"` // the person's name
}

// Settings are what the shop says on its help pages.
type Settings struct {
	Contact Contact            `json:"contact"`
	Links   map[string]Checked `json:"links"` // by Page.Key
	// Texts are the shop's own in place of a catalog's, by language and key.
	Texts   map[string]map[string]string `json:"texts,omitempty"`
	Reviews map[string]Review            `json:"reviews,omitempty"` // by language
}

// Catalog gives a catalog with the shop's own texts in it.
func (s Settings) Catalog(c Catalog) Catalog {
	own := s.Texts[c.Language]
	if len(own) == 0 {
		return c
	}
	texts := maps.Clone(c.Texts)
	maps.Copy(texts, own)
	c.Texts = texts
	return c
}

// maxText bounds a text of the help page, in characters.
const maxText = 500

// OwnTexts gives of typed texts those that are the shop's own: neither empty nor the catalog's. Errors: invalid with the text's key as the field.
func OwnTexts(c Catalog, typed map[string]string) (map[string]string, error) {
	own := map[string]string{}
	for key, usual := range c.Texts {
		text := strings.TrimSpace(typed[key])
		switch {
		case text == "" || text == usual:
			continue
		case utf8.RuneCountInString(text) > maxText || strings.ContainsFunc(text, unicode.IsControl):
			return nil, wrong(key, "Write at most 500 characters, in one line.")
		case strings.ContainsAny(strings.ReplaceAll(text, "{shop}", ""), "<>{}"):
			return nil, wrong(key, "Write plain words, without < > { }. Only {shop} stands for the shop’s name.")
		}
		own[key] = text
	}
	return own, nil
}

// Key is the page's name in Settings, "SE/sv".
func (p Page) Key() string { return p.Market.Country + "/" + p.Language }

// LinkState is how a page's link to Klarna stands.
type LinkState struct {
	URL     string
	IsFront bool   // nobody has verified a better one: it is Klarna's front page of the country
	Guess   string // the better one that nobody has verified; "" for none
	Checked Checked
}

// Link gives where a page leads: to what the shop has checked, else as Page.Link says.
func (s Settings) Link(p Page) LinkState {
	if c, ok := s.Links[p.Key()]; ok {
		return LinkState{URL: c.URL, Checked: c}
	}
	var state LinkState
	state.URL, state.IsFront = p.Link()
	if state.IsFront && p.address() != state.URL {
		state.Guess = p.address()
	}
	if on, err := time.Parse(time.DateOnly, p.Market.CheckedOn); err == nil {
		state.Checked = Checked{URL: state.URL, At: models.UnixOf(on)}
	}
	return state
}
