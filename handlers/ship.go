package handlers

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models/batches"
	"counterfoil/models/warehouse"
	"counterfoil/views"
	"counterfoil/web"
)

const (
	// shipLimit is the largest file of a warehouse, in bytes: 20,000 lines are about 2 MB.
	shipLimit = 8 << 20
	// maxColumns is how many columns of a file a person may choose from.
	maxColumns = 40
)

// showShip answers GET /ship: where a warehouse's lines are pasted, scanned or uploaded.
func (a *App) showShip(c *fiber.Ctx) error { return a.answerShip(c, fiber.StatusOK, views.ShipInput{}) }

// answerShip answers with the page.
func (a *App) answerShip(c *fiber.Ctx, status int, in views.ShipInput) error {
	recent, err := a.Reader.Batches(c.UserContext(), 5)
	if err != nil {
		return err
	}
	in.Recent = recent
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, status, views.ShipShow(views.NewShipPage(in)))
}

// createShip answers POST /ship: one more code was scanned, or the lines are to be previewed.
func (a *App) createShip(c *fiber.Ctx) error {
	in := views.ShipInput{Lines: c.FormValue("lines"), Columns: chosenColumns(c)}
	if field(c, "step") == "scan" {
		in.Lines, in.Said = scanned(in.Lines, field(c, "code"))
		return a.answerShip(c, fiber.StatusOK, in)
	}
	source, data := "pasted lines", []byte(in.Lines)
	if code := field(c, "code"); code != "" { // typed and not yet entered
		data = append(data, "\n"+code...)
	}
	name, upload, err := uploaded(c, shipLimit)
	if err != nil {
		return err
	}
	if name != "" {
		source, data = name, upload
	}
	file, err := warehouse.Read(data, in.Columns)
	var bad *warehouse.Unreadable
	if errors.As(err, &bad) {
		in.Error = bad.Message
		return a.answerShip(c, fiber.StatusUnprocessableEntity, in)
	}
	if err != nil {
		return err
	}
	if file.Unsure || field(c, "check") != "" && len(in.Columns) == 0 && len(file.Codes) == 0 {
		in.Ask, in.FromFile, in.Columns = &file, name != "", file.Columns
		return a.answerShip(c, fiber.StatusUnprocessableEntity, in)
	}
	return a.draftShip(c, source, file)
}

func (a *App) draftShip(c *fiber.Ctx, source string, file warehouse.File) error {
	ctx := c.UserContext()
	var lines []batches.Line
	var err error
	if len(file.Codes) > 0 {
		if lines, err = a.Batches.PairCodes(ctx, file.Codes); err != nil {
			return err
		}
	}
	for _, l := range file.Lines {
		lines = append(lines, batches.Line{Number: l.Number, Order: l.Order, Carrier: l.Carrier, Tracking: l.Tracking, Amount: l.Amount, ShippedOn: l.Shipped, Fault: l.Fault})
	}
	b, err := a.Batches.DraftLines(ctx, source, lines, actor(c))
	if err != nil {
		return err
	}
	return web.Redirect(c, "/batches/"+b.ID)
}

// scanned adds a code to the lines. The same code twice in a row is said and kept once.
func scanned(lines, code string) (all, said string) {
	lines = strings.TrimRight(lines, "\r\n ")
	last := lines[strings.LastIndex(lines, "\n")+1:]
	switch {
	case code == "":
		return lines, ""
	case strings.TrimSpace(last) == code:
		return lines, code + " was scanned twice in a row: it is kept once."
	case lines == "":
		return code, code + " added."
	}
	return lines + "\n" + code, code + " added."
}

// chosenColumns are what a person said that the columns hold; nil where nothing was said.
func chosenColumns(c *fiber.Ctx) (columns []warehouse.Column) {
	said := false
	for i := range maxColumns {
		v := field(c, "column_"+strconv.Itoa(i))
		columns = append(columns, warehouse.Column(v))
		said = said || v != ""
	}
	if !said {
		return nil
	}
	return columns
}

// uploaded reads the file of the form; an empty name means that there is none.
func uploaded(c *fiber.Ctx, limit int64) (name string, data []byte, err error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		return "", nil, nil // no file was chosen: the pasted lines count
	}
	f, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	data, err = io.ReadAll(io.LimitReader(f, limit))
	name = header.Filename
	if r := []rune(name); len(r) > 80 {
		name = string(r[:80]) + "…"
	}
	return name, data, err
}
