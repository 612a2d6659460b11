package models

// Refusal says why an act is not possible now. It greys out the button and guards the POST alike.
type Refusal struct {
	Code    string // stable word, e.g. "already_captured"
	Message string // a sentence for people
	By      string // who did what stands in the way, if a person of ours did
	At      Unix   // when
}

// Error implements error.
func (r *Refusal) Error() string { return "refused " + r.Code + ": " + r.Message }

// Unwrap makes a Refusal an error of kind conflict.
func (r *Refusal) Unwrap() error {
	return &Error{Kind: KindConflict, Code: r.Code, Message: r.Message}
}

// Actor is who acts: for the audit log, and for what only a manager may do.
type Actor struct {
	StaffID   string
	Name      string
	Role      Role
	RequestID string
}

// Audit is the audit entry of what the actor did to an object.
func (a Actor) Audit(at Unix, action, objectID string, details map[string]string) AuditEntry {
	return AuditEntry{At: at, StaffID: a.StaffID, StaffName: a.Name, RequestID: a.RequestID, Action: action, ObjectID: objectID, Details: details}
}
