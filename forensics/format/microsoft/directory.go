package microsoft

import (
	"bytes"
	"strings"

	"keytrail/forensics"
)

// target makes the user that a directory operation was done to the account.
func (r *reader) target(e *forensics.Event) {
	if object := r.get(fObject); bytes.IndexByte(object, '@') > 0 && bytes.IndexByte(object, ' ') < 0 {
		e.Account = r.address(object)
	} else if upn := r.upn(fTarget); upn != "" {
		e.Account = upn
	}
}

// userChange tells the changes of "Update user." apart by what was modified.
func (r *reader) userChange(e *forensics.Event) {
	r.target(e)
	e.Kind, e.Detail = modified(r.pairs(r.nested(fModifiedProperties)))
}

// modified judges the properties of a user that were changed. The second factor counts before
// addresses and numbers for recovery, where one record changes both.
func modified(list []pair) (kind forensics.Kind, detail string) {
	for _, p := range list {
		if len(p.name) > 100 || bytes.Equal(bytes.TrimSpace(p.value), bytes.TrimSpace(p.old)) {
			continue
		}
		name := strings.Trim(text(p.name), `"' .`)
		lower := strings.ToLower(name)
		switch {
		case strings.HasPrefix(lower, "strongauthenticationuserdetails"),
			lower == "alternateemailaddresses", lower == "othermail", lower == "alternativesecurityid":
			if kind == forensics.Other {
				kind, detail = forensics.RecoveryChanged, name
			}
		case strings.HasPrefix(lower, "strongauthentication"):
			if kind != forensics.SecondFactorChanged {
				kind, detail = forensics.SecondFactorChanged, name
				if emptied(p.value) && !emptied(p.old) {
					detail += " removed"
				}
			}
		}
	}
	return kind, detail
}

func emptied(b []byte) bool {
	b = bytes.Trim(b, " \"[]{}")
	return len(b) == 0
}

// key reads the credentials of an application: KeyDescription holds a list of
// [KeyIdentifier=..,KeyType=..,KeyUsage=..,DisplayName=..].
func (r *reader) key(e *forensics.Event) {
	list := r.pairs(r.nested(fModifiedProperties))
	kind, name := keyChange(list, e.Kind)
	e.Kind, e.Key = kind, name
	if targets := r.pairs(r.nested(fTarget)); e.Detail == "" {
		e.Detail = applicationName(targets)
	}
}

// keyChange compares the keys of an application before and after.
func keyChange(list []pair, kind forensics.Kind) (_ forensics.Kind, name string) {
	for _, p := range list {
		if !bytes.Contains(p.name, []byte("KeyDescription")) {
			continue
		}
		before, after := keys(p.old), keys(p.value)
		for id, n := range after {
			if _, known := before[id]; !known && (name == "" || n < name) {
				kind, name = forensics.KeyCreated, n
			}
		}
		if len(after) < len(before) && name == "" {
			kind = forensics.KeyRemoved
			for id, n := range before {
				if _, left := after[id]; !left && (name == "" || n < name) {
					name = n
				}
			}
		}
	}
	return kind, name
}

// keys reads a KeyDescription into names by identifier.
func keys(b []byte) map[string]string {
	out := map[string]string{}
	for _, part := range bytes.SplitN(b, []byte("KeyIdentifier="), 200)[min(1, bytes.Count(b, []byte("KeyIdentifier="))):] {
		id, rest, _ := bytes.Cut(part, []byte{','})
		name := []byte(nil)
		if i := bytes.Index(rest, []byte("DisplayName=")); i >= 0 {
			name = rest[i+len("DisplayName="):]
			if end := bytes.IndexAny(name, "],\"\\"); end >= 0 {
				name = name[:end]
			}
		}
		out[string(id)] = text(bytes.TrimSpace(name))
	}
	return out
}

// applicationName guesses which entry of a Target list is a name: not an identifier, not
// a word for a type.
func applicationName(targets []pair) string {
	for _, p := range targets {
		switch {
		case len(p.name) == 0, len(p.name) == 36 && bytes.Count(p.name, []byte{'-'}) == 4,
			bytes.HasPrefix(p.name, []byte("ServicePrincipal")), string(p.name) == "Application",
			bytes.HasPrefix(p.name, []byte("Application_")), string(p.name) == "User":
			continue
		}
		return text(p.name)
	}
	return ""
}

// consent names the application and what it may do.
func (r *reader) consent(e *forensics.Event) {
	app := applicationName(r.pairs(r.nested(fTarget)))
	scope := scopeOf(r.pairs(r.nested(fModifiedProperties)))
	e.Detail = joinDetail(app, scope)
}

func joinDetail(app, scope string) string {
	switch {
	case app == "":
		return scope
	case scope == "":
		return app
	}
	return app + ": " + scope
}

// scopeOf finds the permissions that were granted.
func scopeOf(list []pair) string {
	for _, p := range list {
		switch string(p.name) {
		case "DelegatedPermissionGrant.Scope", "ServicePrincipal.OAuth2PermissionScopes", "AppRole.Value", "OAuth2PermissionGrant.Scope":
			return strings.Trim(text(p.value[:min(len(p.value), 500)]), `" `)
		case "ConsentAction.Permissions":
			_, scope, ok := bytes.Cut(p.value, []byte("Scope:"))
			if !ok {
				continue
			}
			if end := bytes.IndexAny(scope, ",]"); end >= 0 {
				scope = scope[:end]
			}
			return string(bytes.TrimSpace([]byte(text(scope[:min(len(scope), 500)]))))
		}
	}
	return ""
}
