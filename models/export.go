package models

// ExportState is how far the file of an export has come.
type ExportState string

// The states of an export.
const (
	ExportWaiting ExportState = "waiting" // queued, or being written
	ExportDone    ExportState = "done"
	ExportFailed  ExportState = "failed"
)

// Export is a file of orders that is written in the background. Times are of the wall clock.
type Export struct {
	ID        string `gorm:"primaryKey"` // exp_…
	StaffID   string // who asked for it, and may download it
	StaffName string
	Query     string // the list's address parameters
	Customers bool   // the file holds names and mails
	State     ExportState
	Rows      int64 // written so far
	Bytes     int64
	Created   Unix
	Finished  Unix // 0 until then
	Expires   Unix // when the file is removed; 0 until it is finished
	Error     string
}

// TableName implements gorm's Tabler.
func (Export) TableName() string { return "exports" }
