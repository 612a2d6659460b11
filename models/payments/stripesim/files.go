package stripesim

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	uploadPath = "/v1/files"
	// maxUpload is how large a request with a file may be.
	maxUpload = 16 << 20
	// disputeEvidence is the purpose of a file that a dispute can have.
	disputeEvidence = "dispute_evidence"
	// maxEvidence is Stripe's limit for one file of evidence, and monthsKept how long Stripe keeps it (docs.stripe.com/file-upload).
	maxEvidence = 5_000_000
	monthsKept  = 9
)

// file is Stripe's file in API version 2023-10-16.
type file struct {
	ID        string     `json:"id"`
	Object    string     `json:"object"`
	Created   int64      `json:"created"`
	ExpiresAt int64      `json:"expires_at"`
	Filename  string     `json:"filename"`
	Links     list       `json:"links"`
	Purpose   string     `json:"purpose"`
	Size      int        `json:"size"`
	Title     nullString `json:"title"`
	Type      nullString `json:"type"`
	URL       string     `json:"url"`
	Content   []byte     `json:"_content,omitempty"` // never shown
}

func (f *file) ident() string { return f.ID }
func (f *file) at() int64     { return f.Created }
func (f *file) kind() string  { return "file" }

// showFile is the file as an answer shows it: nothing in it can be expanded here.
func (s *Sim) showFile(f *file, _ expansion) *file {
	out := *f
	out.Content = nil
	return &out
}

func listFiles(s *Sim, c *call) (any, *apiError) {
	return listFrom(&s.files, c, "file", s.showFile, func(f *file) bool { return c.params.has("purpose", f.Purpose) })
}

func getFile(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.files.get, c, "file", "file", s.showFile)
}

// contents is an answer that is not JSON.
type contents struct {
	kind  string
	bytes []byte
}

func getContents(s *Sim, c *call) (any, *apiError) {
	f, ok := s.files.get(c.id)
	if !ok {
		return nil, noSuch("file", c.id, "file")
	}
	return contents{kind: http.DetectContentType(f.Content), bytes: f.Content}, nil
}

// uploadedFile is the file of a multipart request.
type uploadedFile struct {
	name    string
	content []byte
}

// readUpload reads a multipart request. Among its parameters the file stands by its name and hash, so that the same key with another
// file is another request, and the log of requests holds no contents.
func (c *call) readUpload(w http.ResponseWriter, r *http.Request) (url.Values, *apiError) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, invalid("", "", "Invalid request (check that your POST content type is multipart/form-data).")
	}
	form := url.Values{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		if err != nil {
			return nil, invalid("", "", "The request's body could not be read: %v", err)
		}
		value := string(content)
		if name := part.FileName(); name != "" {
			value = fmt.Sprintf("%s, SHA-256 %x", name, sha256.Sum256(content))
			c.upload = &uploadedFile{name: name, content: content}
		}
		form.Add(part.FormName(), value)
	}
}

// createFile keeps an uploaded file. Evidence is a PDF, a JPEG or a PNG by what it holds.
func createFile(x *tx, c *call) (any, *apiError) {
	if c.upload == nil {
		return nil, missing("file")
	}
	purpose, e := c.params.oneOf("purpose", "business_icon", "business_logo", "customer_signature", disputeEvidence, "identity_document",
		"pci_document", "tax_document_user_upload")
	if e != nil {
		return nil, e
	}
	kind := fileType(c.upload.content)
	switch {
	case purpose == "":
		return nil, missing("purpose")
	case purpose == disputeEvidence && kind == "":
		return nil, invalid("", "file", "The file type %s is not allowed for the purpose %s. Allowed are pdf, jpg and png.",
			http.DetectContentType(c.upload.content), purpose)
	case purpose == disputeEvidence && len(c.upload.content) > maxEvidence:
		return nil, invalid("", "file", "The file is %d bytes; files for the purpose %s may have at most %d.", len(c.upload.content), purpose, maxEvidence)
	}
	f := &file{ID: x.s.newID("file_1"), Object: "file", Created: x.at, ExpiresAt: time.Unix(x.at, 0).UTC().AddDate(0, monthsKept, 0).Unix(),
		Filename: c.upload.name, Purpose: purpose, Size: len(c.upload.content), Type: kind, Content: c.upload.content}
	f.Links = list{Object: "list", Data: []null{}, URL: "/v1/file_links?file=" + f.ID}
	f.URL = uploadPath + "/" + f.ID + "/contents" // without a host: nobody should carry a simulated key to Stripe's own
	x.put(f)
	return x.s.showFile(f, nil), nil
}

// fileType is Stripe's word for what a file holds; empty for what is no evidence.
func fileType(content []byte) nullString {
	switch http.DetectContentType(content) {
	case "application/pdf":
		return "pdf"
	case "image/jpeg":
		return "jpg"
	case "image/png":
		return "png"
	}
	return ""
}
