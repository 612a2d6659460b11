package payments

import (
	"strings"

	"counterfoil/models"
)

func (p *parser) refund(from parent) models.Snapshot {
	m, r := moneyFields{}, &models.Refund{}
	p.members(func(key []byte) {
		switch string(key) {
		case "charge":
			r.ChargeID = p.reference("charge", parent{})
		case "payment_intent":
			r.PaymentIntentID = p.reference("payment_intent", parent{})
		case "balance_transaction":
			p.reference("balance_transaction", parent{})
		case "failure_balance_transaction":
			p.reference("failure_balance_transaction", parent{})
		case "status":
			r.Status = p.text()
		case "reason":
			r.Reason = p.text()
		case "failure_reason":
			r.FailureReason = p.text()
		case "metadata":
			r.OperationID = p.metadata()["operation_id"]
		default:
			if !p.common(&m, key) {
				p.skip()
			}
		}
	})
	p.require(&m)
	r.ID, r.Amount, r.Currency, r.Created = m.id, m.amount.v, strings.ToUpper(m.currency), models.Unix(m.created.v)
	if r.ChargeID == "" || r.ChargeID == from.charge {
		r.ChargeID = orElse(r.ChargeID, from.charge)
		r.PaymentIntentID = orElse(r.PaymentIntentID, from.paymentIntent)
	}
	return models.Snapshot{ID: m.id, Refund: r}
}

func (p *parser) dispute() models.Snapshot {
	m, d := moneyFields{}, &models.Dispute{}
	p.members(func(key []byte) {
		switch string(key) {
		case "charge":
			d.ChargeID = p.reference("charge", parent{})
		case "payment_intent":
			d.PaymentIntentID = p.reference("payment_intent", parent{})
		case "status":
			d.Status = p.text()
		case "reason":
			d.Reason = p.text()
		case "is_charge_refundable":
			d.IsRefundable = p.flag()
		case "evidence_details":
			p.evidenceDetails(d)
		case "payment_method_details":
			p.disputeMethod(d)
		case "metadata":
			d.OperationID = p.metadata()["operation_id"]
		case "balance_transaction":
			p.reference("balance_transaction", parent{})
		case "balance_transactions":
			p.references("balance_transactions", parent{}, func(int) bool { return true })
		default:
			if !p.common(&m, key) {
				p.skip()
			}
		}
	})
	p.require(&m)
	d.ID, d.Amount, d.Currency, d.Created = m.id, m.amount.v, strings.ToUpper(m.currency), models.Unix(m.created.v)
	return models.Snapshot{ID: m.id, Dispute: d}
}

func (p *parser) evidenceDetails(d *models.Dispute) {
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "due_by":
			d.DueBy = models.Unix(p.whole("evidence_details.due_by").v)
		case "has_evidence":
			d.HasEvidence = p.flag()
		case "past_due":
			d.PastDue = p.flag()
		case "submission_count":
			d.SubmissionCount = p.whole("evidence_details.submission_count").v
		default:
			p.skip()
		}
	})
}

// disputeMethod reads Klarna's own reasons, which stripe-go v76 does not know.
func (p *parser) disputeMethod(d *models.Dispute) {
	p.optionalMembers(func(key []byte) {
		switch string(key) {
		case "type":
			d.MethodType = p.text()
		case "klarna":
			p.optionalMembers(func(key []byte) {
				switch string(key) {
				case "reason_code":
					d.KlarnaReason = p.text()
				case "chargeback_loss_reason_code":
					d.KlarnaLossReason = p.text()
				default:
					p.skip()
				}
			})
		default:
			p.skip()
		}
	})
}

func (p *parser) payout() models.Snapshot {
	m, po := moneyFields{}, &models.Payout{}
	p.members(func(key []byte) {
		switch string(key) {
		case "status":
			po.Status = p.text()
		case "automatic":
			po.Automatic = p.flag()
		case "method":
			po.Method = p.text()
		case "reconciliation_status":
			po.ReconciliationStatus = p.text()
		case "trace_id":
			po.TraceID = p.traceID()
		case "destination":
			po.Destination = p.reference("destination", parent{})
		case "balance_transaction":
			po.BalanceTransaction = p.reference("balance_transaction", parent{})
		case "failure_balance_transaction":
			po.FailureBalanceTransaction = p.reference("failure_balance_transaction", parent{})
		case "failure_code":
			po.FailureCode = p.text()
		case "failure_message":
			po.FailureMessage = p.text()
		case "statement_descriptor":
			po.StatementDescriptor = p.text()
		case "arrival_date":
			po.ArrivalDate = models.Unix(p.whole("arrival_date").v)
		default:
			if !p.common(&m, key) {
				p.skip()
			}
		}
	})
	p.require(&m)
	po.ID, po.Amount, po.Currency, po.Created = m.id, m.amount.v, strings.ToUpper(m.currency), models.Unix(m.created.v)
	return models.Snapshot{ID: m.id, Payout: po}
}

// traceID reads trace_id, an object {status, value}.
func (p *parser) traceID() (id string) {
	if p.peek() == '"' {
		return p.text()
	}
	p.optionalMembers(func(key []byte) {
		if string(key) == "value" {
			id = p.text()
			return
		}
		p.skip()
	})
	return id
}

func (p *parser) balanceTransaction() models.Snapshot {
	m, b := moneyFields{}, &models.BalanceTransaction{}
	var fee, net whole
	p.members(func(key []byte) {
		switch string(key) {
		case "fee":
			fee = p.whole("fee")
		case "net":
			net = p.whole("net")
		case "type":
			b.Type = p.text()
		case "reporting_category":
			b.ReportingCategory = p.text()
		case "source":
			b.SourceID = p.reference("source", parent{})
		case "description":
			b.Description = p.text()
		case "exchange_rate":
			b.ExchangeRate = p.decimal()
		case "fee_details":
			b.FeeDetails = p.feeDetails()
		case "status":
			b.Status = p.text()
		case "available_on":
			b.AvailableOn = models.Unix(p.whole("available_on").v)
		default:
			if !p.common(&m, key) {
				p.skip()
			}
		}
	})
	p.require(&m)
	b.ID, b.Amount, b.Currency, b.Created = m.id, m.amount.v, strings.ToUpper(m.currency), models.Unix(m.created.v)
	b.Fee = p.amountUnless(fee, false, "fee")
	b.Net = p.amountUnless(net, false, "net")
	return models.Snapshot{ID: m.id, BalanceTransaction: b}
}

// decimal reads a number as Stripe wrote it, so that nothing of it is lost; null and anything else give "".
func (p *parser) decimal() string {
	if c := p.peek(); c != '-' && (c < '0' || c > '9') {
		p.skip()
		return ""
	}
	return string(p.raw())
}

// feeDetails reads the parts of a fee.
func (p *parser) feeDetails() (parts []models.FeeDetail) {
	p.elements(func(int) {
		d, amount := models.FeeDetail{}, whole{}
		p.optionalMembers(func(key []byte) {
			switch string(key) {
			case "amount":
				amount = p.whole("fee_details.amount")
			case "currency":
				d.Currency = strings.ToUpper(p.text())
			case "type":
				d.Type = p.text()
			case "description":
				d.Description = p.text()
			default:
				p.skip()
			}
		})
		d.Amount = amount.v
		parts = append(parts, d)
	})
	return parts
}
