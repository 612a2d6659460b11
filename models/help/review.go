package help

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"counterfoil/models"
)

// Review is a native speaker's word that the texts of a language are right as they stood then.
type Review struct {
	Reader string      `json:"reader"` // who read them
	At     models.Unix `json:"at"`
	By     string      `json:"by"`    // who noted it
	Texts  string      `json:"texts"` // a fingerprint of what was read
}

// ReviewState is how the review of a language stands.
type ReviewState string

// The states of a review.
const (
	ReviewNone    ReviewState = "none"
	ReviewDone    ReviewState = "done"
	ReviewChanged ReviewState = "changed" // a text was changed since, by the shop or with a new version of the program
)

// maxReader bounds a reader's name, in characters.
const maxReader = 100

// NewReview notes who has read the texts of a language as they stand; seen is the Fingerprint of what was read. Errors: invalid with the field
// "reader", conflict where the texts are others by now.
func (s Settings) NewReview(c Catalog, reader, seen, by string, at models.Unix) (Review, error) {
	reader = strings.TrimSpace(reader)
	if now := s.Fingerprint(c); seen != now {
		return Review{}, &models.Error{Kind: models.KindConflict, Code: "texts_changed", Message: "Somebody has changed a text in the meantime. Open the page again, and have the texts read as they are now."}
	}
	if reader == "" {
		return Review{}, wrong("reader", "Write the name of the native speaker who has read the texts.")
	}
	if utf8.RuneCountInString(reader) > maxReader || strings.ContainsFunc(reader, unicode.IsControl) {
		return Review{}, wrong("reader", "Write at most 100 characters, in one line.")
	}
	return Review{Reader: reader, At: at, By: by, Texts: seen}, nil
}

// ReviewOf gives the review of a language and how it stands with the texts as they are now.
func (s Settings) ReviewOf(c Catalog) (Review, ReviewState) {
	r, ok := s.Reviews[c.Language]
	switch {
	case !ok && c.Reviewed && len(s.Texts[c.Language]) == 0:
		return r, ReviewDone
	case !ok:
		return r, ReviewNone
	case r.Texts != s.Fingerprint(c):
		return r, ReviewChanged
	}
	return r, ReviewDone
}

// Fingerprint tells the texts of a language, the shop's own in them, from all others.
func (s Settings) Fingerprint(c Catalog) string {
	h := sha256.New()
	c = s.Catalog(c)
	for _, key := range Keys() {
		h.Write([]byte(key + "\x00" + c.Texts[key] + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
