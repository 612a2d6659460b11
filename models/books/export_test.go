package books

// What the tests need of the inside: the same writers with bounds that are soon reached.
var (
	WriteXLSXWithLimit = writeXLSX
	WritePDFWithLimit  = writePDF
)
