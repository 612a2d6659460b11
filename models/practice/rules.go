// Package practice measures how a shop follows Klarna's advice to merchants: pure rules over the orders, the disputes, and their sums.
package practice

import "counterfoil/models"

// Group is what a check is about.
type Group string

// The groups, in the order they are shown.
const (
	GroupCapture   Group = "Capture"
	GroupShipping  Group = "Shipping"
	GroupDisputes  Group = "Disputes"
	GroupCustomers Group = "Customers and mail"
)

// Rule is how a check is measured. The goals and the points are ours: Klarna gives advice and no figures.
type Rule struct {
	Check  models.PracticeCheck
	Group  Group
	Goal   int64 // the share of cases that should meet it, in basis points
	Points int64 // out of 100
}

// count is the number of checks.
const count = 11

// Rules are the rules of all checks, in the order they are shown.
func Rules() [count]Rule {
	return [...]Rule{
		{models.CheckByHand, GroupCapture, 100_00, 10},
		{models.CheckShipped, GroupCapture, 98_00, 15},
		{models.CheckRanOut, GroupCapture, 99_00, 10},
		{models.CheckAtCapture, GroupShipping, 95_00, 10},
		{models.CheckInADay, GroupShipping, 98_00, 10},
		{models.CheckCarrier, GroupShipping, 98_00, 5},
		{models.CheckFirstAct, GroupDisputes, 90_00, 10},
		{models.CheckInquiry, GroupDisputes, 90_00, 10},
		{models.CheckProof, GroupDisputes, 95_00, 10},
		{models.CheckMailboxes, GroupCustomers, 100_00, 5},
		{models.CheckHelpPlaced, GroupCustomers, 100_00, 5},
	}
}

// RuleOf finds the rule of a check by its name.
func RuleOf(check string) (Rule, bool) {
	for _, r := range Rules() {
		if string(r.Check) == check {
			return r, true
		}
	}
	return Rule{}, false
}

// near is how far below its goal a share is still near it, in basis points.
const near = 5_00

// Tally counts the cases of a check and those of them that met it. What is not decided yet is no case.
type Tally struct{ Cases, Met int64 }

// Missed counts the cases that did not meet the check.
func (t Tally) Missed() int64 { return t.Cases - t.Met }

// Share is what of the cases met the check, in basis points, rounded down so that 100 % is all of them; 0 without cases.
func (t Tally) Share() int64 {
	if t.Cases == 0 {
		return 0
	}
	return t.Met * 100_00 / t.Cases
}

func (t *Tally) add(cases, met int64) {
	t.Cases += cases
	t.Met += met
}

// Standing is how a check stands.
type Standing string

// The standings.
const (
	NotMeasured Standing = "not measured" // there were no cases
	Met         Standing = "met"
	Near        Standing = "near" // at most five points below the goal
	Missed      Standing = "missed"
)

// StandingOf says how a tally stands to a rule's goal.
func (r Rule) StandingOf(t Tally) Standing {
	switch {
	case t.Cases == 0:
		return NotMeasured
	case t.Met*100_00 >= r.Goal*t.Cases:
		return Met
	case t.Met*100_00 >= (r.Goal-near)*t.Cases:
		return Near
	}
	return Missed
}

// TenthsOf are the points that a tally earns, in tenths: all of them at the goal, and below it as many as its share of the goal,
// rounded down.
func (r Rule) TenthsOf(t Tally) int64 {
	whole := r.Points * 10
	if t.Cases == 0 {
		return 0
	}
	return min(whole, whole*t.Met*100_00/(r.Goal*t.Cases))
}

// Applies tells whether what was captured by itself on a ground is a case of a check about captures (docs.klarna.com, use cases, automatic
// capture). Without a ground it is a case of all; on one nobody asks who captured. What is not sent as a parcel is no case of shipping. An
// order that is fulfilled within 24 hours cannot have its tracking number with the capture; with what Klarna has approved it is not known
// when it is shipped.
func Applies(check models.PracticeCheck, ground models.CaptureGround) bool {
	switch ground {
	case models.GroundNone:
		return true
	case models.GroundWithin24:
		return check == models.CheckShipped || check == models.CheckInADay || check == models.CheckCarrier
	case models.GroundApproved:
		return check == models.CheckCarrier
	}
	return false
}

// IsAboutDisputes tells whether the cases of a check are disputes; others have orders, or neither.
func IsAboutDisputes(check models.PracticeCheck) bool {
	return check == models.CheckFirstAct || check == models.CheckInquiry || check == models.CheckProof
}

// HasMisses tells whether there is a list of orders or disputes behind a check.
func HasMisses(check models.PracticeCheck) bool {
	return check != models.CheckMailboxes && check != models.CheckHelpPlaced
}
