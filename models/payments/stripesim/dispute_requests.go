package stripesim

import "strings"

// updateDispute takes evidence and metadata.
func updateDispute(x *tx, c *call) (any, *apiError) {
	d, ok := x.s.disputes.get(c.id)
	if !ok {
		return nil, noSuch("dispute", c.id, "dispute")
	}
	submit, e := c.params.oneOf("submit", "true", "false")
	if e != nil {
		return nil, e
	}
	fields, sent, e := x.s.evidenceFor(d, c.params)
	if e != nil {
		return nil, e
	}
	// submit says "whether to immediately submit evidence to the bank", by default true (docs.stripe.com/api/disputes/update): a request
	// that brings no evidence, such as metadata alone, submits what is staged only when it says so.
	submits := submit == "true" || sent && submit == ""
	if sent || submits {
		if e := mayAnswer(d); e != nil {
			return nil, e
		}
	}
	after := *d
	after.Metadata = c.params.metadata(d.Metadata)
	if sent {
		charge, _ := x.s.charges.get(d.Charge.id)
		after.Evidence, after.EvidenceDetails.HasEvidence = fields, fields != evidence{} && fields != prefilled(charge)
	}
	if !submits {
		x.put(&after)
		x.event("charge.dispute.updated", &after, map[string]any{"evidence": d.Evidence, "metadata": d.Metadata,
			"evidence_details": map[string]any{"has_evidence": d.EvidenceDetails.HasEvidence}})
		return x.s.showDispute(&after, c.expand), nil
	}
	if e := x.s.checkFiles(&fields); e != nil {
		return nil, e
	}
	return x.s.showDispute(x.submit(&after, "", nil), c.expand), nil
}

// mayAnswer refuses evidence that nobody would read. After due_by there is none to refuse: an unanswered chargeback is lost by then.
func mayAnswer(d *dispute) *apiError {
	switch {
	case d.Status == "needs_response" && d.EvidenceDetails.SubmissionCount == 0:
		return nil
	case d.EvidenceDetails.SubmissionCount > 0:
		return refused("", "evidence", "Evidence was already submitted for this dispute. It can only be submitted once.")
	case strings.HasPrefix(d.Status, "warning_"):
		return refused("", "evidence", "This dispute is an inquiry (%s). Klarna does not accept evidence during an inquiry.", d.Status)
	}
	return refused("", "evidence", "This dispute has a status of %s. Evidence can no longer be submitted.", d.Status)
}

// checkFiles refuses to submit more than the networks take; drafts may hold more.
func (s *Sim) checkFiles(e *evidence) *apiError {
	total := 0
	for _, id := range e.files() {
		f, _ := s.files.get(id)
		total += f.Size
	}
	if total > allFiles {
		return refused("", "evidence", "The combined size of all files is %d bytes; it must be at most %d.", total, allFiles)
	}
	return nil
}

// closeDispute accepts a chargeback, which loses it for good (docs.stripe.com/api/disputes/close).
func closeDispute(x *tx, c *call) (any, *apiError) {
	d, ok := x.s.disputes.get(c.id)
	switch {
	case !ok:
		return nil, noSuch("dispute", c.id, "dispute")
	case d.Status != "needs_response":
		return nil, refused("", "", "This dispute could not be closed because it has a status of %s. Only a dispute that needs a response can be closed.", d.Status)
	}
	return x.s.showDispute(x.lose(d, ""), c.expand), nil
}
