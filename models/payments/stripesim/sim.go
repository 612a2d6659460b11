// Package stripesim is a stateful Stripe over HTTP, API version 2023-10-16, for one account that takes Klarna payments.
//
// It keeps objects, Klarna's life cycle, balance transactions, idempotency keys and signed webhooks, has a clock that can
// be moved, and can be told to fail. It is the other side of the wire: it imports nothing of Counterfoil's and only the
// standard library. Objects carry simulated time; deliveries are signed with the wall clock.
package stripesim

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// APIVersion is the only version that the simulator speaks, the one that stripe-go v76 pins.
const APIVersion = "2023-10-16"

// Options say how a simulated Stripe starts. All are optional.
type Options struct {
	// Dir keeps the state on disk, durable before each answer. Empty: in memory only. A folder that holds a state goes on
	// with it, its clock, seed and key included.
	Dir string
	// Key is the secret key that requests must carry (sk_test_…). Empty: the folder's, or one made from the seed.
	Key string
	// Now is the wall clock. Nil: time.Now.
	Now func() time.Time
	// Start is where the simulated clock begins; from there it runs with the wall clock. Zero: the wall clock's time.
	// It counts only for a new state.
	Start time.Time
	// Seed makes the ids. The same seed and the same acts give the same ids. It counts only for a new state.
	Seed int64
	// WebhookURL is where events are delivered. Empty: the folder's endpoint, or none.
	WebhookURL string
	// WebhookSecret signs the deliveries, to WebhookURL or to the endpoint that is set later. Empty: the folder's, or one
	// made from the seed.
	WebhookSecret string
	// RefuseShippingAfterAuthorization makes PaymentIntent shipping unchangeable once authorized, which may or may not be
	// what Stripe does: both must work. POST /_sim/settings changes it later.
	RefuseShippingAfterAuthorization bool
	// Log gets a line for each failed delivery and each trouble with the disk. Nil: nothing is logged.
	Log *slog.Logger
}

// Sim is one simulated Stripe account. It is safe for concurrent use.
type Sim struct {
	log  *slog.Logger
	wall func() time.Time

	mu     sync.RWMutex // guards everything down to broken
	meta   meta
	frozen int64 // while a shop is made, the second that it has come to
	bulk   bool  // while a shop is made: nothing is written to the journal, it is all written at the end
	apart  bool  // while a shop is made: ids come from the counters of its other activity
	quiet  int64 // while a shop is made: events from before this second are not kept

	intents      table[*paymentIntent]
	charges      table[*charge]
	refunds      table[*refund]
	disputes     table[*dispute]
	payouts      table[*payout]
	transactions table[*balanceTransaction]
	customers    table[*customer]
	files        table[*file]
	events       table[*event]
	endpoints    table[*webhookEndpoint]

	refundsByCharge map[string][]string
	unpaid          map[string]bool // balance transactions that no automatic payout has reckoned with yet
	saved           map[string]*savedAnswer
	due             taskHeap
	queue           []*delivery
	queued          int64     // deliveries ever queued
	deliverShop     bool      // while a shop is made: its events are delivered
	blockedUntil    time.Time // no deliveries before: the endpoint could not be reached
	changed         chan struct{}
	journal         *journal // nil without a folder
	broken          error    // the disk failed: nothing more is promised

	keys     keyring
	faults   faultList
	requests requestLog

	routes  []route
	markets []market
	started time.Time // wall clock
	asked   atomic.Int64

	done    chan struct{}
	working sync.WaitGroup
	closing sync.Once
}

// meta is the state that belongs to no object.
type meta struct {
	Seed           int64            `json:"seed"`
	Key            string           `json:"key"`
	Secret         string           `json:"secret"` // of the next endpoint; empty: it follows from the seed
	Offset         time.Duration    `json:"offset"` // simulated minus wall clock
	Epoch          int64            `json:"epoch"`  // the simulated second of the beginning
	Fixed          bool             `json:"fixed"`  // the beginning was given
	Counters       map[string]int64 `json:"counters"`
	Mode           string           `json:"mode"`
	RefuseShipping bool             `json:"refuse_shipping"`
	Refunds        string           `json:"refunds,omitempty"` // how new refunds begin; empty: they succeed
	Told           int64            `json:"told,omitempty"`    // up to which second balance.available was sent; 0: by a version that never sent it
	ShopMade       bool             `json:"shop_made"`
}

// New opens the folder, or starts an empty account, and begins to deliver what is waiting. The error names the folder
// when it cannot be used; nothing is damaged then.
func New(o Options) (*Sim, error) {
	s := &Sim{log: o.Log, wall: o.Now, refundsByCharge: map[string][]string{}, unpaid: map[string]bool{},
		saved: map[string]*savedAnswer{}, changed: make(chan struct{}), done: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if s.wall == nil {
		s.wall = time.Now
	}
	if o.Key != "" && !strings.HasPrefix(o.Key, "sk_test_") && !strings.HasPrefix(o.Key, "rk_test_") {
		return nil, errors.New("the key of a simulated Stripe starts with sk_test_ or rk_test_")
	}
	if o.WebhookURL != "" {
		if err := checkWebhookURL(o.WebhookURL); err != nil {
			return nil, err
		}
	}
	s.started, s.routes, s.markets = s.wall(), routes(), markets()
	s.startMeta(o)
	if o.Dir != "" {
		if err := s.open(o.Dir); err != nil {
			return nil, err
		}
	}
	if err := s.applyOptions(o); err != nil {
		s.journal.close()
		return nil, err
	}
	s.working.Add(2)
	go s.runClock()
	go s.runDeliveries()
	return s, nil
}

// startMeta is the state of a new account.
func (s *Sim) startMeta(o Options) {
	now := s.wall()
	s.meta = meta{Seed: o.Seed, Counters: map[string]int64{}, Mode: modeDeliver, Epoch: now.Unix(), Told: 1}
	if !o.Start.IsZero() {
		s.meta.Offset, s.meta.Epoch, s.meta.Fixed = o.Start.Sub(now), o.Start.Unix(), true
	}
}

// applyOptions puts what was asked for over what the folder holds.
func (s *Sim) applyOptions(o Options) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.Key != "" {
		s.meta.Key = o.Key
	}
	if s.meta.Key == "" {
		s.meta.Key = makeID(s.meta.Seed, "sk_test_", 1, 24)
	}
	if o.RefuseShippingAfterAuthorization {
		s.meta.RefuseShipping = true
	}
	if o.WebhookSecret != "" {
		s.meta.Secret = o.WebhookSecret
	}
	x := s.begin(s.second(), nil)
	switch w := s.endpoint(); {
	case o.WebhookURL != "":
		x.setEndpoint(o.WebhookURL, o.WebhookSecret, nil)
	case w != nil && o.WebhookSecret != "":
		x.setEndpoint(w.URL, o.WebhookSecret, nil)
	}
	return s.commit(x)
}

// Close stops deliveries and the clock and closes the folder. Deliveries that were not made are made after the next New on
// the folder. A second Close does nothing.
func (s *Sim) Close() error {
	s.closing.Do(func() { close(s.done) })
	s.working.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.journal.close(); err != nil {
		return fmt.Errorf("close the simulated Stripe's folder: %w", err)
	}
	return nil
}

// Key is the secret key that requests must carry.
func (s *Sim) Key() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.meta.Key
}

// WebhookSecret is what deliveries are signed with. Without an endpoint it is the secret that the next one gets unless
// another is named.
func (s *Sim) WebhookSecret() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if w := s.endpoint(); w != nil {
		return w.Secret
	}
	return s.ownSecret()
}

// ownSecret is the webhook secret of an endpoint for which none is named.
func (s *Sim) ownSecret() string {
	if s.meta.Secret != "" {
		return s.meta.Secret
	}
	return makeID(s.meta.Seed, "whsec_", 1, 32)
}

// Empty tells whether the account has no payment yet.
func (s *Sim) Empty() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.intents.rows) == 0
}

// changes tells all who wait that something changed. The lock is held.
func (s *Sim) changes() {
	close(s.changed)
	s.changed = make(chan struct{})
}
