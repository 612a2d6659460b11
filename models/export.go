package models

// ExportState is how far the file of an export has come.
type ExportState string

// The states of an export.
const (
	ExportWaiting ExportState = "waiting" // queued, or being written
	ExportDone    ExportState = "done"
	ExportFailed  ExportState = "failed"
)

// The kinds of file that can be asked for.
const (
	ExportOrders     = "orders"
	ExportLedgerCSV  = "ledger.csv"    // movements, in the columns of Stripe's payout reconciliation report
	ExportLedgerXLSX = "ledger.xlsx"   // movements, one sheet per currency
	ExportStatement  = "statement.pdf" // of a payout or a period
	ExportJournal    = "journal.csv"   // double entry
)

// Export is a file that is written in the background. Times are of the wall clock.
type Export struct {
	ID        string `gorm:"primaryKey"` // exp_…
	StaffID   string // who asked for it, and may download it
	StaffName string
	Kind      string // ExportOrders …
	FileName  string // under which it is downloaded
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
