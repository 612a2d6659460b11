package stripesim

import (
	"slices"
	"unicode/utf8"
)

// Limits of evidence: characters of one text and of all together (docs.stripe.com/api/disputes/evidence_object), and bytes of all files
// together (docs.stripe.com/disputes/best-practices).
const (
	longText  = 20_000
	shortText = 5_000
	allText   = 150_000
	allFiles  = 4_500_000
	aFile     = 0
)

// evidenceField is one of the 27 fields.
type evidenceField struct {
	name string
	most int // characters of a text; aFile: the field holds a file's id
	in   func(*evidence) *nullString
}

func (f evidenceField) param() string { return "evidence[" + f.name + "]" }

var evidenceFields = []evidenceField{
	{"access_activity_log", longText, func(e *evidence) *nullString { return &e.AccessActivityLog }},
	{"billing_address", shortText, func(e *evidence) *nullString { return &e.BillingAddress }},
	{"cancellation_policy", aFile, func(e *evidence) *nullString { return &e.CancellationPolicy }},
	{"cancellation_policy_disclosure", longText, func(e *evidence) *nullString { return &e.CancellationPolicyDisclosure }},
	{"cancellation_rebuttal", longText, func(e *evidence) *nullString { return &e.CancellationRebuttal }},
	{"customer_communication", aFile, func(e *evidence) *nullString { return &e.CustomerCommunication }},
	{"customer_email_address", shortText, func(e *evidence) *nullString { return &e.CustomerEmailAddress }},
	{"customer_name", shortText, func(e *evidence) *nullString { return &e.CustomerName }},
	{"customer_purchase_ip", shortText, func(e *evidence) *nullString { return &e.CustomerPurchaseIP }},
	{"customer_signature", aFile, func(e *evidence) *nullString { return &e.CustomerSignature }},
	{"duplicate_charge_documentation", aFile, func(e *evidence) *nullString { return &e.DuplicateChargeDocumentation }},
	{"duplicate_charge_explanation", longText, func(e *evidence) *nullString { return &e.DuplicateChargeExplanation }},
	{"duplicate_charge_id", shortText, func(e *evidence) *nullString { return &e.DuplicateChargeID }},
	{"product_description", longText, func(e *evidence) *nullString { return &e.ProductDescription }},
	{"receipt", aFile, func(e *evidence) *nullString { return &e.Receipt }},
	{"refund_policy", aFile, func(e *evidence) *nullString { return &e.RefundPolicy }},
	{"refund_policy_disclosure", longText, func(e *evidence) *nullString { return &e.RefundPolicyDisclosure }},
	{"refund_refusal_explanation", longText, func(e *evidence) *nullString { return &e.RefundRefusalExplanation }},
	{"service_date", shortText, func(e *evidence) *nullString { return &e.ServiceDate }},
	{"service_documentation", aFile, func(e *evidence) *nullString { return &e.ServiceDocumentation }},
	{"shipping_address", shortText, func(e *evidence) *nullString { return &e.ShippingAddress }},
	{"shipping_carrier", shortText, func(e *evidence) *nullString { return &e.ShippingCarrier }},
	{"shipping_date", shortText, func(e *evidence) *nullString { return &e.ShippingDate }},
	{"shipping_documentation", aFile, func(e *evidence) *nullString { return &e.ShippingDocumentation }},
	{"shipping_tracking_number", shortText, func(e *evidence) *nullString { return &e.ShippingTrackingNumber }},
	{"uncategorized_file", aFile, func(e *evidence) *nullString { return &e.UncategorizedFile }},
	{"uncategorized_text", longText, func(e *evidence) *nullString { return &e.UncategorizedText }},
}

// evidenceParams are the fields as parameters of a request.
func evidenceParams() []string {
	var names []string
	for _, f := range evidenceFields {
		names = append(names, f.param())
	}
	return names
}

// prefilled is what Stripe fills in by itself; it does not count as evidence.
func prefilled(c *charge) evidence {
	return evidence{CustomerName: c.BillingDetails.Name, CustomerEmailAddress: c.BillingDetails.Email}
}

// evidenceFor reads a request's evidence over what the dispute has, and tells whether there was any. An empty value clears its field.
func (s *Sim) evidenceFor(d *dispute, p params) (out evidence, sent bool, _ *apiError) {
	out = d.Evidence
	characters := 0
	for _, f := range evidenceFields {
		field := f.in(&out)
		if v, ok := p.text(f.param()); ok {
			if e := s.checkEvidence(d, f, v); e != nil {
				return out, true, e
			}
			*field, sent = nullString(v), true
		}
		if f.most != aFile {
			characters += utf8.RuneCountInString(string(*field))
		}
	}
	if characters > allText {
		return out, sent, invalid("", "evidence", "The combined character count of all evidence is %d; it must be at most %d.", characters, allText)
	}
	return out, sent, nil
}

// checkEvidence refuses a text that is too long, and a file that is not there, is no evidence or is another dispute's: Klarna takes a file
// for one dispute only (docs.stripe.com/payments/klarna/disputes).
func (s *Sim) checkEvidence(d *dispute, f evidenceField, value string) *apiError {
	if f.most != aFile {
		if n := utf8.RuneCountInString(value); n > f.most {
			return invalid("", f.param(), "Invalid string: must be at most %d characters (found: %d).", f.most, n)
		}
		return nil
	}
	if value == "" {
		return nil
	}
	file, ok := s.files.get(value)
	if !ok {
		return invalid("resource_missing", f.param(), "No such file upload: '%s'", value)
	}
	if file.Purpose != disputeEvidence {
		return invalid("", f.param(), "The file %s has the purpose %s and cannot be evidence.", value, file.Purpose)
	}
	for _, r := range s.disputes.rows {
		if other := r.obj; other.ID != d.ID && slices.Contains(other.Evidence.files(), value) {
			return invalid("", f.param(), "The file %s is evidence of another dispute already. A file can be used for one dispute only.", value)
		}
	}
	return nil
}

// files are the ids of the files in the evidence.
func (e *evidence) files() (ids []string) {
	for _, f := range evidenceFields {
		if id := *f.in(e); f.most == aFile && id != "" {
			ids = append(ids, string(id))
		}
	}
	return ids
}
