package documents

import (
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Actions that run something, and annotations that hold something other than what is seen. Actions that lead to a page or a web page stay.
// Source: ISO 32000-1, 12.6.4 and 12.5.6.
var (
	actingTypes      = []string{"JavaScript", "Launch", "ImportData", "SubmitForm", "GoToE", "RichMediaExecute", "Rendition", "Movie", "Sound"}
	holdingSubtypes  = []string{"FileAttachment", "RichMedia", "Movie", "Sound", "Screen", "3D"}
	scriptEntries    = []string{"JavaScript", "XFA"}
	attachingEntries = []string{"EmbeddedFiles", "Collection"}
)

// actions is what was found in a PDF and taken out. People want to know: an invoice's attached data set is gone.
type actions struct{ scripts, files bool }

func (a actions) nothing() bool { return a == actions{} }

func (a actions) sentence() string {
	switch {
	case a.scripts && a.files:
		return "Scripts and attached files were taken out of it."
	case a.scripts:
		return "Scripts were taken out of it."
	}
	return "Attached files were taken out of it."
}

// disarm takes out of each object of a PDF what could act. Objects that nothing leads to any more are not written.
func disarm(file *model.Context) (actions, error) {
	d := disarmer{file: file}
	for number, entry := range file.Table {
		if entry == nil || entry.Free {
			continue
		}
		o, err := file.Dereference(*types.NewIndirectRef(number, 0))
		if err != nil {
			return d.took, err
		}
		if o, err = d.clean(o, 0); err != nil {
			return d.took, err
		}
		if entry.Object != nil && o != nil {
			entry.Object = o
		}
	}
	return d.took, nil
}

type disarmer struct {
	file *model.Context
	took actions
}

// clean cleans an object that stands in its place; what it leads to is an object of its own.
func (d *disarmer) clean(o types.Object, depth int) (types.Object, error) {
	if depth > maxDepth {
		return nil, errTooMuch
	}
	switch o := o.(type) {
	case types.Dict:
		return o, d.dict(o, depth)
	case types.StreamDict:
		return o, d.dict(o.Dict, depth)
	case types.Array:
		kept := make(types.Array, 0, len(o))
		for _, element := range o {
			if d.acts(element) || d.holds(element) {
				continue
			}
			element, err := d.clean(element, depth+1)
			if err != nil {
				return nil, err
			}
			kept = append(kept, element)
		}
		return kept, nil
	}
	return o, nil
}

func (d *disarmer) dict(dict types.Dict, depth int) error {
	for key, value := range dict {
		switch {
		case slices.Contains(scriptEntries, key):
			d.took.scripts = true
			delete(dict, key)
		case slices.Contains(attachingEntries, key) || key == "EF" && (dict["F"] != nil || dict["UF"] != nil): // a font may be called EF
			d.took.files = true
			delete(dict, key)
		case d.acts(value):
			delete(dict, key)
		default:
			cleaned, err := d.clean(value, depth+1)
			if err != nil {
				return err
			}
			dict[key] = cleaned
		}
	}
	return nil
}

// acts tells whether a value is an action that runs something.
func (d *disarmer) acts(value types.Object) bool {
	is := slices.Contains(actingTypes, d.name(value, "S"))
	d.took.scripts = d.took.scripts || is
	return is
}

// holds tells whether a value is an annotation that holds something other than what is seen.
func (d *disarmer) holds(value types.Object) bool {
	is := slices.Contains(holdingSubtypes, d.name(value, "Subtype"))
	d.took.files = d.took.files || is
	return is
}

// name is the name under a key of a dictionary, "" where the value is none or has none.
func (d *disarmer) name(value types.Object, key string) string {
	resolved, err := d.file.Dereference(value)
	if err != nil {
		return ""
	}
	dict, ok := resolved.(types.Dict)
	if !ok {
		return ""
	}
	if resolved, err = d.file.Dereference(dict[key]); err != nil {
		return ""
	}
	name, ok := resolved.(types.Name)
	if !ok {
		return ""
	}
	return string(name)
}
