package handlers

import (
	"counterfoil/models/staff"
	"counterfoil/web"
)

// routes is the whole URL map, grouped by who may call it.
func (a *App) routes() {
	// Anybody.
	a.Get("/help", a.showHelp)
	a.Get("/help/:country", a.showHelp)
	a.Get("/healthz", a.showHealth)
	a.Get("/readyz", a.showReady)
	a.Get(web.StaticPath, web.Static)

	// Stripe, by its signature.
	a.Post("/stripe/events", web.LimitBody(web.EventLimit), a.receiveEvent)

	// Anybody, by a form of ours.
	form := web.LimitBody(web.FormLimit)
	a.Get("/sign-in", a.Form, a.newSession)
	a.Post("/sessions", form, a.Form, a.CheckForm, a.createSession)
	a.Get("/set-up", a.Form, a.newSetUp)
	a.Post("/set-up", form, a.Form, a.CheckForm, a.createSetUp)

	// Whoever is signed in.
	in := a.Group("", a.SignedIn)
	in.Post("/sessions/end", form, a.CheckForm, a.endSession)

	// By right.
	see, act, money := web.Require(staff.SeeOrders), web.Require(staff.ActOnOrders), web.Require(staff.SeeSettlements)
	in.Get("/", see, a.showToday)
	in.Get("/live", see, a.streamChanges)
	in.Get("/orders", see, a.listOrders)
	in.Get("/orders.csv", see, a.streamOrders)
	in.Get("/automatic-capture", see, a.showAutomatic)
	in.Get("/exports", see, a.listExports)
	in.Post("/exports", form, a.CheckForm, see, a.createExport)
	in.Get("/exports/:id/file", see, a.downloadExport)
	in.Get("/orders/:id", see, a.showOrder)
	in.Get("/disputes", see, a.listDisputes)
	in.Get("/disputes.csv", see, a.exportDisputes)
	in.Get("/disputes/outcomes", see, a.showOutcomes)
	in.Get("/disputes/:id", see, a.showDispute)
	in.Post("/disputes/:id/drafts", web.LimitBody(draftLimit), a.CheckForm, act, a.createDraft)
	in.Post("/disputes/:id/assignments", form, a.CheckForm, act, a.createAssignment)
	in.Post("/disputes/:id/refunds", form, a.CheckForm, act, a.createDisputeRefund)
	in.Post("/disputes/:id/submissions", form, a.CheckForm, act, a.createSubmission)
	in.Post("/disputes/:id/acceptances", form, a.CheckForm, act, a.createAcceptance)
	in.Post("/disputes/:id/erasures", form, a.CheckForm, web.Require(staff.EraseCustomers), a.createErasure)
	in.Post("/disputes/:id/mail", form, a.CheckForm, act, a.changeMail)
	customers := web.Require(staff.SeeCustomers)
	in.Get("/disputes/:id/files/:file", customers, a.showEvidenceFile)
	in.Get("/disputes/:id/letter", customers, a.downloadLetter)
	in.Get("/mail-disputes/new", act, a.newMail)
	in.Post("/mail-disputes", web.LimitBody(letterLimit), a.CheckForm, act, a.createMail)
	in.Post("/orders/:id/documents", web.LimitBody(documentLimit), a.CheckForm, act, a.createDocument)
	in.Get("/orders/:id/documents/:document", customers, a.showDocument)
	in.Post("/orders/:id/documents/:document/fields", form, a.CheckForm, act, a.changeDocument)
	in.Post("/orders/:id/documents/:document/removals", form, a.CheckForm, act, a.removeDocument)
	in.Post("/orders/:id/documents/:document/restorations", form, a.CheckForm, act, a.restoreDocument)
	in.Get("/settlements", money, a.showSettlements)
	in.Get("/settlements.csv", money, a.streamLedger)
	in.Get("/settlements/lines", money, a.listLines)
	in.Get("/settlements/costs", money, a.showCosts)
	books := web.Require(staff.KeepBooks)
	in.Get("/settlements/exceptions", money, a.showExceptions)
	in.Post("/settlements/exceptions/checks", form, a.CheckForm, books, a.createCheck)
	in.Post("/settlements/exceptions/explanations", form, a.CheckForm, books, a.createExplanation)
	in.Get("/settlements/:id", money, a.showPayout)
	in.Post("/settlements/:id/readings", form, a.CheckForm, books, a.createReading)
	in.Post("/orders/:id/captures", form, a.CheckForm, act, a.createCapture)
	in.Post("/orders/:id/cancellations", form, a.CheckForm, act, a.createCancellation)
	in.Post("/orders/:id/refunds", form, a.CheckForm, act, a.createRefund)
	in.Post("/orders/:id/shipments", form, a.CheckForm, act, a.createShipment)
	in.Get("/ship", act, a.showShip)
	in.Post("/ship", web.LimitBody(shipLimit), a.CheckForm, act, a.createShip)
	in.Get("/batches", act, a.listBatches)
	in.Post("/batches", form, a.CheckForm, act, a.createBatch)
	in.Get("/batches/:id", act, a.showBatch)
	in.Post("/batches/:id/runs", form, a.CheckForm, act, a.createRun)
	in.Post("/batches/:id/retries", form, a.CheckForm, act, a.createRetry)
	in.Post("/orders/:id/notes", form, a.CheckForm, act, a.createNote)
	in.Get("/views", see, a.listViews)
	in.Get("/views/:id", see, a.openView)
	in.Get("/views/:id/count", see, a.countView)
	in.Post("/views", form, a.CheckForm, see, a.createView)
	in.Post("/views/order", form, a.CheckForm, see, a.arrangeViews)
	in.Post("/views/:id", form, a.CheckForm, see, a.changeView)
	in.Post("/views/:id/deletions", form, a.CheckForm, see, a.deleteView)
	in.Post("/views/:id/restorations", form, a.CheckForm, see, a.restoreView)
	in.Post("/preferences", form, a.CheckForm, see, a.changePreferences)

	manage := web.Require(staff.ManageSettings)
	in.Get("/settings", manage, a.showSettings)
	in.Post("/settings/capture-ground", form, a.CheckForm, manage, a.createCaptureGround)
	in.Post("/settings/limits", form, a.CheckForm, manage, a.createLimits)
}
