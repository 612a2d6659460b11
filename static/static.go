// Package static carries the browser's files inside the binary: stylesheet, scripts, fonts, icons.
//
// All of them live below one folder named after a hash of the whole tree, so that relative references inside the stylesheet hold and
// every URL may be cached for ever: another byte anywhere is another folder.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// Prefix is the path below which the files are served.
const Prefix = "/static/"

//go:embed css fonts js favicon.svg icons.svg
var files embed.FS

// Asset is one file. Hash is the hex SHA-256 of Body, good for an ETag.
type Asset struct {
	Name        string // e.g. "css/counterfoil.css"
	ContentType string
	Hash        string
	Body        []byte
}

// tree is every asset by name, and the hash of all of them. It is read once and never changed.
type tree struct {
	assets map[string]Asset
	folder string
}

var load = sync.OnceValue(func() tree {
	t := tree{assets: map[string]Asset{}}
	whole := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		whole.Write([]byte(name))
		whole.Write(sum[:])
		t.assets[name] = Asset{Name: name, ContentType: contentType(name), Hash: hex.EncodeToString(sum[:]), Body: body}
		return nil
	})
	if err != nil {
		panic("static: the embedded files cannot be read: " + err.Error())
	}
	t.folder = Prefix + hex.EncodeToString(whole.Sum(nil))[:12] + "/"
	return t
})

// URL is where the browser finds the named file; it changes whenever any file does.
func URL(name string) string { return load().folder + name }

// Lookup finds a file by name.
func Lookup(name string) (Asset, bool) {
	a, ok := load().assets[name]
	return a, ok
}

// Serve finds the file behind a request's path, e.g. "/static/0123456789ab/icons.svg". A path with another hash in it is answered
// with the present file, but immutable is false then: a cache must not keep it.
func Serve(urlPath string) (a Asset, immutable, ok bool) {
	t := load()
	rest, below := strings.CutPrefix(urlPath, Prefix)
	_, name, found := strings.Cut(rest, "/")
	if !below || !found {
		return Asset{}, false, false
	}
	a, ok = t.assets[name]
	return a, ok && strings.HasPrefix(urlPath, t.folder), ok
}

// contentType names the types in use: the answer does not depend on the machine's own table.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "text/plain; charset=utf-8"
}
