package views

import (
	"strings"

	"github.com/a-h/templ"
)

// The regions of the order page, by id. A partial answer to a form is the form's own region; the others go along out of band.
const (
	RegionHead      = "order-head"
	RegionCapture   = "capture-panel"
	RegionCancel    = "cancel-panel"
	RegionShipments = "shipments"
	RegionClaims    = "claims"
	RegionRefund    = "refund-panel"
	RegionLine      = "money-line"
	RegionTimeline  = "timeline"
	RegionNote      = "note-form"
	RegionCustomer  = "customer"
	RegionSupport   = "support"
	RegionFlash     = "flash"
)

// changedWith names the regions that change when the form in region was taken. A form elsewhere on the page keeps what was typed.
func changedWith(region string) []string {
	switch region {
	case RegionCapture:
		return []string{RegionHead, RegionCancel, RegionShipments, RegionClaims, RegionRefund, RegionLine, RegionTimeline, RegionFlash}
	case RegionCancel:
		return []string{RegionHead, RegionCapture, RegionShipments, RegionClaims, RegionLine, RegionTimeline, RegionFlash}
	case RegionRefund:
		return []string{RegionHead, RegionClaims, RegionLine, RegionTimeline, RegionFlash}
	case RegionClaims: // it changes by itself: a form for another refund keeps what is being typed
		return []string{RegionHead, RegionLine, RegionTimeline, RegionFlash}
	case RegionHead: // it updates by itself when somebody else acts: what holds a form stays as it is
		return []string{RegionClaims, RegionLine, RegionTimeline}
	case RegionShipments:
		return []string{RegionHead, RegionTimeline, RegionFlash}
	case RegionNote:
		return []string{RegionTimeline, RegionFlash}
	}
	return nil
}

// OrderPartial is the order page as a partial answer. target is htmx's HX-Target header ("section#capture-panel"): it names the form's
// region. invalid: only that region is sent (422), so that nothing else on the page moves; else also those that changed with it. For any
// other target it is the whole page.
func OrderPartial(p OrderPage, target string, invalid bool) templ.Component {
	_, region, _ := strings.Cut(target, "#")
	switch {
	case changedWith(region) == nil:
		return OrderShow(p)
	case invalid:
		return OrderRegion(p, region)
	}
	others := changedWith(region)
	if region == RegionHead && !p.Capture.IsForm() { // nothing can be typed there any more
		others = append(others, RegionCapture, RegionCancel)
	}
	return OrderAnswer(p, region, others)
}

// post makes a form answer into its own region where htmx runs. One answer at a time: a second press while one is under way is dropped.
// A 503 says in the region what was not done; any other failure of the server is left to the toast.
func post(url, region string) templ.Attributes {
	return templ.Attributes{
		"hx-post": url, "hx-target": "#" + region, "hx-swap": "outerMorph", "hx-sync": "this:drop", "hx-disable": "find button",
		"hx-status:503": "swap:outerMorph", "data-once": true,
	}
}

func (p CapturePanel) send() templ.Attributes { return post(p.Action, RegionCapture) }

// poll asks for the page again while an outcome is unknown, and takes over the regions that change with it.
func (p CapturePanel) poll() templ.Attributes {
	if !p.Poll {
		return nil
	}
	return pollAttributes(p.Back, RegionCapture)
}

func pollAttributes(url, region string) templ.Attributes {
	others := "#" + strings.Join(changedWith(region), ",#")
	return templ.Attributes{
		"hx-get": url, "hx-trigger": "every 2s", "hx-target": "#" + region, "hx-select": "#" + region, "hx-select-oob": others,
		"hx-swap": "outerMorph",
	}
}

func (p CancelPanel) poll() templ.Attributes {
	if !p.Poll {
		return nil
	}
	return pollAttributes(p.Back, RegionCancel)
}

// navigateForm has a form of filters swap the page's content in place, as links do.
func navigateForm() templ.Attributes {
	return templ.Attributes{
		"hx-get": "/orders", "hx-target": "#page", "hx-select": "#page", "hx-swap": "outerSync show:top", "hx-push-url": "true",
		"hx-status:422": "select:#page target:#page swap:outerSync",
	}
}

func (r ClaimsRegion) poll() templ.Attributes {
	if !r.Poll {
		return nil
	}
	return pollAttributes(r.URL, RegionClaims)
}

// live has a page ask for a region of itself when the stream says that something changed, and once a minute in case it says nothing.
// Without script nothing is lost but the freshness.
func live(stream, url, region string) templ.Attributes {
	return templ.Attributes{"data-live": stream, "hx-get": url, "hx-trigger": "live from:body, every 60s", "hx-swap": "outerMorph", "hx-target": "#" + region}
}
