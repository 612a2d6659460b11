package payments

import (
	"strings"

	"counterfoil/models"
)

// moneyFields are what every mirrored object must have.
type moneyFields struct {
	id       string
	amount   whole
	currency string
	created  whole
}

// common reads a member that all kinds share, and tells whether it was one.
func (p *parser) common(m *moneyFields, key []byte) bool {
	switch string(key) {
	case "id":
		m.id = p.text()
	case "amount":
		m.amount = p.whole("amount")
	case "currency":
		m.currency = p.text()
	case "created":
		m.created = p.whole("created")
	case "livemode":
		if c := p.peek(); c == 't' || c == 'f' {
			p.livemode = p.flag() // the same for everything in one answer
			return true
		}
		p.skip()
	default:
		return false
	}
	return true
}

// require refuses an object without what money cannot do without.
func (p *parser) require(m *moneyFields) {
	switch {
	case p.err != nil:
	case m.id == "":
		p.fail("id", "is missing")
	case !m.amount.set:
		p.fail("amount", "is missing")
	case !isCurrency(m.currency):
		p.fail("currency", "is missing or is not a currency code")
	case !m.created.set:
		p.fail("created", "is missing")
	}
}

func isCurrency(code string) bool {
	return len(code) >= 3 && len(code) <= 8 && isWord(code)
}

func (p *parser) paymentIntent() models.Snapshot {
	m, pi := moneyFields{}, &models.PaymentIntent{}
	var capturable, received, canceled whole
	var klarnaCapture, oldLatest string
	p.members(func(key []byte) {
		switch string(key) {
		case "amount_capturable":
			capturable = p.whole("amount_capturable")
		case "amount_received":
			received = p.whole("amount_received")
		case "canceled_at":
			canceled = p.whole("canceled_at")
		case "status":
			pi.Status = p.text()
		case "capture_method":
			pi.CaptureMethod = p.text()
		case "cancellation_reason":
			pi.CancellationReason = p.text()
		case "payment_method_types":
			pi.PaymentMethodTypes = p.texts()
		case "payment_method_options":
			klarnaCapture = p.klarnaCaptureMethod()
		case "latest_charge":
			pi.LatestCharge = p.reference("latest_charge", parent{paymentIntent: m.id, received: received})
		case "charges": // until API version 2022-08-01; newest first
			first := p.references("charges.data", parent{paymentIntent: m.id, received: received}, func(i int) bool { return i == 0 })
			oldLatest = strings.Join(first, "")
		case "customer":
			pi.CustomerID = p.reference("customer", parent{})
		case "description":
			pi.Description = p.text()
		case "metadata":
			pi.Metadata = p.metadata()
		case "receipt_email":
			pi.ReceiptEmail = p.text()
		case "last_payment_error":
			p.lastError(pi)
		case "shipping":
			pi.Shipping = p.shipping()
		default:
			if !p.common(&m, key) {
				p.skip()
			}
		}
	})
	p.require(&m)
	pi.AmountCapturable = p.amountUnless(capturable, pi.Status != "requires_capture", "amount_capturable")
	pi.AmountReceived = p.amountUnless(received, pi.Status != "succeeded", "amount_received")
	pi.ID, pi.Amount, pi.Currency, pi.Created = m.id, m.amount.v, strings.ToUpper(m.currency), models.Unix(m.created.v)
	pi.CanceledAt = models.Unix(canceled.v)
	pi.LatestCharge = orElse(pi.LatestCharge, oldLatest)
	pi.CaptureMethod = orElse(klarnaCapture, pi.CaptureMethod)
	return models.Snapshot{ID: m.id, PaymentIntent: pi}
}

// amountUnless gives an amount that may be absent only where it must be zero.
func (p *parser) amountUnless(w whole, mayBeAbsent bool, path string) int64 {
	if !w.set && !mayBeAbsent && p.err == nil {
		p.fail(path, "is missing")
	}
	return w.v
}

// klarnaCaptureMethod reads payment_method_options.klarna.capture_method, which wins over the intent's own.
func (p *parser) klarnaCaptureMethod() (method string) {
	p.optionalMembers(func(key []byte) {
		if string(key) != "klarna" {
			p.skip()
			return
		}
		p.optionalMembers(func(key []byte) {
			if string(key) == "capture_method" {
				method = p.text()
				return
			}
			p.skip()
		})
	})
	return method
}

func (p *parser) lastError(pi *models.PaymentIntent) {
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "code":
			pi.LastErrorCode = p.text()
		case "message":
			pi.LastErrorMessage = p.text()
		default:
			p.skip()
		}
	})
}

func (p *parser) charge(slot int, from parent) models.Snapshot {
	m, ch := moneyFields{}, &models.Charge{}
	var captured, refunded whole
	p.members(func(key []byte) {
		switch string(key) {
		case "payment_intent":
			ch.PaymentIntentID = p.reference("payment_intent", parent{})
		case "amount_captured":
			captured = p.whole("amount_captured")
		case "amount_refunded":
			refunded = p.whole("amount_refunded")
		case "status":
			ch.Status = p.text()
		case "captured":
			ch.Captured = p.flag()
		case "refunded":
			ch.Refunded = p.flag()
		case "disputed":
			ch.Disputed = p.flag()
		case "payment_method_details":
			p.paymentMethodDetails(ch)
		case "billing_details":
			p.billingDetails(ch)
		case "customer":
			ch.CustomerID = p.reference("customer", parent{})
		case "balance_transaction":
			ch.BalanceTransaction = p.reference("balance_transaction", parent{})
		case "failure_balance_transaction":
			p.reference("failure_balance_transaction", parent{})
		case "failure_code":
			ch.FailureCode = p.text()
		case "failure_message":
			ch.FailureMessage = p.text()
		case "shipping":
			ch.Shipping = p.shipping()
		case "refunds": // always there until API version 2022-08-01, then only when expanded
			p.references("refunds.data", parent{charge: m.id, paymentIntent: orElse(ch.PaymentIntentID, from.paymentIntent)}, func(int) bool { return true })
		case "dispute":
			ch.Disputed = p.disputeReference() || ch.Disputed
		default:
			if !p.common(&m, key) {
				p.skip()
			}
		}
	})
	p.require(&m)
	ch.AmountRefunded = p.amountUnless(refunded, !ch.Refunded, "amount_refunded")
	if !captured.set && ch.Captured {
		captured = oldCaptured(ch, m.amount, from)
	}
	ch.AmountCaptured = p.amountUnless(captured, !ch.Captured, "amount_captured")
	ch.ID, ch.Amount, ch.Currency, ch.Created = m.id, m.amount.v, strings.ToUpper(m.currency), models.Unix(m.created.v)
	ch.PaymentIntentID = orElse(ch.PaymentIntentID, from.paymentIntent)
	p.completeRefunds(slot, ch)
	return models.Snapshot{ID: m.id, Charge: ch}
}

// oldCaptured finds out what a charge of before 2020, which had no amount_captured, took: what its payment received, or all of it if
// nothing was given back. Otherwise it cannot be known, since amount_refunded holds a partial capture's rest as well.
func oldCaptured(ch *models.Charge, amount whole, from parent) whole {
	switch {
	case from.received.v > 0:
		return from.received
	case ch.AmountRefunded == 0:
		return amount
	}
	return whole{}
}

// disputeReference reads a charge's dispute; charges of before 2019 have it instead of the flag.
func (p *parser) disputeReference() bool {
	return p.reference("dispute", parent{}) != ""
}

// completeRefunds tells the refunds in a charge whose they are, where the charge's id or payment came after them.
func (p *parser) completeRefunds(slot int, ch *models.Charge) {
	for i := slot + 1; i < len(p.found); i++ {
		if r := p.found[i].Refund; r != nil {
			r.ChargeID = orElse(r.ChargeID, ch.ID)
			if r.ChargeID == ch.ID {
				r.PaymentIntentID = orElse(r.PaymentIntentID, ch.PaymentIntentID)
			}
		}
	}
}

func (p *parser) paymentMethodDetails(ch *models.Charge) {
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "type":
			ch.MethodType = p.text()
		case "klarna":
			p.klarnaDetails(ch)
		default:
			p.skip()
		}
	})
}

func (p *parser) klarnaDetails(ch *models.Charge) {
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "payment_method_category":
			ch.KlarnaCategory = p.text()
		case "preferred_locale":
			ch.PreferredLocale = p.text()
		case "payer_details":
			p.optionalMembers(func(key []byte) {
				if string(key) == "address" {
					ch.PayerCountry = p.address().Country
					return
				}
				p.skip()
			})
		default:
			p.skip()
		}
	})
}

func (p *parser) billingDetails(ch *models.Charge) {
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "name":
			ch.BillingName = p.text()
		case "email":
			ch.BillingEmail = p.text()
		case "address":
			ch.Billing = p.address()
		default:
			p.skip()
		}
	})
}

func (p *parser) shipping() models.Shipping {
	s := models.Shipping{}
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "name":
			s.Name = p.text()
		case "phone":
			s.Phone = p.text()
		case "carrier":
			s.Carrier = p.text()
		case "tracking_number":
			s.TrackingNumber = p.text()
		case "address":
			s.Address = p.address()
		default:
			p.skip()
		}
	})
	return s
}

func (p *parser) address() models.Address {
	a := models.Address{}
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "line1":
			a.Line1 = p.text()
		case "line2":
			a.Line2 = p.text()
		case "postal_code":
			a.PostalCode = p.text()
		case "city":
			a.City = p.text()
		case "state":
			a.State = p.text()
		case "country":
			a.Country = p.text()
		default:
			p.skip()
		}
	})
	return a
}

// texts reads an array of strings, leaving out anything else.
func (p *parser) texts() (all []string) {
	p.elements(func(int) {
		if t := p.text(); t != "" {
			all = append(all, t)
		}
	})
	return all
}

// metadata reads Stripe's own metadata. Stripe gives strings; any other value, which tools put there, is kept as its JSON.
func (p *parser) metadata() (all map[string]string) {
	p.optionalMembers(func(key []byte) {
		if all == nil {
			all = make(map[string]string)
		}
		if c := p.peek(); c == '"' || c == 'n' {
			all[string(key)] = p.text()
			return
		}
		all[string(key)] = string(p.raw())
	})
	return all
}
