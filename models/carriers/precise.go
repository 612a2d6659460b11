package carriers

import "strings"

// loose are names that say nothing of who carries a parcel.
const loose = "|other|other carrier|unknown|none|n/a|na|-|carrier|courier|post|mail|standard|express|shipping|delivery|parcel|freight|"

// IsPrecise tells whether a carrier's name says who carries the parcel. Klarna asks for names as specific as possible, "DHL US" and not only
// "DHL" (the field shipping_company of its own interface, secondhand): a word that several carriers of the table begin with is not enough.
// Several names stand with commas between them; each must be precise.
func IsPrecise(names string) bool {
	for name := range strings.SplitSeq(names, ",") {
		name = strings.ToLower(strings.Join(strings.Fields(name), " "))
		if name == "" || strings.Contains(loose, "|"+name+"|") || sharedBy(name) > 1 {
			return false
		}
	}
	return true
}

// sharedBy counts the carriers whose name begins with a word; one that bears exactly this name has it for itself.
func sharedBy(word string) (n int) {
	for _, c := range table {
		name := strings.ToLower(c.Name)
		if name == word {
			return 1
		}
		if strings.HasPrefix(name, word+" ") {
			n++
		}
	}
	return n
}
