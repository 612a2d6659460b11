package handlers

import (
	"github.com/gofiber/fiber/v2"

	"counterfoil/views"
	"counterfoil/web"
)

// createNote answers POST /orders/:id/notes.
func (a *App) createNote(c *fiber.Ctx) error {
	id, form := c.Params("id"), views.NoteForm{Text: c.FormValue("text"), Token: field(c, "form_token"), Errors: map[string]string{}}
	err := a.Orders.AddNote(c.UserContext(), id, form.Text, form.Token, actor(c))
	if noteInvalid(err, form.Errors) {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, func(in *views.OrderInput) { in.NoteForm = form })
	}
	return a.answerAct(c, id, "noted", err, web.Flash{Title: "Note added."})
}
