package stripesim

// scenario is what becomes of an order. Ages are in seconds, of the order when the shop opens to us.
type scenario struct {
	name           string
	share          int // of a hundred orders or so
	minAge, maxAge int64
	follow         func(*shopOrder)
}

// scenarios are all of them. Every age allows what follows to have happened by now.
func scenarios() []scenario {
	return []scenario{
		{"authorized today or so", 16, 1 * hour, 3 * day, nil},
		{"authorized", 8, 3 * day, 19 * day, nil},
		{"runs out within 7 days", 4, 21*day + 2*hour, 25*day + 22*hour, nil},
		{"runs out within 2 days", 2, 26*day + 2*hour, 27*day + 20*hour, nil},
		{"captured with tracking", 40, 2 * day, 118 * day, captureWithTracking},
		{"captured without tracking", 7, 2 * day, 110 * day, captureWithoutTracking},
		{"partly captured", 6, 3 * day, 110 * day, capturePart},
		{"canceled", 4, 1 * day, 100 * day, cancelOrder},
		{"expired", 4, 28*day + 4*hour, 115 * day, nil},
		{"refunded", 4, 12 * day, 110 * day, refundAll},
		{"partly refunded", 6, 12 * day, 110 * day, refundPart},
		{"refund failed", 1, 12 * day, 60 * day, refundFails},
		{"refund on its way", 1, 6 * day, 40 * day, refundWaits},
		{"declined", 4, 2 * hour, 100 * day, nil},
		{"at Klarna", 2, 10 * minute, 40 * hour, nil},
		{"left at Klarna", 2, 3 * day, 90 * day, nil},
		{"captured automatically", 5, 2 * hour, 110 * day, shipAutomatic},
		{"inquiry", 1, 20 * day, 70 * day, disputeInquiry},
		{"chargeback", 1, 45 * day, 75 * day, disputeChargeback},
		{"chargeback under review", 1, 60 * day, 90 * day, disputeReview},
		{"chargeback won", 1, 80 * day, 115 * day, disputeWon},
		{"chargeback lost", 1, 80 * day, 115 * day, disputeLost},
		{"inquiry closed", 1, 40 * day, 90 * day, disputeClosed},
		{"card", 2, 3 * hour, 100 * day, nil},
		{"card where Klarna was offered", 1, 3 * hour, 60 * day, nil},
	}
}

// turn deals the scenarios out by their shares, evenly mixed, so that a small shop has most of them too.
type turn struct {
	of    []scenario
	owed  []int
	total int
}

func newTurn(of []scenario) *turn {
	t := &turn{of: of, owed: make([]int, len(of))}
	for _, sc := range of {
		t.total += sc.share
	}
	return t
}

// next is the scenario that was owed the most.
func (t *turn) next() scenario {
	best := 0
	for i, sc := range t.of {
		t.owed[i] += sc.share
		if t.owed[i] > t.owed[best] {
			best = i
		}
	}
	t.owed[best] -= t.total
	return t.of[best]
}
