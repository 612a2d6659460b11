package store

import (
	"context"
	"time"

	"counterfoil/models"
)

// StripeObject is the gate's row of one of Stripe's objects. Seq is the turn of the gate in which the row last moved; Dirty is 0, or the
// turn in which a fresh copy was asked for. Raw is nil for an object that was only asked for, or of which we know no more than that it is
// none of the mirror's: then AsOf tells the two apart, being 0 for the former.
type StripeObject struct {
	ID       string
	Kind     models.ObjectKind
	OrderID  string // pi_… that the object belongs to, empty for none
	AsOf     models.Unix
	Seq      int64
	Dirty    int64
	Attempts int64
	Raw      []byte
}

// settingGateTurn counts the write transactions that moved rows of the gate.
const settingGateTurn = "mirror_turn"

// GateTurn gives the turn that the gate has come to. Rows that move later have a higher Seq. Errors: internal.
func (q *queries) GateTurn(ctx context.Context) (int64, error) {
	var turn int64
	err := q.queryRow(ctx, `select cast(value as integer) from settings where name = ?1`, []any{settingGateTurn}, &turn)
	if missing(err) {
		return 0, nil
	}
	return turn, err
}

// NextGateTurn begins the turn of this transaction and gives it. Errors: internal.
func (tx *Tx) NextGateTurn(ctx context.Context) (int64, error) {
	var turn int64
	err := tx.queryRow(ctx, `insert into settings (name, value) values (?1, '1')
		on conflict (name) do update set value = cast(value as integer) + 1 returning cast(value as integer)`, []any{settingGateTurn}, &turn)
	return turn, err
}

// RaiseSetting keeps a number under a name, unless a greater one is kept already. Errors: internal.
func (tx *Tx) RaiseSetting(ctx context.Context, name string, value int64) error {
	_, err := tx.exec(ctx, `insert into settings (name, value) values (?1, ?2)
		on conflict (name) do update set value = ?2 where cast(value as integer) < ?2`, name, value)
	return err
}

// StripeObject gives an object's row; found is false for one that was neither seen nor asked for. Errors: internal.
func (q *queries) StripeObject(ctx context.Context, id string) (o StripeObject, found bool, err error) {
	o.ID = id
	err = q.queryRow(ctx, `select kind, order_id, as_of, seq, dirty, attempts, raw from stripe_objects where id = ?1`, []any{id},
		&o.Kind, &o.OrderID, &o.AsOf, &o.Seq, &o.Dirty, &o.Attempts, &o.Raw)
	if missing(err) {
		return o, false, nil
	}
	return o, err == nil, err
}

// StripeObjectAsOf gives the moment of Stripe's clock that an object's row has come to, 0 for one without a row. Errors: internal.
func (q *queries) StripeObjectAsOf(ctx context.Context, id string) (asOf models.Unix, err error) {
	err = q.queryRow(ctx, `select as_of from stripe_objects where id = ?1`, []any{id}, &asOf)
	if missing(err) {
		return 0, nil
	}
	return asOf, err
}

// PutStripeObject writes a snapshot into the gate's row, in this turn. clean takes the mark off that asked for it. A snapshot without Raw
// says that the object is none of the mirror's. Errors: internal.
func (tx *Tx) PutStripeObject(ctx context.Context, s *models.Snapshot, orderID string, turn int64, clean bool) error {
	var raw any
	if len(s.Raw) > 0 {
		raw = []byte(s.Raw)
	}
	_, err := tx.exec(ctx, `insert into stripe_objects (id, kind, livemode, order_id, as_of, seq, raw) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		on conflict (id) do update set order_id = case ?4 when '' then order_id else ?4 end, as_of = max(as_of, ?5), seq = ?6, raw = ?7,
		dirty = case ?8 when 1 then 0 else dirty end, attempts = 0, last_error = ''`,
		s.ID, string(s.Kind), s.Livemode, orderID, int64(s.AsOf), turn, raw, clean)
	return err
}

// MarkDirty asks for a fresh copy of an object, in this turn: a copy that was asked for earlier will not do. Errors: internal.
func (tx *Tx) MarkDirty(ctx context.Context, kind models.ObjectKind, id, orderID string, livemode bool, turn int64) error {
	_, err := tx.exec(ctx, `insert into stripe_objects (id, kind, livemode, order_id, seq, dirty) values (?1, ?2, ?3, ?4, ?5, ?5)
		on conflict (id) do update set seq = ?5, dirty = ?5, next_try = 0`, id, string(kind), livemode, orderID, turn)
	return err
}

// ClearDirty takes the mark off, unless the row has moved since the turn; why says what stays as it is. Errors: internal.
func (tx *Tx) ClearDirty(ctx context.Context, id string, turn int64, why string) error {
	_, err := tx.exec(ctx, `update stripe_objects set dirty = 0, attempts = 0, last_error = ?3 where id = ?1 and seq <= ?2`, id, turn, why)
	return err
}

// FetchFailed has a marked object fetched again at nextTry of the wall clock. Errors: internal.
func (tx *Tx) FetchFailed(ctx context.Context, id string, nextTry time.Time, why string) error {
	_, err := tx.exec(ctx, `update stripe_objects set attempts = attempts + 1, next_try = ?2, last_error = ?3 where id = ?1`, id, nextTry.UnixMilli(), why)
	return err
}

// DirtyObjects gives marked objects whose time has come at now of the wall clock, without their raw text. Errors: internal.
func (q *queries) DirtyObjects(ctx context.Context, now time.Time, limit int) ([]StripeObject, error) {
	var due []StripeObject
	err := q.eachRow(ctx, `select id, kind, order_id, as_of, seq, dirty, attempts from stripe_objects
		where dirty <> 0 and next_try <= ?1 order by next_try limit ?2`, []any{now.UnixMilli(), limit}, func(scan scanner) error {
		var o StripeObject
		if err := scan(&o.ID, &o.Kind, &o.OrderID, &o.AsOf, &o.Seq, &o.Dirty, &o.Attempts); err != nil {
			return err
		}
		due = append(due, o)
		return nil
	})
	return due, err
}

// DirtyCount gives the number of marked objects. Errors: internal.
func (q *queries) DirtyCount(ctx context.Context) (int64, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from stripe_objects where dirty <> 0`, nil, &n)
	return n, err
}

// InsertEvent stores an event; false when it was stored before. Errors: internal.
func (tx *Tx) InsertEvent(ctx context.Context, e *models.StripeEvent) (bool, error) {
	n, err := tx.exec(ctx, `insert into stripe_events (id, type, api_version, object_id, object_kind, order_id, created, received, state, error, payload)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) on conflict (id) do nothing`,
		e.ID, e.Type, e.APIVersion, e.ObjectID, string(e.ObjectKind), e.OrderID, int64(e.Created), int64(e.Received), string(e.State), e.Error, e.Payload)
	return n == 1, err
}

// FailedEvents gives the number of events that were set aside. Errors: internal.
func (q *queries) FailedEvents(ctx context.Context) (int64, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from stripe_events where state = 'failed'`, nil, &n)
	return n, err
}
