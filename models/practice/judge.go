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

// JudgeOrder counts an order at now: as no case, or as one that met the check or did not. ground is the shop's for automatic capture.
func JudgeOrder(check models.PracticeCheck, o *models.Order, ground models.CaptureGround, now models.Unix) Tally {
	captured := o.IsCaptured() && o.CapturedAt > 0
	parcel := captured && (!isAutomatic(o) || !NothingShipped(ground))
	timed := parcel && o.SeenAt <= o.CapturedAt.Add(eventsTold) && (!o.HasTracking || o.TrackedAt > 0)
	tracked := func(within time.Duration) bool { return o.TrackedAt > 0 && o.TrackedAt <= o.CapturedAt.Add(within) }
	switch check {
	case models.CheckByHand:
		return one(captured, !isAutomatic(o) || ground != models.GroundNone)
	case models.CheckShipped:
		return one(parcel && o.ShippedFrom > 0, o.CapturedAt >= o.ShippedFrom)
	case models.CheckRanOut:
		given := (o.Status == models.StatusExpired || o.Status == models.StatusCanceled && o.AuthorizedAt > 0) && o.CanceledAt > 0
		return one(captured || given, o.Status != models.StatusExpired)
	case models.CheckAtCapture:
		return one(timed, tracked(withCapture))
	case models.CheckInADay:
		waits := !o.HasTracking && o.CapturedAt.Add(day) > now
		return one(timed && !waits, tracked(day))
	case models.CheckCarrier:
		return one(parcel && o.HasTracking, !o.CarrierVague)
	}
	return Tally{}
}

// JudgeDispute counts a dispute at now: as no case, or as one that met the check or did not. One that was over before anybody had to act, and
// one that was answered elsewhere at a moment that is not known, are no case of the first action. An inquiry that is not settled until the
// day that Stripe names, about 21 days, turns into a chargeback (docs.stripe.com/payments/klarna/disputes); until then it is no case.
func JudgeDispute(check models.PracticeCheck, d *models.Dispute, now models.Unix) Tally {
	closed := slices.Contains([]string{"warning_closed", "prevented", "charge_refunded"}, d.Status)
	switch check {
	case models.CheckFirstAct:
		acted := d.ActedAt > 0
		waits := !acted && d.Created.Add(day) > now
		return one((acted || d.SubmissionCount == 0 && !closed) && !waits, acted && d.ActedAt <= d.Created.Add(day))
	case models.CheckInquiry:
		open := d.Status == "warning_needs_response" || d.Status == "warning_under_review"
		waits := open && (d.DueBy == 0 || d.DueBy > now)
		return one(d.Inquiry && !waits, closed)
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
