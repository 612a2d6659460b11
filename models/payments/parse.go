package payments

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"counterfoil/models"
)

// ParseObject reads one Stripe object of any API version that we know into snapshots: first the object itself, then every mirrored
// object that it carries expanded (the charge of a PaymentIntent, its refunds and balance transaction …). asOf is Stripe's clock at the
// moment when the object looked like this. Each snapshot keeps the bytes of its own object, copied from raw.
//
// Refunds and balance transactions do not tell their mode: standing alone they come back as test mode, and the caller that knows
// better (an event, a key) says so.
//
// It returns KindInvalid for an object that is not mirrored, and, naming the field, for one whose amounts, currency, id or time are
// absent, fractional or too large. Unknown values of Stripe's enumerations are kept as they are.
func ParseObject(raw []byte, asOf models.Unix) ([]models.Snapshot, error) {
	snaps, err := parseObject(bytes.Clone(raw), asOf, false)
	if err != nil {
		return nil, err
	}
	return snaps, nil
}

// parseObject keeps slices of raw. livemode is for objects that do not tell it.
func parseObject(raw []byte, asOf models.Unix, livemode bool) ([]models.Snapshot, *models.Error) {
	p := &parser{scanner: scanner{src: raw}, asOf: asOf, livemode: livemode}
	kind, id := p.identify()
	switch {
	case p.err != nil:
		return nil, refusal(kind, id, p.err)
	case !isMirrored(kind):
		return nil, notMirrored(kind, id)
	}
	p.snapshot(kind, parent{})
	p.end()
	if p.err != nil {
		return nil, refusal(kind, id, p.err)
	}
	for i := range p.found {
		p.found[i].Livemode = p.livemode
	}
	return unique(p.found), nil
}

// parser reads objects into snapshots.
type parser struct {
	scanner
	asOf     models.Unix
	livemode bool // as any of the objects tells it
	found    []models.Snapshot
}

// parent is what an expanded object may leave to the object around it.
type parent struct {
	charge, paymentIntent string
	received              whole // the payment's amount_received
}

// snapshot reads the object of a known kind at the present position, together with what it carries, and gives its id.
func (p *parser) snapshot(kind string, from parent) string {
	p.peek()
	start, slot := p.pos, len(p.found)
	p.found = append(p.found, models.Snapshot{Kind: models.ObjectKind(kind), AsOf: p.asOf})
	var got models.Snapshot
	switch models.ObjectKind(kind) {
	case models.ObjectPaymentIntent:
		got = p.paymentIntent()
	case models.ObjectCharge:
		got = p.charge(slot, from)
	case models.ObjectRefund:
		got = p.refund(from)
	case models.ObjectDispute:
		got = p.dispute()
	case models.ObjectPayout:
		got = p.payout()
	case models.ObjectBalanceTransaction:
		got = p.balanceTransaction()
	}
	if p.err != nil {
		return ""
	}
	got.Kind, got.AsOf, got.Raw = models.ObjectKind(kind), p.asOf, slices.Clip(p.src[start:p.pos])
	p.found[slot] = got
	return got.ID
}

// identify looks ahead for the kind and id of the object at the present position, which mostly are its first two members.
func (p *parser) identify() (kind, id string) {
	look := scanner{src: p.src, pos: p.pos, depth: p.depth}
	seen := 0
	look.members(func(key []byte) {
		switch string(key) {
		case "id":
			id = look.text()
			seen++
		case "object":
			kind = look.text()
			seen++
		default:
			look.skip()
		}
		if seen == 2 && look.err == nil {
			look.err = errSeen
		}
	})
	if look.err != nil && !errors.Is(look.err, errSeen) {
		p.err = look.err
	}
	return kind, id
}

// errSeen ends a look ahead.
var errSeen = errors.New("seen")

// reference reads what Stripe gives as an id, as the expanded object or as null, and gives the id. An expanded object of a mirrored
// kind becomes a snapshot; its errors name their path from here.
func (p *parser) reference(name string, from parent) string {
	if p.err != nil || p.peek() != '{' {
		return p.text()
	}
	kind, id := p.identify()
	if p.err != nil {
		return ""
	}
	if !isMirrored(kind) {
		p.skip()
		return id
	}
	id = p.snapshot(kind, from)
	p.inside(name)
	return id
}

// references reads an array of references, or a Stripe list of them.
func (p *parser) references(name string, from parent, take func(i int) bool) (ids []string) {
	each := func(i int) {
		if !take(i) {
			p.skip()
			return
		}
		ids = append(ids, p.reference(name, from))
	}
	if p.peek() == '[' {
		p.elements(each)
		return ids
	}
	p.optionalMembers(func(key []byte) {
		if string(key) == "data" {
			p.elements(each)
			return
		}
		p.skip()
	})
	return ids
}

// inside puts the name of the member in front of an error's path.
func (p *parser) inside(name string) {
	var fe *fieldError
	if errors.As(p.err, &fe) && fe.path != "" {
		p.err = &fieldError{name + "." + fe.path, fe.problem}
	}
}

// plainReference reads the id of a reference in whatever form, and no more.
func (s *scanner) plainReference() (id string) {
	if s.peek() != '{' {
		return s.text()
	}
	s.members(func(key []byte) {
		if string(key) == "id" {
			id = s.text()
			return
		}
		s.skip()
	})
	return id
}

// unique keeps the first snapshot of each object.
func unique(snaps []models.Snapshot) []models.Snapshot {
	kept := snaps[:0]
	for _, s := range snaps {
		if !slices.ContainsFunc(kept, func(k models.Snapshot) bool { return k.ID == s.ID && k.Kind == s.Kind }) {
			kept = append(kept, s)
		}
	}
	return kept
}

func isMirrored(kind string) bool {
	switch models.ObjectKind(kind) {
	case models.ObjectPaymentIntent, models.ObjectCharge, models.ObjectRefund,
		models.ObjectDispute, models.ObjectPayout, models.ObjectBalanceTransaction:
		return true
	}
	return false
}

// CodeNotMirrored is the code of a KindInvalid error about a Stripe object of a kind that the mirror does not keep.
const CodeNotMirrored = "not_mirrored"

func notMirrored(kind, id string) *models.Error {
	return &models.Error{Kind: models.KindInvalid, Code: CodeNotMirrored, Field: "object",
		Message: "The object type " + orElse(kind, "(none)") + " is not mirrored" + of(id) + "."}
}

// refusal says which field of which object made it unreadable.
func refusal(kind, id string, cause error) *models.Error {
	e := &models.Error{Kind: models.KindInvalid, Code: "unreadable", Err: cause}
	var fe *fieldError
	if !errors.As(cause, &fe) || fe.path == "" {
		problem := "could not be read"
		if fe != nil {
			problem = fe.problem
		}
		e.Message = "The " + orElse(strings.ReplaceAll(kind, "_", " "), "object") + of(id) + " " + problem + "."
		return e
	}
	e.Field = fe.path
	e.Message = "The " + strings.ReplaceAll(kind, "_", " ") + of(id) + " was not taken: its field " + fe.path + " " + fe.problem + "."
	return e
}

func of(id string) string {
	if id == "" || !isWord(id) || len(id) > 255 {
		return ""
	}
	return " " + id
}
