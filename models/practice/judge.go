package practice

import (
	"slices"
	"strings"
	"time"

	"counterfoil/models"
)

const (
	// withCapture is how long after the capture a tracking number still came with it: Stripe takes the two in calls of their own.
	withCapture = 10 * time.Minute
	// day is how long an order may be without tracking, and a dispute without anybody doing something.
	day = 24 * time.Hour
	// eventsTold is how far back Stripe tells what happened to an order, and when (docs.stripe.com/api/events). Of one that was first seen later
	// nobody knows when it was tracked: to count those without a number alone would be unjust.
	eventsTold = 30 * day
	// HelpPlacedFor is how long somebody's word holds that the link to the help page is in place.
	HelpPlacedFor = 180 * day
)

func one(isCase, met bool) (t Tally) {
	if isCase {
		t.Cases = 1
		if met {
			t.Met = 1
		}
	}
	return t
}

func isAutomatic(o *models.Order) bool { return strings.HasPrefix(o.CaptureMethod, "automatic") }

// JudgeOrder counts an order at now: as no case, or as one that met the check or did not. ground is the shop's for automatic capture. An
// authorization ends at a capture by hand, by being given back, or by running out, whether Stripe has told so or not.
func JudgeOrder(check models.PracticeCheck, o *models.Order, ground models.CaptureGround, now models.Unix) Tally {
	captured := o.IsCaptured() && o.CapturedAt > 0 && (!isAutomatic(o) || Applies(check, ground))
	timed := captured && o.SeenAt <= o.CapturedAt.Add(eventsTold) && (!o.HasTracking || o.TrackedAt > 0)
	tracked := func(within time.Duration) Tally {
		waits := !o.HasTracking && o.CapturedAt.Add(within) > now
		return one(timed && !waits, o.TrackedAt > 0 && o.TrackedAt <= o.CapturedAt.Add(within))
	}
	switch check {
	case models.CheckByHand:
		return one(captured, !isAutomatic(o))
	case models.CheckShipped:
		return one(captured && o.ShippedFrom > 0, o.CapturedAt.Add(beforeShipping(o, ground)) >= o.ShippedFrom)
	case models.CheckRanOut:
		return one(EndedAt(o, now) > 0, o.StatusAt(now) != models.StatusExpired)
	case models.CheckAtCapture:
		return tracked(withCapture)
	case models.CheckInADay:
		return tracked(day)
	case models.CheckCarrier:
		return one(captured && o.HasTracking, !o.CarrierVague)
	}
	return Tally{}
}

// beforeShipping is how long before the day of its shipping an order may be captured: with the ground "within 24 hours" as long, else not.
func beforeShipping(o *models.Order, ground models.CaptureGround) time.Duration {
	if isAutomatic(o) && ground == models.GroundWithin24 {
		return day
	}
	return 0
}

// EndedAt is when an authorization ended, at now; 0 where it has not, never was one, or was captured at once.
func EndedAt(o *models.Order, now models.Unix) models.Unix {
	switch {
	case o.IsCaptured() && isAutomatic(o):
		return 0
	case o.IsCaptured():
		return o.CapturedAt
	case o.Status == models.StatusExpired, o.Status == models.StatusCanceled && o.AuthorizedAt > 0:
		return o.CanceledAt
	case o.StatusAt(now) == models.StatusExpired:
		return o.CaptureBy()
	}
	return 0
}

// JudgeDispute counts a dispute at now: as no case, or as one that met the check or did not. As long as nobody acted on it, one that was over
// by itself, one that was answered elsewhere at a moment that is not known, and one that was lost without a day to respond by
// (docs.stripe.com/api/disputes/object, evidence_details.due_by) are no case of the first action. An inquiry that is not settled until the day
// that Stripe names, about 21 days, turns into a chargeback (docs.stripe.com/payments/klarna/disputes); until then it is no case.
func JudgeDispute(check models.PracticeCheck, d *models.Dispute, now models.Unix) Tally {
	switch check {
	case models.CheckFirstAct:
		acted := d.ActedInTime() > 0
		asked := d.SubmissionCount == 0 && !d.IsSettled() && (d.Status != "lost" || d.DueBy > 0)
		waits := !acted && d.Created.Add(day) > now
		return one((acted || asked) && !waits, acted && d.ActedAt <= d.Created.Add(day))
	case models.CheckInquiry:
		open := d.IsInquiry() && d.IsOpen()
		waits := open && (d.DueBy == 0 || d.DueBy > now)
		return one(d.Inquiry && !waits, d.IsSettled())
	}
	return Tally{}
}

// JudgeAnswer counts an answer to a chargeback: as no case where nothing was shipped or Stripe does not have it, else by whether a proof of
// delivery went with it.
func JudgeAnswer(s *models.Submission, goods models.Goods) Tally {
	shipped := goods == "" || goods == models.GoodsPhysical
	return one(s.State == models.ActSucceeded && shipped, slices.ContainsFunc(s.Sent, func(f models.SentField) bool { return f.Field == "shipping_documentation" }))
}

// JudgeHelp counts whether the link to the help page was found in place at a moment, at most 180 days before.
func JudgeHelp(p models.HelpPlaced, at models.Unix) Tally {
	return one(true, p.URL != "" && p.At <= at && at < p.At.Add(HelpPlacedFor))
}
