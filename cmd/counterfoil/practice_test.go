package main

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
)

// checkLine is a line of the best-practice page.
type checkLine struct{ share, of, points, button, link string }

// practice reads the best-practice page: its lines by their titles.
func (p *person) practice(query string) (map[string]checkLine, *goquery.Document) {
	p.t.Helper()
	status, page := p.get("/best-practice" + query)
	if status != http.StatusOK {
		p.t.Fatalf("the best-practice page: %d", status)
	}
	lines := map[string]checkLine{}
	page.Find(".score li").Each(func(_ int, li *goquery.Selection) {
		title, _, _ := strings.Cut(shown(li.Find("h3")), ",")
		button, _, _ := strings.Cut(shown(li.Find("a.btn")), ",")
		share := li.Find(".v").Clone()
		share.Find(".meta").Remove()
		lines[title] = checkLine{shown(share), shown(li.Find(".v .meta").First()), shown(li.Find(".v .meta").Last()), button, li.Find("a.btn").AttrOr("href", "")}
	})
	return lines, page
}

// listed follows the list behind a check to its end and gives the ids of its rows.
func (p *person) listed(path string) (ids []string) {
	p.t.Helper()
	for path != "" {
		status, page := p.get(path)
		if status != http.StatusOK {
			p.t.Fatalf("%s: %d", path, status)
		}
		page.Find("tbody th.a a").Each(func(_ int, a *goquery.Selection) { ids = append(ids, a.AttrOr("href", "")) })
		path = page.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	return ids
}

// TestBestPractice: what the page counts is what its lists show, week by week too; the score adds up; what is done in the desk moves it.
func TestBestPractice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "300")
	manager := d.signIn("manager")
	t.Run("every figure opens as many rows", func(t *testing.T) {
		see, rows := regexp.MustCompile(`^See ([\d,]+) (orders?|disputes?|inquir)`), 0
		for _, query := range []string{"", "?weeks=12"} {
			lines, _ := manager.practice(query)
			if len(lines) != 11 {
				t.Fatalf("%d checks", len(lines))
			}
			for title, l := range lines {
				found := see.FindStringSubmatch(l.button)
				if found == nil {
					continue
				}
				want, _ := strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
				if got := len(manager.listed(l.link)); got != want {
					t.Errorf("%s%s: %d rows behind %q", title, query, got, l.button)
				}
				rows += want
				_, page := manager.get(l.link)
				inWeeks := 0
				page.Find("#h-weeks").Closest("section").Find("tbody tr").Each(func(i int, tr *goquery.Selection) {
					missed, _ := strconv.Atoi(strings.ReplaceAll(shown(tr.Find("td").Eq(2)), ",", ""))
					if link, ok := tr.Find("th a").Attr("href"); ok && missed != len(manager.listed(link)) {
						t.Errorf("%s, %s: another number of rows than %d", title, shown(tr.Find("th")), missed)
					} else if !ok && missed > 0 {
						t.Errorf("%s: %d without a list", title, missed)
					}
					if link, ok := tr.Find("th a").Attr("href"); ok && query == "" && strings.HasPrefix(link, "/best-practice/") {
						_, week := manager.get(link)
						if of := shown(tr.Find("td").Eq(1)) + " of " + shown(tr.Find("td").Eq(0)); !strings.Contains(shown(week.Find(".score.alone .v")), of) {
							t.Errorf("%s: the week's page shows %q, its row %q", link, shown(week.Find(".score.alone .v")), of)
						}
					}
					if query != "" || i < 4 {
						inWeeks += missed
					}
				})
				if inWeeks != want {
					t.Errorf("%s%s: the weeks come to %d, the check to %d", title, query, inWeeks, want)
				}
			}
		}
		if rows < 20 {
			t.Errorf("%d rows in all show nothing", rows)
		}
	})
	t.Run("the score adds up", func(t *testing.T) {
		lines, page := manager.practice("")
		earned, of := 0, 0
		for _, l := range lines {
			if left, right, ok := strings.Cut(l.points, " of "); ok {
				tenths, _ := strconv.Atoi(strings.Replace(left, ".", "", 1))
				whole, _ := strconv.Atoi(strings.TrimSuffix(right, " points"))
				earned, of = earned+tenths, of+10*whole
			}
		}
		card := shown(page.Find(".total-score"))
		want := strconv.Itoa(earned*100/of) + " of 100"
		sum := "= " + strconv.Itoa(earned/10) + "." + strconv.Itoa(earned%10) + " of the " + strconv.Itoa(of/10) + " points"
		if !strings.Contains(card, want) || !strings.Contains(card, sum) {
			t.Errorf("the lines come to %s and %q; the card: %s", sum, want, card)
		}
	})
	t.Run("a capture with its parcel counts", func(t *testing.T) {
		before, _ := manager.practice("")
		order := d.order(map[string]any{"amount": 4200, "currency": "eur", "country": "DE", "shipping": true})
		staff := d.signIn("staff")
		form := withTracking(staff.captureForm(order), "BT-0042")
		if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusSeeOther {
			t.Fatalf("%d: %s", status, shown(page.Find("main")))
		}
		for _, title := range []string{"Captured by hand", "Captured when shipped", "Captured before running out", "Tracking added with the capture", "Tracking within a day", "Carriers named precisely"} {
			d.eventually(20*time.Second, title+" counts it", func() bool {
				after, _ := manager.practice("")
				met, cases := tally(before[title].of)
				gotMet, gotCases := tally(after[title].of)
				return gotMet == met+1 && gotCases == cases+1
			})
		}
	})
	t.Run("a dispute is acted on", func(t *testing.T) {
		const title = "First action on a dispute within a day"
		before, _ := manager.practice("")
		met, cases := tally(before[title].of)
		_, dispute := d.disputed("inquiry", nil)
		if after, _ := manager.practice(""); after[title].of != before[title].of {
			t.Errorf("not decided yet: %s, was %s", after[title].of, before[title].of)
		}
		d.signIn("staff").save(dispute, "shipping_date", "2 October 2026")
		after, _ := manager.practice("")
		if gotMet, gotCases := tally(after[title].of); gotMet != met+1 || gotCases != cases+1 {
			t.Errorf("%s, was %s", after[title].of, before[title].of)
		}
	})
	t.Run("the help link", func(t *testing.T) { helpPlaced(t, manager) })
	t.Run("what there is not", func(t *testing.T) {
		for path, want := range map[string]int{"/best-practice/nothing": 404, "/best-practice/carrier?week=2020-01-06": 404, "/best-practice/carrier?week=x": 404,
			"/best-practice/carrier?after=%21": 422, "/best-practice?weeks=999": 200, "/best-practice/mailboxes": 200} {
			if status, _ := manager.get(path); status != want {
				t.Errorf("%s: %d, want %d", path, status, want)
			}
		}
		if status, _ := d.signIn("staff").get("/best-practice"); status != http.StatusForbidden {
			t.Errorf("staff: %d", status)
		}
		viewer := d.signIn("viewer")
		status, page := viewer.get("/best-practice/tracking-at-capture?weeks=12")
		if status != http.StatusOK || page.Find("tbody th.a a").Length() == 0 || !strings.Contains(shown(page.Find("td.x").First()), "Hidden") {
			t.Errorf("the viewer sees %d: %s", status, shown(page.Find("td.x").First()))
		}
	})
	d.stop()
	db, err := sql.Open("sqlite", filepath.Join(dir, "counterfoil.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var entries int
	if err := db.QueryRow(`select count(*) from audit_entries where action = 'help.placed'`).Scan(&entries); err != nil || entries != 2 {
		t.Errorf("%d entries of the audit log, %v", entries, err)
	}
}

// tally reads "46 of 58".
func tally(text string) (met, cases int) {
	left, right, _ := strings.Cut(strings.ReplaceAll(text, ",", ""), " of ")
	met, _ = strconv.Atoi(left)
	cases, _ = strconv.Atoi(right)
	return met, cases
}

func helpPlaced(t *testing.T, manager *person) {
	const path, title = "/best-practice/help-link", "Help link in place"
	for _, typed := range []string{"", "http://shop.example/help", "javascript:alert(1)", "https://a:b@shop.example/", "https://shop.example/ x", "nothing"} {
		_, page := manager.get(path)
		form := formOf(page, `form[action$="/confirmations"]`)
		form.Set("url", typed)
		status, page := manager.post(path+"/confirmations", form)
		if status != http.StatusUnprocessableEntity || shown(page.Find("#f-url-error")) == "" || page.Find("#f-url").AttrOr("value", "") != typed {
			t.Errorf("%q: %d, %q, typed %q", typed, status, shown(page.Find("#f-url-error")), page.Find("#f-url").AttrOr("value", ""))
		}
	}
	_, page := manager.get(path)
	form := formOf(page, `form[action$="/confirmations"]`)
	form.Set("url", "https://shop.example/kundtjänst?a=1&b=2")
	if status, _ := manager.post(path+"/confirmations", form); status != http.StatusSeeOther {
		t.Errorf("confirmed: %d", status)
	}
	if lines, _ := manager.practice(""); lines[title].share != "Yes" || lines[title].points != "5.0 of 5 points" {
		t.Errorf("confirmed: %+v", lines[title])
	}
	_, page = manager.get(path)
	if text := shown(page.Find("#h-placed").Closest("section")); !strings.Contains(text, "found it on https://shop.example/kundtjänst?a=1&b=2 on") {
		t.Error(text)
	}
	form = formOf(page, `form[action$="/confirmations"]:has([name="gone"])`)
	if status, _ := manager.post(path+"/confirmations", form); status != http.StatusSeeOther {
		t.Errorf("gone: %d", status)
	}
	if lines, _ := manager.practice(""); lines[title].share != "No" {
		t.Errorf("gone: %+v", lines[title])
	}
}

// TestBestPracticeInTheBrowser drills down from the score to an order, by script and without, and asks axe about the pages.
func TestBestPracticeInTheBrowser(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "120")
	for _, script := range []bool{true, false} {
		b := d.tab(t, parent, script)
		b.signIn("manager")
		b.open("/best-practice?weeks=12")
		b.sees("of 100")
		b.press(`a[href^="/best-practice/tracking-at-capture"]`)
		b.sees("to look at")
		b.sees("Week by week")
		rows := ask(b, chromedp.Text(chromedp.CSS("#h-list")))
		b.press(`section:has(#h-weeks) tbody a`)
		b.sees("Week of ")
		if one := ask(b, chromedp.Text(chromedp.CSS("#h-list"))); one == rows {
			t.Errorf("script %t: the week shows the same rows: %s", script, one)
		}
		b.press(`section:has(#h-list) tbody th a`)
		b.sees("Timeline")
	}
	b := d.tab(t, parent, true)
	b.signIn("manager")
	b.auditPages(map[string]string{"score": "/best-practice", "check": "/best-practice/tracking-at-capture?weeks=12", "disputes": "/best-practice/first-action?weeks=12", "help-link": "/best-practice/help-link"})
}
