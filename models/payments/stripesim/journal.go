package stripesim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// record is one line's worth of state: an object as it now is.
type record struct {
	Kind   string `json:"k"`
	Object any    `json:"o"`
}

// rawRecord is a record as read back.
type rawRecord struct {
	Kind   string          `json:"k"`
	Object json.RawMessage `json:"o"`
}

// endOfSnapshot closes a snapshot, so that a cut one is known.
const endOfSnapshot = "end"

// journal keeps the state in a folder: a snapshot, one record a line, and beside it the changes since, one change a line.
// A change is on the disk before its answer goes out. A line that kill -9 cut short was never answered and is dropped.
type journal struct {
	dir      string
	lock     *os.File
	file     *os.File
	number   int // of snapshot and journal
	size     int64
	snapshot int64
}

// openJournal takes the folder for this process alone.
func openJournal(dir string) (*journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder %s cannot be used: %w", dir, err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be used: %w", dir, err)
	}
	if err := lockFile(lock); err != nil {
		lock.Close()
		return nil, fmt.Errorf("the folder %s is in use by another simulated Stripe", dir)
	}
	j := &journal{dir: dir, lock: lock}
	names, err := filepath.Glob(filepath.Join(dir, "snapshot.*.jsonl"))
	if err != nil {
		lock.Close()
		return nil, err
	}
	for _, name := range names {
		n, err := strconv.Atoi(strings.Split(filepath.Base(name), ".")[1])
		if err == nil {
			j.number = max(j.number, n)
		}
	}
	for n := j.number - 1; n >= 0 && n >= j.number-len(names); n-- {
		j.forget(n) // left over by a kill in the middle of compact
	}
	return j, nil
}

// forget removes a snapshot and its journal that count no more; that they may be gone already is no trouble.
func (j *journal) forget(number int) {
	os.Remove(j.path("journal", number))
	os.Remove(j.path("snapshot", number))
}

func (j *journal) path(what string, number int) string {
	return filepath.Join(j.dir, fmt.Sprintf("%s.%d.jsonl", what, number))
}

// load hands every record to apply, oldest first, and leaves the journal ready for appending.
func (j *journal) load(apply func(rawRecord) error) error {
	if j.number > 0 {
		if err := j.loadSnapshot(apply); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(j.path("journal", j.number), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("the folder %s cannot be used: %w", j.dir, err)
	}
	j.file = file
	good, err := j.replay(apply)
	if err != nil {
		return err
	}
	if err := file.Truncate(good); err != nil {
		return err
	}
	j.size = good
	_, err = file.Seek(good, io.SeekStart)
	return err
}

func (j *journal) loadSnapshot(apply func(rawRecord) error) error {
	name := j.path("snapshot", j.number)
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<20)
	ended := false
	for line := 1; ; line++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		j.snapshot += int64(len(text))
		var r rawRecord
		if err := json.Unmarshal(text, &r); err != nil {
			return fmt.Errorf("%s, line %d, cannot be read: %w", name, line, err)
		}
		if ended = r.Kind == endOfSnapshot; ended {
			break
		}
		if err := apply(r); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, line, err)
		}
	}
	if !ended {
		return fmt.Errorf("%s has no end: it is damaged", name)
	}
	return nil
}

// replay applies the changes since the snapshot and says how much of the file is whole.
func (j *journal) replay(apply func(rawRecord) error) (int64, error) {
	in := bufio.NewReaderSize(j.file, 1<<20)
	good := int64(0)
	for line := 1; ; line++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return good, nil
		} else if err != nil {
			return 0, err
		}
		var records []rawRecord
		if err := json.Unmarshal(text, &records); err != nil {
			if _, more := in.Peek(1); errors.Is(more, io.EOF) {
				return good, nil
			}
			return 0, fmt.Errorf("%s, line %d, cannot be read: %w", j.file.Name(), line, err)
		}
		for _, r := range records {
			if err := apply(r); err != nil {
				return 0, fmt.Errorf("%s, line %d: %w", j.file.Name(), line, err)
			}
		}
		good += int64(len(text))
	}
}

// append writes one change; when it returns with sync, the change survives a power cut, otherwise a kill.
func (j *journal) append(records []record, sync bool) error {
	line := append(encode(records), '\n')
	if _, err := j.file.Write(line); err != nil {
		return err
	}
	j.size += int64(len(line))
	if sync {
		return j.file.Sync()
	}
	return nil
}

// grown tells whether writing a new snapshot is worth its while.
func (j *journal) grown() bool { return j.size > j.snapshot+1<<20 }

// compact writes all state as a new snapshot and starts an empty journal beside it. Until the new snapshot is whole, the
// old one and its journal stay what counts.
func (j *journal) compact(all func(write func(record))) error {
	next := j.number + 1
	partial := filepath.Join(j.dir, "snapshot.partial")
	out, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	w := &counting{out: bufio.NewWriterSize(out, 1<<20)}
	write := func(r record) { w.write(append(encode(r), '\n')) }
	all(write)
	write(record{Kind: endOfSnapshot})
	if err := errors.Join(w.err, w.out.Flush()); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	file, err := os.OpenFile(j.path("journal", next), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Rename(partial, j.path("snapshot", next)), syncDir(j.dir)); err != nil {
		file.Close()
		return err
	}
	old := j.number
	if j.file != nil {
		j.file.Close()
	}
	j.file, j.number, j.size, j.snapshot = file, next, 0, w.n
	j.forget(old)
	return nil
}

// close lets the folder go.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	var err error
	if j.file != nil {
		err = j.file.Close()
	}
	if j.lock != nil {
		err = errors.Join(err, j.lock.Close())
	}
	j.file, j.lock = nil, nil
	return err
}

// counting writes, counts, and remembers its first error.
type counting struct {
	out *bufio.Writer
	n   int64
	err error
}

func (c *counting) write(b []byte) {
	if c.err != nil {
		return
	}
	n, err := c.out.Write(b)
	c.n, c.err = c.n+int64(n), err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// decode reads an object back.
func decode[T any](raw json.RawMessage) (*T, error) {
	out := new(T)
	return out, json.NewDecoder(bytes.NewReader(raw)).Decode(out)
}
