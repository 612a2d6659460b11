package books

// What the tests of the files need of the inside.
var (
	WriteXLSXWithLimit = writeXLSX
)
