package stripesim

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrShopExists is the refusal to make a shop on an account that has payments already.
var ErrShopExists = errors.New("this simulated Stripe has payments already: a shop can only be made on an empty one")

// ShopOptions say what shop to make.
type ShopOptions struct {
	Orders int
	// Seed decides who bought what and, on an account made with the same seed, all ids.
	Seed int64
	// Deliver delivers the events of the last 30 days to the webhook endpoint; otherwise they can only be listed.
	Deliver bool
}

// shopPast is how far back the shop's orders reach.
const shopPast = 120 * day

// shopReferences is the number before the first order's reference.
const shopReferences = 20471

// epochSlack is how long after a given beginning a shop still counts as made at that very moment.
const epochSlack = minute

// MakeShop fills an empty account with a shop's last 120 days: customers, Klarna payments in every state, refunds, disputes,
// payouts, one of them failed and one by hand, a few card payments, fees and an adjustment. The same seed, number of orders and beginning (Options.Start) make the same ids, amounts
// and states. The error is ErrShopExists, or says what the folder's trouble is.
func (s *Sim) MakeShop(o ShopOptions) error {
	if o.Orders < 0 || o.Orders > 1_000_000 {
		return errors.New("a shop has between 0 and 1,000,000 orders")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.meta.ShopMade || len(s.intents.rows) > 0 {
		return ErrShopExists
	}
	base := s.second()
	if s.meta.Fixed && base-s.meta.Epoch < epochSlack {
		base = s.meta.Epoch
	}
	s.bulk, s.deliverShop, s.quiet = true, o.Deliver, base-eventsKept
	b := &shopBuilder{s: s, now: base, byCountry: map[string][]shopCustomer{}}
	b.plan(o)
	err := b.run()
	s.bulk, s.deliverShop, s.quiet, s.frozen = false, false, 0, 0
	s.meta.ShopMade = true
	s.changes()
	if err != nil || s.journal == nil {
		return err
	}
	if err := s.journal.compact(s.everything); err != nil {
		s.broken = err
		return fmt.Errorf("the shop cannot be written: %w", err)
	}
	return nil
}

// shopBuilder lays out what happened in the shop and then lets it happen in order.
type shopBuilder struct {
	s         *Sim
	now       int64
	acts      []shopAct
	byCountry map[string][]shopCustomer
}

// shopAct is one thing that somebody did.
type shopAct struct {
	at int64
	do func(*tx)
}

// shopCustomer is a customer who may come back.
type shopCustomer struct {
	id  string
	who person
}

// at notes an act; what would be in the future did not happen.
func (b *shopBuilder) at(second int64, do func(*tx)) {
	if second <= b.now {
		b.acts = append(b.acts, shopAct{second, do})
	}
}

// run lets everything happen, each at its second, with what becomes due between.
func (b *shopBuilder) run() error {
	slices.SortStableFunc(b.acts, func(x, y shopAct) int { return int(x.at - y.at) })
	s := b.s
	for _, a := range b.acts {
		if err := s.settle(a.at); err != nil {
			return err
		}
		s.frozen = a.at
		a.do(s.begin(a.at, nil))
	}
	return s.settle(b.now)
}

// draft is one order before its place among the others is known.
type draft struct {
	at       int64
	scenario scenario
	dice     *dice
	market   *market
}

// plan decides who ordered what, when, and what became of it.
func (b *shopBuilder) plan(o ShopOptions) {
	drafts := make([]draft, 0, o.Orders)
	turn := newTurn(scenarios())
	shares := marketShares(b.s.markets)
	for i := range o.Orders {
		d := newDice(o.Seed, int64(i)+1)
		sc := turn.next()
		// Squared: a shop that grows has more young orders than old ones.
		u := int64(d.n(1000))
		age := sc.minAge + (sc.maxAge-sc.minAge)*u*u/1_000_000 + int64(d.n(600))
		drafts = append(drafts, draft{at: b.now - age, scenario: sc, dice: d, market: pick(d, shares)})
	}
	slices.SortStableFunc(drafts, func(x, y draft) int { return int(x.at - y.at) })
	for i, d := range drafts {
		b.order(d, shopReferences+1+i)
	}
	b.planPayouts()
	if len(drafts) > 0 {
		b.planActivity(o.Seed)
	}
}

// planPayouts is the weekly payout, every Monday at 04:00, but for the last days: what comes then leaves with the payout of today.
func (b *shopBuilder) planPayouts() {
	first := b.now - shopPast
	for at := first / day * day; at <= b.now; at += day {
		if time.Unix(at, 0).UTC().Weekday() == time.Monday && at < b.now-lastPayouts {
			b.at(at+4*hour, func(x *tx) { x.payOut(nil, false) })
		}
	}
}

// marketShares is a list in which each market stands as often as its share says.
func marketShares(of []market) []*market {
	var out []*market
	for i := range of {
		for range of[i].share {
			out = append(out, &of[i])
		}
	}
	return out
}
