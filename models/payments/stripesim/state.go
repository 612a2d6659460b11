package stripesim

import (
	"encoding/json"
	"fmt"
	"time"
)

// savedAnswersKept is how long idempotency keys are remembered at least; Stripe forgets them after 24 hours or more.
const savedAnswersKept = 48 * time.Hour

// open reads the folder's state, when it has one.
func (s *Sim) open(dir string) error {
	j, err := openJournal(dir)
	if err != nil {
		return err
	}
	if err := j.load(s.restore); err != nil {
		j.close()
		return err
	}
	s.journal = j
	if s.meta.Told == 0 {
		s.meta.Told = s.second() // the past is not told of
	}
	s.dropDelivered()
	if !j.grown() {
		return nil
	}
	if err := j.compact(s.everything); err != nil {
		j.close()
		return fmt.Errorf("the folder %s cannot be written: %w", dir, err)
	}
	return nil
}

// restore takes one record back into memory.
func (s *Sim) restore(r rawRecord) error {
	var o object
	var err error
	switch r.Kind {
	case "meta":
		s.meta.Told = 0
		return json.Unmarshal(r.Object, &s.meta)
	case "delivered":
		var d deliveryResult
		if err := json.Unmarshal(r.Object, &d); err != nil {
			return err
		}
		s.applyResult(d)
		return nil
	case "payment_intent":
		o, err = decode[paymentIntent](r.Object)
	case "charge":
		o, err = decode[charge](r.Object)
	case "refund":
		o, err = decode[refund](r.Object)
	case "dispute":
		o, err = decode[dispute](r.Object)
	case "payout":
		o, err = decode[payout](r.Object)
	case "balance_transaction":
		o, err = decode[balanceTransaction](r.Object)
	case "customer":
		o, err = decode[customer](r.Object)
	case "file":
		o, err = decode[file](r.Object)
	case "event":
		o, err = decode[event](r.Object)
	case "webhook_endpoint":
		o, err = decode[webhookEndpoint](r.Object)
	case "saved_answer":
		o, err = decode[savedAnswer](r.Object)
	default:
		return fmt.Errorf("unknown kind of record %q: the folder is of a newer version", r.Kind)
	}
	if err != nil {
		return err
	}
	s.apply(o)
	return nil
}

// everything writes the whole state, in an order in which it can be read back.
func (s *Sim) everything(write func(record)) {
	write(record{Kind: "meta", Object: s.meta})
	dump(&s.endpoints, write)
	dump(&s.customers, write)
	dump(&s.intents, write)
	dump(&s.charges, write)
	dump(&s.refunds, write)
	dump(&s.files, write)
	dump(&s.disputes, write)
	dump(&s.payouts, write)
	dump(&s.transactions, write)
	dump(&s.events, write)
	oldest := s.wall().Add(-savedAnswersKept)
	for key, a := range s.saved {
		if a.At.Before(oldest) {
			delete(s.saved, key)
			continue
		}
		write(record{Kind: a.kind(), Object: a})
	}
}

func dump[T object](t *table[T], write func(record)) {
	for _, r := range t.rows {
		write(record{Kind: r.obj.kind(), Object: r.obj})
	}
}
