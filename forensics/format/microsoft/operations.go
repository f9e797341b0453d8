package microsoft

import (
	"bytes"
	"strings"

	"keytrail/forensics"
)

// operation is what is known of an operation's name.
type operation struct {
	kind    forensics.Kind
	look    look
	written string // filled in when it is looked up
}

// look says what further an operation's record is read for.
type look uint8

const (
	lookNothing look = iota
	lookLogin
	lookMessages   // Item, AffectedItems, Folders
	lookMove       // the same, and where to
	lookAccess     // MailItemsAccessed
	lookRule       // Parameters of an inbox rule
	lookClientRule // OperationProperties of UpdateInboxRules
	lookMailbox    // Parameters of Set-Mailbox
	lookTransport  // Parameters of a transport rule
	lookParameters // other cmdlets: Parameters for the detail
	lookTarget     // directory: somebody else may be the account
	lookUser       // directory: Update user., told apart by what was modified
	lookKey        // directory: credentials of an application
	lookConsent
	lookAlert
)

// mail reports whether the operation's name means mail only where Exchange says it.
func (o operation) mail() bool { return o.look == lookMessages || o.look == lookMove }

// operations are the names that mean something to us, in lower case, without the
// trailing dot that the Unified Audit Log has and the Entra log has not. Never changed.
//
// Sources: Microsoft's "Audit log activities" and "Microsoft Entra audit activity reference".
var operations = map[string]operation{
	"userloggedin":    {kind: forensics.LoginSucceeded, look: lookLogin},
	"userloginfailed": {kind: forensics.LoginFailed, look: lookLogin},
	"mailboxlogin":    {kind: forensics.LoginSucceeded, look: lookLogin},

	"movetodeleteditems": {kind: forensics.MailDeleted, look: lookMessages},
	"softdelete":         {kind: forensics.MailDeleted, look: lookMessages},
	"harddelete":         {kind: forensics.MailPurged, look: lookMessages},
	"move":               {kind: forensics.MailMoved, look: lookMove},
	"copy":               {kind: forensics.Other, look: lookMessages},
	"create":             {kind: forensics.Other, look: lookMessages},
	"update":             {kind: forensics.Other, look: lookMessages},
	"recordsave":         {kind: forensics.Other, look: lookMessages},
	"recorddelete":       {kind: forensics.MailPurged, look: lookMessages},
	"send":               {kind: forensics.MailSent, look: lookMessages},
	"sendas":             {kind: forensics.MailSent, look: lookMessages},
	"sendonbehalf":       {kind: forensics.MailSent, look: lookMessages},
	"messagebind":        {kind: forensics.MailRead, look: lookMessages},
	"mailitemsaccessed":  {kind: forensics.MailRead, look: lookAccess},
	"folderbind":         {kind: forensics.Other, look: lookMessages},

	"new-inboxrule":     {kind: forensics.RuleSet, look: lookRule},
	"set-inboxrule":     {kind: forensics.RuleSet, look: lookRule},
	"enable-inboxrule":  {kind: forensics.RuleSet, look: lookRule},
	"disable-inboxrule": {kind: forensics.RuleSet, look: lookRule},
	"remove-inboxrule":  {kind: forensics.RuleSet, look: lookRule},
	"updateinboxrules":  {kind: forensics.RuleSet, look: lookClientRule},
	"set-mailbox":       {kind: forensics.Other, look: lookMailbox},

	"new-transportrule":                 {kind: forensics.RuleSet, look: lookTransport},
	"set-transportrule":                 {kind: forensics.RuleSet, look: lookTransport},
	"enable-transportrule":              {kind: forensics.RuleSet, look: lookTransport},
	"add-mailboxpermission":             {kind: forensics.Other, look: lookParameters},
	"remove-mailboxpermission":          {kind: forensics.Other, look: lookParameters},
	"add-recipientpermission":           {kind: forensics.Other, look: lookParameters},
	"add-mailboxfolderpermission":       {kind: forensics.Other, look: lookParameters},
	"set-casmailbox":                    {kind: forensics.Other, look: lookParameters},
	"set-mailboxauditbypassassociation": {kind: forensics.Other, look: lookParameters},
	"set-adminauditlogconfig":           {kind: forensics.Other, look: lookParameters},

	"create application password for user":                     {kind: forensics.KeyCreated, look: lookTarget},
	"delete application password for user":                     {kind: forensics.KeyRemoved, look: lookTarget},
	"add service principal credentials":                        {kind: forensics.KeyCreated, look: lookKey},
	"remove service principal credentials":                     {kind: forensics.KeyRemoved, look: lookKey},
	"update application - certificates and secrets management": {kind: forensics.KeyCreated, look: lookKey},

	"change user password":                      {kind: forensics.PasswordChanged, look: lookTarget},
	"reset user password":                       {kind: forensics.PasswordChanged, look: lookTarget},
	"reset password":                            {kind: forensics.PasswordChanged, look: lookTarget},
	"change password (self-service)":            {kind: forensics.PasswordChanged, look: lookTarget},
	"reset password (self-service)":             {kind: forensics.PasswordChanged, look: lookTarget},
	"reset password (by admin)":                 {kind: forensics.PasswordChanged, look: lookTarget},
	"set force change user password":            {kind: forensics.ResetRequested, look: lookTarget},
	"user started password reset":               {kind: forensics.ResetRequested, look: lookTarget},
	"user started password change":              {kind: forensics.ResetRequested, look: lookTarget},
	"admin started password reset":              {kind: forensics.ResetRequested, look: lookTarget},
	"update stsrefreshtokenvalidfrom":           {kind: forensics.SessionRevoked, look: lookTarget},
	"update stsrefreshtokenvalidfrom timestamp": {kind: forensics.SessionRevoked, look: lookTarget},
	"revoke user sign-in sessions":              {kind: forensics.SessionRevoked, look: lookTarget},

	"update user":                                         {kind: forensics.Other, look: lookUser},
	"enable strong authentication":                        {kind: forensics.SecondFactorChanged, look: lookTarget},
	"disable strong authentication":                       {kind: forensics.SecondFactorChanged, look: lookTarget},
	"add users strong authentication phone app detail":    {kind: forensics.SecondFactorChanged, look: lookTarget},
	"remove users strong authentication phone app detail": {kind: forensics.SecondFactorChanged, look: lookTarget},
	"add fido2 security key":                              {kind: forensics.SecondFactorChanged, look: lookTarget},
	"delete fido2 security key":                           {kind: forensics.SecondFactorChanged, look: lookTarget},
	"add passwordless phone sign-in credential":           {kind: forensics.SecondFactorChanged, look: lookTarget},
	"delete passwordless phone sign-in credential":        {kind: forensics.SecondFactorChanged, look: lookTarget},
	"user registered security info":                       {kind: forensics.RecoveryChanged, look: lookTarget},
	"user registered all required security info":          {kind: forensics.RecoveryChanged, look: lookTarget},
	"user deleted security info":                          {kind: forensics.RecoveryChanged, look: lookTarget},
	"user updated security info":                          {kind: forensics.RecoveryChanged, look: lookTarget},
	"user changed default security info":                  {kind: forensics.RecoveryChanged, look: lookTarget},
	"admin registered security info":                      {kind: forensics.RecoveryChanged, look: lookTarget},
	"admin deleted security info":                         {kind: forensics.RecoveryChanged, look: lookTarget},
	"admin updated security info":                         {kind: forensics.RecoveryChanged, look: lookTarget},

	"consent to application":                       {kind: forensics.ConsentGranted, look: lookConsent},
	"add delegated permission grant":               {kind: forensics.ConsentGranted, look: lookConsent},
	"add oauth2permissiongrant":                    {kind: forensics.ConsentGranted, look: lookConsent},
	"add app role assignment to service principal": {kind: forensics.ConsentGranted, look: lookConsent},

	"alerttriggered":       {kind: forensics.Alert, look: lookAlert},
	"alertentitygenerated": {kind: forensics.Alert, look: lookAlert},
}

// operation looks a name up as it is written.
func (r *reader) operation(name []byte) operation {
	op, ok := r.ops[string(name)]
	if !ok {
		op = operations[foldOperation(name)]
		op.written = text(name)
		if len(r.ops) < internMax && len(name) <= internBytes {
			r.ops[string(name)] = op
		}
	}
	return op
}

// foldOperation makes the spellings of an operation equal: case, dashes, spaces, the
// trailing dot.
func foldOperation(name []byte) string {
	s := strings.ToLower(string(bytes.TrimSpace(name[:min(len(name), 256)])))
	s = strings.ReplaceAll(s, "\u2013", "-")
	return strings.TrimRight(s, ". ")
}
