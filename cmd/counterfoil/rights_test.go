package main

import (
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// who may call each route: "anybody", "signed in", or the roles. A new route without a line here fails the test.
var who = map[string]string{
	"GET /help":                                         "anybody",
	"GET /help/component.js":                            "anybody",
	"GET /help/sitemap.xml":                             "anybody",
	"GET /robots.txt":                                   "anybody",
	"GET /settings/help":                                "manager admin",
	"POST /settings/help/contacts":                      "manager admin",
	"POST /settings/help/links":                         "manager admin",
	"GET /settings/help/texts/:language":                "manager admin",
	"POST /settings/help/texts/:language":               "manager admin",
	"GET /help/:country":                                "anybody",
	"GET /help/:country/:language":                      "anybody",
	"GET /help/:country/:language/to/:topic":            "anybody",
	"GET /healthz":                                      "anybody",
	"GET /readyz":                                       "anybody",
	"GET /static/*":                                     "anybody",
	"GET /sign-in":                                      "anybody",
	"GET /set-up":                                       "anybody",
	"POST /sessions":                                    "anybody",
	"POST /set-up":                                      "anybody",
	"POST /stripe/events":                               "anybody",
	"POST /sessions/end":                                "signed in",
	"GET /":                                             "viewer staff manager admin",
	"GET /automatic-capture":                            "viewer staff manager admin",
	"GET /settings":                                     "manager admin",
	"POST /settings/capture-ground":                     "manager admin",
	"GET /live":                                         "viewer staff manager admin",
	"GET /ship":                                         "staff manager admin",
	"POST /ship":                                        "staff manager admin",
	"GET /batches":                                      "staff manager admin",
	"POST /batches":                                     "staff manager admin",
	"GET /batches/:id":                                  "staff manager admin",
	"POST /batches/:id/runs":                            "staff manager admin",
	"POST /batches/:id/retries":                         "staff manager admin",
	"GET /orders.csv":                                   "viewer staff manager admin",
	"GET /exports":                                      "viewer staff manager admin",
	"POST /exports":                                     "viewer staff manager admin",
	"GET /exports/:id/file":                             "viewer staff manager admin",
	"GET /orders":                                       "viewer staff manager admin",
	"GET /orders/:id":                                   "viewer staff manager admin",
	"GET /disputes":                                     "viewer staff manager admin",
	"GET /disputes.csv":                                 "viewer staff manager admin",
	"GET /disputes/:id":                                 "viewer staff manager admin",
	"GET /disputes/outcomes":                            "viewer staff manager admin",
	"GET /disputes/:id/files/:file":                     "staff manager admin",
	"GET /disputes/:id/letter":                          "staff manager admin",
	"GET /mail-disputes/new":                            "staff manager admin",
	"POST /mail-disputes":                               "staff manager admin",
	"POST /disputes/:id/acceptances":                    "staff manager admin",
	"POST /disputes/:id/assignments":                    "staff manager admin",
	"POST /disputes/:id/drafts":                         "staff manager admin",
	"POST /disputes/:id/erasures":                       "admin",
	"POST /disputes/:id/mail":                           "staff manager admin",
	"POST /disputes/:id/refunds":                        "staff manager admin",
	"POST /disputes/:id/submissions":                    "staff manager admin",
	"GET /orders/:id/documents/:document":               "staff manager admin",
	"POST /orders/:id/documents":                        "staff manager admin",
	"POST /orders/:id/documents/:document/fields":       "staff manager admin",
	"POST /orders/:id/documents/:document/removals":     "staff manager admin",
	"POST /orders/:id/documents/:document/restorations": "staff manager admin",
	"POST /settings/accounts":                           "manager admin",
	"POST /settings/limits":                             "manager admin",
	"GET /settings/days":                                "manager admin",
	"POST /settings/days":                               "manager admin",
	"GET /mailboxes":                                    "viewer staff manager admin",
	"POST /mailboxes":                                   "manager admin",
	"GET /mailboxes/history":                            "viewer staff manager admin",
	"GET /mailboxes/history.csv":                        "viewer staff manager admin",
	"POST /mailboxes/acknowledgements":                  "manager admin",
	"POST /mailboxes/mails":                             "staff manager admin",
	"POST /mailboxes/:id/checks":                        "staff manager admin",
	"POST /mailboxes/:id/removals":                      "manager admin",
	"GET /settlements":                                  "viewer manager admin",
	"GET /settlements/:id":                              "viewer manager admin",
	"GET /settlements.csv":                              "viewer manager admin",
	"GET /settlements/exceptions":                       "viewer manager admin",
	"POST /settlements/exceptions/checks":               "manager admin",
	"POST /settlements/exceptions/explanations":         "manager admin",
	"POST /settlements/exceptions/readings":             "manager admin",
	"GET /settlements/bank":                             "viewer manager admin",
	"POST /settlements/bank/files":                      "manager admin",
	"GET /settlements/bank/drafts/:id":                  "manager admin",
	"POST /settlements/bank/drafts/:id/readings":        "manager admin",
	"POST /settlements/bank/drafts/:id/files":           "manager admin",
	"POST /settlements/bank/drafts/:id/removals":        "manager admin",
	"GET /settlements/costs":                            "viewer manager admin",
	"GET /best-practice":                                "viewer manager admin",
	"GET /best-practice/:check":                         "viewer manager admin",
	"POST /settings/help/texts/:language/reviews":       "manager admin",
	"POST /best-practice/help-link/confirmations":       "manager admin",
	"GET /settlements/lines":                            "viewer manager admin",
	"POST /settlements/:id/readings":                    "manager admin",
	"POST /orders/:id/captures":                         "staff manager admin",
	"POST /orders/:id/cancellations":                    "staff manager admin",
	"POST /orders/:id/refunds":                          "staff manager admin",
	"POST /orders/:id/shipments":                        "staff manager admin",
	"POST /orders/:id/notes":                            "staff manager admin",
	"GET /views":                                        "viewer staff manager admin",
	"GET /views/:id":                                    "viewer staff manager admin",
	"GET /views/:id/count":                              "viewer staff manager admin",
	"POST /views":                                       "viewer staff manager admin",
	"POST /views/order":                                 "viewer staff manager admin",
	"POST /views/:id":                                   "viewer staff manager admin",
	"POST /views/:id/deletions":                         "viewer staff manager admin",
	"POST /views/:id/restorations":                      "viewer staff manager admin",
	"GET /calendar/:token.ics":                          "anybody",
	"GET /notifications":                                "viewer staff manager admin",
	"POST /notifications":                               "viewer staff manager admin",
	"POST /notifications/tests":                         "viewer staff manager admin",
	"POST /notifications/calendars":                     "viewer staff manager admin",
	"POST /notifications/calendars/ends":                "viewer staff manager admin",
	"GET /mails":                                        "viewer staff manager admin",
	"GET /mails/:id":                                    "viewer staff manager admin",
	"POST /mails/:id/sendings":                          "viewer staff manager admin",
	"POST /preferences":                                 "viewer staff manager admin",
}

// TestEveryRouteKeepsItsRights calls every route of the app as everybody.
func TestEveryRouteKeepsItsRights(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "12")
	if diff := cmp.Diff(sortedKeys(who), routesOf(t)); diff != "" {
		t.Fatalf("the table and the app's routes differ (-table +app):\n%s", diff)
	}
	stranger := d.stranger()
	for route, allowed := range who {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer(":id", "pi_unknown", ":country", "de", ":document", "doc_1", ":file", "evf_1", "*", "x").Replace(path)
		if status := call(stranger, method, path, ""); (status == http.StatusSeeOther) == (allowed == "anybody") {
			t.Errorf("%s, signed out: %d", route, status)
		}
	}
	for _, role := range []string{"viewer", "staff", "manager", "admin"} {
		p := d.signIn(role)
		_, page := p.get("/orders")
		token := page.Find(`input[name="csrf_token"]`).First().AttrOr("value", "")
		for route, allowed := range who {
			if allowed == "anybody" || allowed == "signed in" {
				continue
			}
			method, path, _ := strings.Cut(route, " ")
			if path == "/live" { // of an order that is not there: the stream itself would go on
				path += "?order=:id"
			}
			status := call(p, method, strings.ReplaceAll(path, ":id", "pi_unknown"), token)
			if may := slices.Contains(strings.Fields(allowed), role); (status != http.StatusForbidden) != may {
				t.Errorf("%s as %s: %d", route, role, status)
			}
			if method == "POST" {
				if status := call(p, method, strings.ReplaceAll(path, ":id", "pi_unknown"), "of another session"); status != http.StatusForbidden {
					t.Errorf("%s as %s with another's form: %d", route, role, status)
				}
			}
		}
	}
}

// TestViewersDoNotSeeCustomers looks for a customer's data on every page that a viewer may open.
func TestViewersDoNotSeeCustomers(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "40")
	staff, viewer := d.signIn("staff"), d.signIn("viewer")
	order := d.order(map[string]any{"amount": 4200, "currency": "eur", "country": "DE", "shipping": true,
		"customer_name": "Zacharias Quittenbaum", "customer_email": "quittenbaum@example.de"})
	for _, path := range []string{"/orders", "/orders/" + order, "/orders?q=" + order, "/disputes", "/settlements"} {
		_, page := viewer.get(path)
		if text, _ := page.Html(); strings.Contains(text, "Quittenbaum") || strings.Contains(text, "quittenbaum") {
			t.Errorf("a viewer sees the customer on %s", path)
		}
	}
	if _, page := staff.get("/orders/" + order); !strings.Contains(page.Text(), "Quittenbaum") {
		t.Error("staff do not see the customer")
	}
}

func call(p *person, method, path, token string) int {
	p.t.Helper()
	if method == "GET" {
		status, _ := p.get(path)
		return status
	}
	status, _ := p.post(path, url.Values{"csrf_token": {token}})
	return status
}

// routesOf are the app's routes as the app itself knows them.
func routesOf(t *testing.T) []string {
	t.Helper()
	cfg := Config{
		DatabaseURL: filepath.Join(t.TempDir(), "routes.db"), StripeSecretKey: "sk_test_routes", StripeAPIBase: "http://127.0.0.1:1",
		ShopTimeZone: "UTC", SecretKey: Secret(strings.Repeat("k", minSecretKey)),
	}
	db, err := openStore(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d, err := newDesk(t.Context(), cfg, db, utcNow, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var routes []string
	for _, r := range d.app.GetRoutes(true) {
		if r.Method == "GET" || r.Method == "POST" {
			routes = append(routes, r.Method+" "+r.Path)
		}
	}
	slices.Sort(routes)
	return slices.Compact(routes)
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
