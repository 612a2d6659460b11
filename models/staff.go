package models

// Role is what a person at the desk may do. The table of rights is in models/staff.
type Role string

// The four roles.
const (
	RoleViewer  Role = "viewer"
	RoleStaff   Role = "staff"
	RoleManager Role = "manager"
	RoleAdmin   Role = "admin"
)

// Staff is a person who may sign in.
type Staff struct {
	ID           string `gorm:"primaryKey"` // stf_…
	Name         string
	Email        string // as typed
	EmailFolded  string // lower case, unique
	Role         Role
	PasswordHash string // argon2id
	Created      Unix
	DisabledAt   Unix
	LastSignIn   Unix
}

// TableName implements gorm's Tabler.
func (Staff) TableName() string { return "staff" }

// Session is a signed-in browser. Only the hash of its token is kept.
type Session struct {
	TokenHash string `gorm:"primaryKey"` // hex SHA-256
	StaffID   string
	CSRFToken string
	Created   Unix
	LastSeen  Unix
	Expires   Unix
	UserAgent string
}

// TableName implements gorm's Tabler.
func (Session) TableName() string { return "sessions" }
