// Package views holds the pages and their regions, each with the view model it is drawn from. A region is one component with one id,
// used by the whole page and by a partial answer alike; a view model is made by a constructor and does no work when drawn.
package views

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
	"counterfoil/web/request"
)

// The places of the navigation, for Shell.Nav.
const (
	NavToday       = "today"
	NavOrders      = "orders"
	NavDisputes    = "disputes"
	NavSettlements = "settlements"
	NavSettings    = "settings"
	NavMailboxes   = "mailboxes"
	NavPractice    = "practice"
)

// Shell is what every signed-in page has around it.
type Shell struct {
	Title             string // of the document and, on most pages, its heading
	Nav               string // one of the Nav constants, "" for none
	ShopName          string
	TestMode          bool
	PublicURL         string      // where customers reach the desk, "https://desk.example.com"; "" where that is not set
	AsOf              models.Unix // the newest moment of Stripe's clock in the mirror; 0 before the first sync
	Now               time.Time   // domain time
	Zone              *time.Location
	ThingsToDo        int64 // beside Today
	DisputeCount      int   // open disputes
	CanSeeSettlements bool  // by role
	CanSeeCustomers   bool  // by role: names, addresses, mails
	CanAct            bool  // by role: capture, ship
	CanManage         bool  // by role: the shop's settings
	Flash             *Flash
	Query             string // what was searched for
}

// Flash is the result of the act before this page.
type Flash struct {
	Tone  ui.Tone
	Title string
	Text  string
	Undo  string // where a form takes the act back; "" for what cannot be undone
}

// NewFlash makes the result of an act that was done; doubt: with something to look at.
func NewFlash(title, text string, doubt bool) *Flash {
	f := &Flash{Tone: ui.ToneOK, Title: title, Text: text}
	if doubt {
		f.Tone = ui.ToneWarn
	}
	return f
}

// icon is the shape that goes with the tone.
func (f Flash) icon() string {
	switch f.Tone {
	case ui.ToneOK:
		return "circle-check"
	case ui.ToneUnk:
		return "circle-question-mark"
	case ui.ToneWarn:
		return "triangle-alert"
	}
	return "octagon-alert"
}

func (s Shell) clock() ui.Clock { return ui.Clock{Now: s.Now, Zone: s.zone()} }

// zone is the shop's zone; UTC where none was given.
func (s Shell) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// documentTitle is the text of the browser's tab.
func (s Shell) documentTitle() string { return s.Title + " · Counterfoil" }

// fresh says how new the mirror is.
func (s Shell) fresh() ui.Moment {
	if s.AsOf == 0 {
		return ui.Moment{}
	}
	at, now := s.AsOf.Time().In(s.zone()), s.Now.In(s.zone())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return s.clock().Time(at)
	}
	return s.clock().DayTime(at)
}

// stripeURL leads to an object in Stripe's Dashboard; place is "payments", "disputes" or "payouts".
func (s Shell) stripeURL(place, id string) string {
	if s.TestMode {
		return "https://dashboard.stripe.com/test/" + place + "/" + id
	}
	return "https://dashboard.stripe.com/" + place + "/" + id
}

// navLink is a place of the navigation.
type navLink struct {
	URL     string
	Icon    string
	Text    string
	Count   string
	Current bool
	More    bool // a phone has it under More
}

// links are the places that the signed-in person may go to.
func (s Shell) links() []navLink {
	disputes := navLink{URL: "/disputes", Icon: "shield-alert", Text: "Disputes", Current: s.Nav == NavDisputes}
	if s.DisputeCount > 0 {
		disputes.Count = i18n.Number(int64(s.DisputeCount))
	}
	today := navLink{URL: "/", Icon: "sun", Text: "Today", Current: s.Nav == NavToday}
	if s.ThingsToDo > 0 {
		today.Count = i18n.Number(s.ThingsToDo)
	}
	links := []navLink{today, {URL: "/orders", Icon: "package", Text: "Orders", Current: s.Nav == NavOrders}, disputes}
	if s.CanSeeSettlements {
		links = append(links, navLink{URL: "/settlements", Icon: "landmark", Text: "Settlements", Current: s.Nav == NavSettlements})
	}
	links = append(links, navLink{URL: "/mailboxes", Icon: "mail", Text: "Mailboxes", Current: s.Nav == NavMailboxes, More: true})
	if s.CanSeeSettlements {
		links = append(links, navLink{URL: "/best-practice", Icon: "badge-check", Text: "Best practice", Current: s.Nav == NavPractice, More: true})
	}
	return links
}

// paletteLinks are the places of the palette.
func (s Shell) paletteLinks() []navLink {
	links := s.links()
	for _, t := range tabs[1:] {
		links = append(links, navLink{URL: tabURL(t.key), Icon: "package", Text: "Orders: " + t.text})
	}
	if s.CanAct {
		links = append(links, navLink{URL: "/ship", Icon: "truck", Text: "Ship and capture"}, navLink{URL: "/batches", Icon: "package", Text: "Runs"})
	}
	links = append(links, navLink{URL: "/views", Icon: "columns-3", Text: "Views"}, navLink{URL: "/exports", Icon: "download", Text: "Files"},
		navLink{URL: "/automatic-capture", Icon: "triangle-alert", Text: "Automatic capture"})
	if s.CanManage {
		links = append(links, navLink{URL: "/settings", Icon: "settings", Text: "Settings"})
	}
	return append(links, navLink{URL: "/help", Icon: "circle-question-mark", Text: "Help page for customers"})
}

func (l navLink) attributes() templ.Attributes {
	if l.Current {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// roleWord names a role.
func roleWord(r models.Role) string { return string(r) }

// initials are the first letters of the first and the last name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first := []rune(words[0])[:1]
	if len(words) > 1 {
		first = append(first, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(first))
}

// me is who is signed in; the zero Staff on a public page.
func me(ctx context.Context) models.Staff {
	if s := request.Staff(ctx); s != nil {
		return *s
	}
	return models.Staff{}
}

// csrf is the token that every form carries.
func csrf(ctx context.Context) string { return request.CSRF(ctx) }

// htmxConfig is htmx's configuration: no injected styles (the policy forbids them), no page kept in web storage, failures of the
// server left to the toast.
const htmxConfig = `{"includeIndicatorCSS":false,"history":"reload","noSwap":[204,304,"5xx"],"defaultTimeout":20000}`
