package stripesim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// stripeCurrencies are the presentment currencies of Stripe (docs.stripe.com/currencies).
const stripeCurrencies = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf " +
	"clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy " +
	"kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr " +
	"pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx " +
	"uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw"

// Order is what POST /_sim/orders takes; all of it is optional.
type Order struct {
	Amount         int64    `json:"amount"`   // minor units; default 12900
	Currency       string   `json:"currency"` // any of Stripe's; default the country's
	Country        string   `json:"country"`  // default DE, or where the currency is at home
	CustomerName   string   `json:"customer_name"`
	CustomerEmail  string   `json:"customer_email"`
	Category       string   `json:"category"`       // pay_later (default), pay_now, pay_with_financing, pay_in_installments
	CaptureMethod  string   `json:"capture_method"` // manual (default), automatic, automatic_async
	OrderReference string   `json:"order_reference"`
	Shipping       *bool    `json:"shipping"`             // whether the PaymentIntent has an address; default true
	CreatedAgo     string   `json:"created_ago"`          // a duration; default 0
	State          string   `json:"state"`                // authorized (default), started, declined
	PaymentMethod  string   `json:"payment_method"`       // klarna (default) or card
	MethodTypes    []string `json:"payment_method_types"` // default: the method alone
	Description    string   `json:"description"`
	SettleCurrency string   `json:"settle_currency"` // of its balance transactions; default the currency
	Rate           rate     `json:"exchange_rate"`   // from the currency into that one, of major units: a number or "11.2345"
}

// klarnaCategories are Klarna's ways to pay.
func klarnaCategories() []string {
	return []string{"pay_later", "pay_now", "pay_with_financing", "pay_in_installments"}
}

// makeOrder is POST /_sim/orders.
func (s *Sim) makeOrder(r *http.Request) (any, *controlError) {
	var in Order
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	ago, e := in.check()
	if e != nil {
		return nil, e
	}
	var made *paymentIntent
	e = s.changeUnderLock(func(x *tx) *controlError {
		x.at -= int64(ago / time.Second)
		made = x.order(s.paymentFor(in), in.State)
		return nil
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"payment_intent": made.ID, "charge": nullString(made.LatestCharge.id)}, nil
}

// order lets a customer order.
func (x *tx) order(p payment, state string) *paymentIntent {
	pi := x.start(p)
	switch state {
	case "started":
		return pi
	case "declined":
		x.decline(pi, p, "payment_method_customer_decline")
		after, _ := x.s.intents.get(pi.ID)
		return after
	}
	return x.authorize(pi, p)
}

// check fills in what was left out and refuses what cannot be.
func (o *Order) check() (time.Duration, *controlError) {
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	o.Currency, o.Country = strings.ToLower(o.Currency), strings.ToUpper(o.Country)
	if o.Country == "" && o.Currency != "" {
		o.Country = countryOf(o.Currency)
	}
	fill(&o.Country, "DE")
	fill(&o.Currency, currencyOf(o.Country))
	fill(&o.Category, klarnaCategories()[0])
	fill(&o.CaptureMethod, "manual")
	fill(&o.State, "authorized")
	fill(&o.PaymentMethod, "klarna")
	fill(&o.CreatedAgo, "0s")
	if o.Amount == 0 {
		o.Amount = 12900
	}
	ago, err := time.ParseDuration(o.CreatedAgo)
	switch {
	case err != nil || ago < 0:
		return 0, badControl(`"created_ago" must be a duration that is not negative, such as "72h"`)
	case o.Amount < 0:
		return 0, badControl(`"amount" must be at least 1, in minor units`)
	case !isCurrency(o.Currency):
		return 0, badControl(`"currency": %q is not one of Stripe's currencies`, o.Currency)
	case len(o.Country) != 2:
		return 0, badControl(`"country" must have two letters`)
	case !slices.Contains(klarnaCategories(), o.Category):
		return 0, badControl(`"category" must be %s`, orList(klarnaCategories()))
	case !slices.Contains([]string{"manual", "automatic", "automatic_async"}, o.CaptureMethod):
		return 0, badControl(`"capture_method" must be manual, automatic or automatic_async`)
	case !slices.Contains([]string{"authorized", "started", "declined"}, o.State):
		return 0, badControl(`"state" must be authorized, started or declined`)
	case o.PaymentMethod != "klarna" && o.PaymentMethod != "card":
		return 0, badControl(`"payment_method" must be klarna or card`)
	case len(o.MethodTypes) > 0 && !slices.Contains(o.MethodTypes, o.PaymentMethod):
		return 0, badControl(`"payment_method_types" must name the payment method`)
	}
	return ago, o.checkExchange()
}

// checkExchange refuses what cannot settle.
func (o *Order) checkExchange() *controlError {
	o.SettleCurrency = strings.ToLower(o.SettleCurrency)
	into := exchange{o.SettleCurrency, o.Rate}
	switch {
	case o.SettleCurrency == "" && o.Rate == "":
		return nil
	case o.SettleCurrency == o.Currency || !isCurrency(o.SettleCurrency):
		return badControl(`"settle_currency" must be another one of Stripe's currencies`)
	case !o.Rate.valid():
		return badControl(`"exchange_rate" must be a positive decimal number, such as "11.2345"`)
	case !into.exact(o.Currency, o.Amount).IsInt64() || into.exact(o.Currency, o.Amount).Int64() < 1:
		return badControl("the amount comes to nothing or to too much in %s", o.SettleCurrency)
	}
	return nil
}

// isCurrency tells whether Stripe knows the currency, in lower case.
func isCurrency(code string) bool {
	return len(code) == 3 && strings.Contains(" "+stripeCurrencies+" ", " "+code+" ")
}

// paymentFor is the payment that an order asks for. Who pays, when nobody was named, follows from the counter.
func (s *Sim) paymentFor(o Order) payment {
	s.meta.Counters["order"]++
	dice := newDice(s.meta.Seed, s.meta.Counters["order"])
	m := s.market(o.Country)
	who := m.person(dice)
	if o.CustomerName != "" {
		who.name, who.email = o.CustomerName, mailOf(o.CustomerName, dice)
	}
	if o.CustomerEmail != "" {
		who.email = o.CustomerEmail
	}
	p := payment{amount: o.Amount, currency: o.Currency, country: o.Country, method: o.PaymentMethod, methods: o.MethodTypes,
		category: o.Category, locale: m.locale, captureMethod: o.CaptureMethod, billing: who.billing(o.Country),
		description: o.Description, receiptEmail: who.email, metadata: map[string]string{}, exchange: exchange{o.SettleCurrency, o.Rate}}
	if o.OrderReference != "" {
		p.metadata["order_id"] = o.OrderReference
	}
	if o.Shipping == nil || *o.Shipping {
		p.shipping = who.shipping(o.Country)
	}
	return p
}

// makeShop is POST /_sim/shop.
func (s *Sim) makeShop(r *http.Request) (any, *controlError) {
	var in struct {
		Orders  int   `json:"orders"`
		Seed    int64 `json:"seed"`
		Deliver bool  `json:"deliver"`
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if err := s.MakeShop(ShopOptions{Orders: in.Orders, Seed: in.Seed, Deliver: in.Deliver}); err != nil {
		return nil, &controlError{http.StatusConflict, err.Error()}
	}
	return map[string]any{"orders": in.Orders}, nil
}
