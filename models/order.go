package models

import "counterfoil/models/money"

// OrderStatus is the payment's state in our words. Refunds and disputes stand beside it, in columns of their own.
type OrderStatus string

const (
	// StatusStarted is a payment that the customer has not finished at Klarna.
	StatusStarted OrderStatus = "started"
	// StatusFailed is a payment that Klarna or the customer declined; the customer may try again.
	StatusFailed OrderStatus = "failed"
	// StatusAuthorized waits for its one capture.
	StatusAuthorized OrderStatus = "authorized"
	// StatusCaptured was captured in full.
	StatusCaptured OrderStatus = "captured"
	// StatusPartlyCaptured was captured for less than authorized; the rest is released for good.
	StatusPartlyCaptured OrderStatus = "partly_captured"
	// StatusCanceled was canceled before capture.
	StatusCanceled OrderStatus = "canceled"
	// StatusExpired was never captured and ran out.
	StatusExpired OrderStatus = "expired"
)

// Order is the mirror's row of one Klarna payment: a PaymentIntent with its latest charge. Amounts in minor units of Currency.
type Order struct {
	RowID              int64  `gorm:"column:rowid;primaryKey"`
	ID                 string `gorm:"column:id"` // pi_…
	ChargeID           string // py_…, empty before the authorization
	Status             OrderStatus
	PaymentStatus      string // the PaymentIntent's own status
	Currency           string
	AmountAuthorized   int64 `gorm:"column:amount"`
	AmountCapturable   int64
	AmountCaptured     int64
	AmountRefunded     int64 // sum of refunds that succeeded or are on their way, kept by the mirror from Refund rows
	CaptureMethod      string
	KlarnaCategory     string
	PreferredLocale    string
	Reference          string // the shop's own order reference
	Description        string
	CustomerID         string // cus_…
	CustomerName       string
	CustomerEmail      string
	CustomerPhone      string
	Country            string // of the customer, ISO 3166-1 alpha-2
	Created            Unix   // the PaymentIntent's created
	AuthorizedAt       Unix   // the charge's created
	CapturedAt         Unix
	CanceledAt         Unix
	CancellationReason string
	LastErrorCode      string
	LastErrorMessage   string
	BalanceTransaction string   // txn_… of the capture
	DisputeStatus      string   // Stripe's status of the newest dispute, empty without one
	Shipping           Shipping `gorm:"serializer:json"` // as on the PaymentIntent
	ChargeShipping     Shipping `gorm:"serializer:json"` // as on the charge
	Billing            Address  `gorm:"serializer:json"`
	HasTracking        bool
	TrackedAt          Unix   // when its tracking number was first seen; 0 without one, or where it was seen too late to tell
	SeenAt             Unix   // Stripe's clock of the first snapshot that was seen of it
	CarrierVague       bool   // its carrier is named too loosely
	ShippedFrom        Unix   // where its first day of shipping began in the shop's zone; 0 where that is not known
	SearchText         string // folded name, e-mail, reference; feeds the search index
	SyncedAt           Unix   // Stripe's clock of the newest snapshot in this row
}

// TableName implements gorm's Tabler.
func (Order) TableName() string { return "orders" }

// Authorized is the amount that Klarna approved.
func (o *Order) Authorized() money.Amount {
	return money.Amount{Minor: o.AmountAuthorized, Currency: o.Currency}
}

// Capturable is the most that the one capture can take. Before the PaymentIntent itself has been read, it is what was authorized.
func (o *Order) Capturable() money.Amount {
	if o.AmountCapturable == 0 {
		return o.Authorized()
	}
	return money.Amount{Minor: o.AmountCapturable, Currency: o.Currency}
}

// Captured is the amount taken by the one capture, zero before it.
func (o *Order) Captured() money.Amount {
	return money.Amount{Minor: o.AmountCaptured, Currency: o.Currency}
}

// Refunded is the amount given back, counted from Refund objects.
func (o *Order) Refunded() money.Amount {
	return money.Amount{Minor: o.AmountRefunded, Currency: o.Currency}
}

// Released is the authorized rest that a partial capture gave up for good; zero before the capture.
func (o *Order) Released() money.Amount {
	if o.Status != StatusPartlyCaptured {
		return money.Amount{Currency: o.Currency}
	}
	return money.Amount{Minor: o.AmountAuthorized - o.AmountCaptured, Currency: o.Currency}
}

// CaptureBy is the last moment at which the authorization can be captured; 0 before the authorization.
func (o *Order) CaptureBy() Unix {
	if o.AuthorizedAt == 0 {
		return 0
	}
	return o.AuthorizedAt.Add(AuthorizationValidity)
}

// StatusAt is the status at a moment of domain time: an authorization whose time is over has expired, whether Stripe has told so or not.
func (o *Order) StatusAt(now Unix) OrderStatus {
	if by := o.CaptureBy(); o.Status == StatusAuthorized && by != 0 && by <= now {
		return StatusExpired
	}
	return o.Status
}

// IsCaptured tells whether the one capture has happened.
func (o *Order) IsCaptured() bool {
	return o.Status == StatusCaptured || o.Status == StatusPartlyCaptured
}
