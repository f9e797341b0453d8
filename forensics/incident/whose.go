package incident

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"keytrail/forensics/rule"
)

// ownSource is a source that can speak of the account.
type ownSource struct {
	*rule.Source
	// anybodys is set where nothing says whose it is, and the case is about several accounts.
	anybodys bool
}

// ownSources lists the sources that can speak of the account while a draft ran: those that name it, and those that name nobody, unless they lie in a folder with
// the mail or the logs of others only. A statement says nothing about a folder: services know people by other addresses.
func (b *builder) ownSources(d *draft) []ownSource {
	account := b.in.Account.Account
	out := make([]ownSource, 0, len(b.in.Sources))
	var folders map[string]bool
	several := len(slices.DeleteFunc(slices.Clone(b.in.Briefs.Accounts()), func(s string) bool { return s == "" })) > 1
	for i := range b.in.Sources {
		s := &b.in.Sources[i]
		switch {
		case s.First > d.last || s.Last < d.start:
			continue
		case len(s.Accounts) > 0:
			if slices.Contains(s.Accounts, account) {
				out = append(out, ownSource{Source: s})
			}
			continue
		case !several:
			out = append(out, ownSource{Source: s})
			continue
		case folders == nil:
			folders = b.folders()
		}
		own, known := beside(folders, s)
		if own || !known {
			out = append(out, ownSource{s, !known})
		}
	}
	return out
}

// folders tells of every folder of the evidence in which somebody's mail or log lies whether the account is among them.
func (b *builder) folders() map[string]bool {
	out := map[string]bool{}
	for i := range b.in.Sources {
		s := &b.in.Sources[i]
		if len(s.Accounts) == 0 || strings.HasPrefix(s.Format, statementPrefix) {
			continue
		}
		own := slices.Contains(s.Accounts, b.in.Account.Account)
		for f := whereabouts(s); f != "."; f = path.Dir(f) { // mail is named by its folder
			out[f] = out[f] || own
		}
	}
	return out
}

// beside looks for the nearest folder around a source in which somebody's mail or log lies: own is whether the account is among them.
func beside(folders map[string]bool, s *rule.Source) (own, known bool) {
	for f := path.Dir(whereabouts(s)); f != "."; f = path.Dir(f) {
		if own, known := folders[f]; known {
			return own, true
		}
	}
	return false, false
}

// whereabouts is the path of a source in the evidence, below the number of that; an evidence of one file is its own place.
func whereabouts(s *rule.Source) string {
	_, name, in := strings.Cut(s.Name, " » ")
	root := strconv.FormatInt(s.Evidence, 10)
	if !in {
		return root + "/"
	}
	return path.Join(root, path.Join("/", strings.ReplaceAll(name, " » ", "/")))
}
