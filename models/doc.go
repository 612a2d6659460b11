// Package models is the vocabulary of the desk: orders, captures, shipments, refunds, disputes, payouts,
// balance transactions, staff, audit entries and Stripe's events, as plain structs.
package models
