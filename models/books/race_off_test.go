//go:build !race

package books_test

// raceDetector takes several times the memory of what it watches.
const raceDetector = false
