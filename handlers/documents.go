package handlers

import (
	"errors"
	"io"
	"mime/multipart"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/disputes"
	"counterfoil/models/documents"
	"counterfoil/views"
	"counterfoil/web"
)

// documentLimit is the largest form of files, in bytes: one large file, or several small ones. It is held in memory.
const documentLimit = documents.MaxUpload + 4<<20

// createDocument answers POST /orders/:id/documents: one or more files go into the order's evidence locker. Those that are taken stay taken.
func (a *App) createDocument(c *fiber.Ctx) error {
	id := c.Params("id")
	form, err := c.MultipartForm()
	if err != nil {
		return &models.Error{Kind: models.KindInvalid, Code: "form_unreadable", Message: "The files did not arrive whole. Nothing was kept.", Err: err}
	}
	var problems []string
	files := 0
	for _, header := range form.File["file"] {
		if header.Size == 0 && header.Filename == "" {
			continue
		}
		files++
		err := a.addDocument(c, id, header)
		var e *models.Error
		switch {
		case models.IsKind(err, models.KindInvalid) && errors.As(err, &e):
			problems = append(problems, e.Message)
		case err != nil:
			return err
		}
	}
	if files == 0 {
		problems = append(problems, "Choose a file first.")
	}
	if c.Accepts(fiber.MIMETextHTML, fiber.MIMEApplicationJSON) == fiber.MIMEApplicationJSON {
		if len(problems) > 0 {
			return c.Status(fiber.StatusUnprocessableEntity).JSON(fiber.Map{"message": strings.Join(problems, " ")})
		}
		return c.Status(fiber.StatusCreated).JSON(fiber.Map{})
	}
	return a.answerDocuments(c, id, problems)
}

func (a *App) addDocument(c *fiber.Ctx, orderID string, header *multipart.FileHeader) error {
	if header.Size > documents.MaxUpload {
		return &models.Error{Kind: models.KindInvalid, Field: "file", Code: "too_large",
			Message: header.Filename + " is " + models.FileSize(header.Size) + "; at most " + models.FileSize(documents.MaxUpload) + " can be added at a time."}
	}
	f, err := header.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	_, err = a.Disputes.AddDocument(c.UserContext(), disputes.AddRequest{OrderID: orderID, Field: field(c, "field"), Name: header.Filename, Content: content, Actor: actor(c)})
	return err
}

// answerDocuments leads back to the page that the form was on, or shows it with what is wrong.
func (a *App) answerDocuments(c *fiber.Ctx, orderID string, problems []string) error {
	back := field(c, "back")
	if len(problems) == 0 {
		return web.Redirect(c, a.wayBack(orderID, back))
	}
	errs := map[string]string{"file": strings.Join(problems, " ")}
	if id, ok := strings.CutPrefix(back, "/disputes/"); ok {
		id, _ = url.PathUnescape(id)
		return a.answerDispute(c, fiber.StatusUnprocessableEntity, id, func(in *views.DisputeInput) { in.Step, in.Errors = views.StepEvidence, errs })
	}
	return a.answerOrder(c, fiber.StatusUnprocessableEntity, orderID, func(in *views.OrderInput) { in.FileError = errs["file"] })
}

// wayBack is where a form about a file came from: a dispute, or the order itself. Nobody is led out of the desk.
func (a *App) wayBack(orderID, back string) string {
	if rest, ok := strings.CutPrefix(back, "/disputes/"); ok && !strings.ContainsAny(rest, "/\\?#") {
		return back + "?step=" + views.StepEvidence
	}
	return "/orders/" + orderID + "#" + views.RegionDisputeFiles
}

// changeDocument answers POST /orders/:id/documents/:document/fields: a file shows something else.
func (a *App) changeDocument(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := a.Disputes.MoveDocument(c.UserContext(), id, c.Params("document"), field(c, "field"), actor(c)); err != nil {
		return err
	}
	return web.Redirect(c, a.wayBack(id, field(c, "back")))
}

// removeDocument answers POST /orders/:id/documents/:document/removals.
func (a *App) removeDocument(c *fiber.Ctx) error {
	id, document := c.Params("id"), c.Params("document")
	if err := a.Disputes.RemoveDocument(c.UserContext(), id, document, actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The file is removed.", Text: "What was sent before stays as it was sent.", Undo: "/orders/" + id + "/documents/" + document + "/restorations"})
	return web.Redirect(c, a.wayBack(id, field(c, "back")))
}

// restoreDocument answers POST /orders/:id/documents/:document/restorations.
func (a *App) restoreDocument(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := a.Disputes.RestoreDocument(c.UserContext(), id, c.Params("document"), actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The file is back."})
	return web.Redirect(c, a.wayBack(id, field(c, "back")))
}

// showDocument answers GET /orders/:id/documents/:document.
func (a *App) showDocument(c *fiber.Ctx) error {
	doc, err := a.Reader.Document(c.UserContext(), c.Params("document"))
	if err != nil {
		return err
	}
	if doc.OrderID != c.Params("id") {
		return fiber.ErrNotFound
	}
	return sendFile(c, doc.Name, doc.Type, doc.Content)
}

// showEvidenceFile answers GET /disputes/:id/files/:file: a file exactly as it goes to Stripe.
func (a *App) showEvidenceFile(c *fiber.Ctx) error {
	file, err := a.Reader.EvidenceFile(c.UserContext(), c.Params("file"))
	if err != nil {
		return err
	}
	if file.DisputeID != c.Params("id") {
		return fiber.ErrNotFound
	}
	return sendFile(c, file.Name, file.Type, file.Content)
}

// sendFile shows somebody's file without letting it do anything: no script, no frame, no other origin.
func sendFile(c *fiber.Ctx, name, kind string, content []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Set(fiber.HeaderContentDisposition, `inline; filename*=UTF-8''`+url.PathEscape(name))
	return c.Send(content)
}
