package stripesim

import "encoding/json"

// customer is Stripe's customer in API version 2023-10-16.
type customer struct {
	ID                  string            `json:"id"`
	Object              string            `json:"object"`
	Address             *address          `json:"address"`
	Balance             int64             `json:"balance"`
	Created             int64             `json:"created"`
	Currency            nullString        `json:"currency"`
	DefaultSource       null              `json:"default_source"`
	Delinquent          bool              `json:"delinquent"`
	Description         nullString        `json:"description"`
	Discount            null              `json:"discount"`
	Email               nullString        `json:"email"`
	InvoicePrefix       string            `json:"invoice_prefix"`
	InvoiceSettings     invoiceSettings   `json:"invoice_settings"`
	Livemode            bool              `json:"livemode"`
	Metadata            map[string]string `json:"metadata"`
	Name                nullString        `json:"name"`
	NextInvoiceSequence int               `json:"next_invoice_sequence"`
	Phone               nullString        `json:"phone"`
	PreferredLocales    []string          `json:"preferred_locales"`
	Shipping            *shipping         `json:"shipping"`
	TaxExempt           string            `json:"tax_exempt"`
	TestClock           null              `json:"test_clock"`
}

type invoiceSettings struct {
	CustomFields         null `json:"custom_fields"`
	DefaultPaymentMethod null `json:"default_payment_method"`
	Footer               null `json:"footer"`
	RenderingOptions     null `json:"rendering_options"`
}

func (c *customer) ident() string { return c.ID }
func (c *customer) at() int64     { return c.Created }
func (c *customer) kind() string  { return "customer" }

// showCustomer is the customer as an answer shows it: nothing in it can be expanded here.
func (s *Sim) showCustomer(c *customer, _ expansion) *customer { return c }

// event is Stripe's event in API version 2023-10-16. It holds its object as it was at that moment.
type event struct {
	ID              string       `json:"id"`
	Object          string       `json:"object"`
	APIVersion      string       `json:"api_version"`
	Created         int64        `json:"created"`
	Data            eventData    `json:"data"`
	Livemode        bool         `json:"livemode"`
	PendingWebhooks int          `json:"pending_webhooks"`
	Request         eventRequest `json:"request"`
	Type            string       `json:"type"`
	Undelivered     string       `json:"_sim,omitempty"` // never shown: "pending" or "failed"
}

type eventData struct {
	Object             any            `json:"object"`
	PreviousAttributes map[string]any `json:"previous_attributes,omitempty"`
}

type eventRequest struct {
	ID             nullString `json:"id"`
	IdempotencyKey nullString `json:"idempotency_key"`
}

func (e *event) ident() string { return e.ID }
func (e *event) at() int64     { return e.Created }
func (e *event) kind() string  { return "event" }

// UnmarshalJSON reads an event back from the journal; its object stays the JSON that it was.
func (d *eventData) UnmarshalJSON(raw []byte) error {
	var in struct {
		Object             json.RawMessage `json:"object"`
		PreviousAttributes map[string]any  `json:"previous_attributes"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	d.Object, d.PreviousAttributes = in.Object, in.PreviousAttributes
	return nil
}

// showEvent is the event as an answer and a delivery show it.
func (s *Sim) showEvent(e *event, _ expansion) *event {
	out := *e
	out.Undelivered = ""
	out.PendingWebhooks = 0
	if e.Undelivered == "pending" {
		out.PendingWebhooks = 1
	}
	return &out
}

// webhookEndpoint is Stripe's webhook endpoint in API version 2023-10-16.
type webhookEndpoint struct {
	ID            string            `json:"id"`
	Object        string            `json:"object"`
	APIVersion    string            `json:"api_version"`
	Application   null              `json:"application"`
	Created       int64             `json:"created"`
	Description   nullString        `json:"description"`
	EnabledEvents []string          `json:"enabled_events"`
	Livemode      bool              `json:"livemode"`
	Metadata      map[string]string `json:"metadata"`
	Status        string            `json:"status"`
	URL           string            `json:"url"`
	Secret        string            `json:"_secret,omitempty"` // shown by Stripe only when the endpoint is made
}

func (w *webhookEndpoint) ident() string { return w.ID }
func (w *webhookEndpoint) at() int64     { return w.Created }
func (w *webhookEndpoint) kind() string  { return "webhook_endpoint" }

// showEndpoint is the endpoint as an answer shows it.
func (s *Sim) showEndpoint(w *webhookEndpoint, _ expansion) *webhookEndpoint {
	out := *w
	out.Secret = ""
	return &out
}
