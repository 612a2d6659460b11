package payments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path"
	"strings"

	"github.com/stripe/stripe-go/v76"
)

// upload is a multipart body.
type upload struct {
	boundary string
	body     []byte
}

// UploadEvidence gives Stripe a file for a dispute's evidence (docs.stripe.com/file-upload): PDF, JPEG or PNG, as its name ends. The file
// is nobody's until a field of evidence names its id. It returns KindRefused or KindUnavailable when Stripe has no file of it, KindRefused
// also for a name with another ending and for no content (nothing was sent), and KindUnknown when that is not known: the same key and
// content again give the same file.
func (g *Gateway) UploadEvidence(ctx context.Context, name string, content []byte, key string) (fileID, requestID string, err error) {
	op := operation{
		method: http.MethodPost, path: "/v1/files", key: key,
		notDone: "The file was not sent to Stripe.", unclear: "It is not known whether Stripe has the file.",
	}
	kind := contentType(name)
	switch {
	case kind == "":
		return "", "", malformed(op, "the file is no PDF, JPEG or PNG by its name")
	case len(content) == 0:
		return "", "", malformed(op, "the file is empty")
	}
	op.upload = newUpload(stripe.FilePurposeDisputeEvidence, name, kind, content)
	res, err := g.do(ctx, op)
	if err != nil {
		return "", "", err
	}
	object, id := identity(res.RawJSON)
	if object != "file" || !isID(id) {
		return "", "", notTheAnswer(op, res, errOtherObject)
	}
	return id, res.RequestID, nil
}

// newUpload writes the body. Its boundary is made of the content, so that the same file under the same key is the same request to the byte.
func newUpload(purpose stripe.FilePurpose, name, kind string, content []byte) *upload {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	sum := sha256.Sum256(content)
	// Neither this boundary nor a buffer in memory can fail.
	_ = w.SetBoundary(hex.EncodeToString(sum[:]))
	_ = w.WriteField("purpose", string(purpose))
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", name)}, "Content-Type": {kind},
	})
	_, _ = part.Write(content)
	_ = w.Close()
	return &upload{boundary: w.Boundary(), body: body.Bytes()}
}

// contentType is what a file is by its name; empty for what is no evidence.
func contentType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf":
		return "application/pdf"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	}
	return ""
}
