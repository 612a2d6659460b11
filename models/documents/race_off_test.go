//go:build !race

package documents_test

// raceDetector takes several times the memory of what it watches.
const raceDetector = false
