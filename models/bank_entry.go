package models

// BankFile is a statement of the bank that was imported, whole. Days are midnights UTC; Imported is of the wall clock.
type BankFile struct {
	ID        string `gorm:"primaryKey"` // bnk_…
	Name      string
	SHA256    string `gorm:"column:sha256"`
	Account   string
	Format    string // camt.053, CSV
	FirstDay  Unix
	LastDay   Unix
	Entries   int64 // that were new
	Repeated  int64 // that another file had brought already
	Skipped   int   // that were only announced
	StaffID   string
	StaffName string
	Imported  Unix
}

// TableName implements gorm's Tabler.
func (BankFile) TableName() string { return "bank_files" }

// BankDraft is a CSV statement that was uploaded and waits for a person to say how it is read. Created is of the wall clock.
type BankDraft struct {
	ID      string `gorm:"primaryKey"` // bnd_…
	Name    string
	Data    []byte
	StaffID string
	Created Unix
}

// TableName implements gorm's Tabler.
func (BankDraft) TableName() string { return "bank_drafts" }

// BankEntry is one booking of the bank, signed, in minor units. Booked is a midnight UTC.
type BankEntry struct {
	ID        string `gorm:"primaryKey"`
	FileID    string
	Line      int
	Booked    Unix
	Amount    int64
	Currency  string
	Reference string
	Text      string
	PayoutID  string // the payout that it is; "" for none
	Certain   bool   // by its trace or reference, not by amount and date alone
	Why       string // how it was matched
}

// TableName implements gorm's Tabler.
func (BankEntry) TableName() string { return "bank_entries" }
