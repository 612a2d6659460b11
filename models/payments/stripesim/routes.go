package stripesim

import (
	"net/http"
	"slices"
	"strings"
)

// route is one thing that the API can do.
type route struct {
	method  string
	pattern []string // segments after /v1; * is the object's id
	params  []string // beside expand[]
	kind    string   // of the object that is answered
	list    bool
	read    func(*Sim, *call) (any, *apiError)
	change  func(*tx, *call) (any, *apiError)
}

// kindOf is the kind of object that a path is about.
func kindOf(path string) string {
	name, _, _ := strings.Cut(path, "/")
	return strings.TrimSuffix(name, "s")
}

func get(path string, read func(*Sim, *call) (any, *apiError)) route {
	return route{method: http.MethodGet, pattern: strings.Split(path, "/"), kind: kindOf(path), read: read}
}

func listOf(path string, read func(*Sim, *call) (any, *apiError), filters ...string) route {
	r := get(path, read)
	r.list, r.params = true, append([]string{"limit", "starting_after", "ending_before"}, filters...)
	return r
}

func post(path string, change func(*tx, *call) (any, *apiError), params ...string) route {
	return route{method: http.MethodPost, pattern: strings.Split(path, "/"), kind: kindOf(path), params: params, change: change}
}

// routes is all of the API that is simulated.
func routes() []route {
	return []route{
		listOf("payment_intents", listIntents, "created[*]", "customer"),
		get("payment_intents/*", getIntent),
		post("payment_intents/*", updateIntent, slices.Concat(shippingParams, lateIntentParams, []string{"metadata[*]", "description", "receipt_email"})...),
		post("payment_intents/*/capture", captureIntent, "amount_to_capture", "final_capture", "metadata[*]", "statement_descriptor",
			"statement_descriptor_suffix"),
		post("payment_intents/*/cancel", cancelIntent, "cancellation_reason"),
		listOf("charges", listCharges, "created[*]", "customer", "payment_intent"),
		get("charges/*", getCharge),
		post("charges/*", updateCharge, slices.Concat(shippingParams, []string{"metadata[*]", "description", "receipt_email"})...),
		listOf("refunds", listRefunds, "created[*]", "charge", "payment_intent"),
		get("refunds/*", getRefund),
		post("refunds", createRefund, "amount", "charge", "payment_intent", "reason", "metadata[*]"),
		post("refunds/*", updateRefund, "metadata[*]"),
		listOf("disputes", listDisputes, "created[*]", "charge", "payment_intent"),
		get("disputes/*", getDispute),
		post("disputes/*", updateDispute, append(evidenceParams(), "metadata[*]", "submit")...),
		post("disputes/*/close", closeDispute),
		listOf("files", listFiles, "created[*]", "purpose"),
		get("files/*", getFile),
		get("files/*/contents", getContents),
		post("files", createFile, "file", "purpose"),
		listOf("payouts", listPayouts, "created[*]", "arrival_date[*]", "destination", "status"),
		get("payouts/*", getPayout),
		listOf("balance_transactions", listTransactions, "created[*]", "currency", "payout", "source", "type"),
		get("balance_transactions/*", getTransaction),
		get("balance", getBalance),
		listOf("customers", listCustomers, "created[*]", "email"),
		get("customers/*", getCustomer),
		listOf("events", listEvents, "created[*]", "type", "types[]", "delivery_success"),
		get("events/*", getEvent),
		listOf("webhook_endpoints", listEndpoints),
		get("webhook_endpoints/*", getEndpoint),
	}
}

// find is the route of a request, and the id in its path.
func (s *Sim) find(method, path string) (*route, string) {
	have, ok := strings.CutPrefix(path, "/v1/")
	if !ok {
		return nil, ""
	}
	segments := strings.Split(have, "/")
	for i := range s.routes {
		r := &s.routes[i]
		if r.method != method || len(r.pattern) != len(segments) {
			continue
		}
		id, fits := "", true
		for n, want := range r.pattern {
			switch {
			case want == "*" && segments[n] != "":
				id = segments[n]
			case want != segments[n]:
				fits = false
			}
		}
		if fits {
			return r, id
		}
	}
	return nil, ""
}

// work does the request.
func (s *Sim) work(c *call) answer {
	r, id := s.find(c.method, c.path)
	if r == nil {
		return c.refuse(&apiError{Status: http.StatusNotFound, Type: "invalid_request_error", Message: "Unrecognized request URL (" +
			c.method + ": " + c.path + "). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."})
	}
	c.id = id
	if r.read != nil {
		return s.read(r, c)
	}
	return s.change(r, c)
}

// prepare checks the parameters.
func (r *route) prepare(c *call) *apiError {
	if e := c.params.check(append(slices.Clone(r.params), "expand[]", "expand")); e != nil {
		return e
	}
	var e *apiError
	c.expand, e = newExpansion(append(c.params["expand[]"], c.params["expand"]...), r.kind, r.list)
	return e
}

// read answers a GET.
func (s *Sim) read(r *route, c *call) answer {
	if e := r.prepare(c); e != nil {
		return c.refuse(e)
	}
	if e := s.catchUp(); e != nil {
		return c.refuse(e)
	}
	s.mu.RLock()
	c.now = s.second()
	out, e := r.read(s, c)
	s.mu.RUnlock()
	if e != nil {
		return c.refuse(e)
	}
	if raw, ok := out.(contents); ok {
		return answer{status: http.StatusOK, body: raw.bytes, kind: raw.kind}
	}
	return answer{status: http.StatusOK, body: encode(out)}
}

// catchUp lets happen what became due before a reading request looks.
func (s *Sim) catchUp() *apiError {
	s.mu.RLock()
	due := s.isDue(s.second())
	s.mu.RUnlock()
	if !due {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.settle(s.second()); err != nil {
		return diskFailed()
	}
	return nil
}

// change answers a POST: what it did and its answer's place under the idempotency key reach the disk together, before the
// answer goes out.
func (s *Sim) change(r *route, c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return c.refuse(diskFailed())
	}
	if err := s.settle(s.second()); err != nil {
		return c.refuse(diskFailed())
	}
	c.now = s.second()
	if a, ok := s.replay(c); ok {
		return a
	}
	if e := r.prepare(c); e != nil {
		return c.refuse(e)
	}
	x := s.begin(c.now, c)
	out, e := r.change(x, c)
	var a answer
	if e != nil {
		a = c.refuse(e)
	} else {
		a = answer{status: http.StatusOK, body: encode(out), keep: true}
	}
	if a.keep {
		x.save(c, a)
	}
	if e != nil && (!a.keep || c.key == "") {
		return a
	}
	if err := s.commit(x); err != nil {
		return c.refuse(diskFailed())
	}
	return a
}
