package microsoft

import (
	"bytes"
	"strings"

	"keytrail/forensics"
)

// operation is what is known of an operation's name.
type operation struct {
	kind forensics.Kind
	look look
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

// operations are the names that mean something to us, in lower case, without the
// trailing dot that the Unified Audit Log has and the Entra log has not. Never changed.
//
// Sources: Microsoft's "Audit log activities" and "Microsoft Entra audit activity reference".
var operations = map[string]operation{
	"userloggedin":    {forensics.LoginSucceeded, lookLogin},
	"userloginfailed": {forensics.LoginFailed, lookLogin},
	"mailboxlogin":    {forensics.LoginSucceeded, lookLogin},

	"movetodeleteditems": {forensics.MailDeleted, lookMessages},
	"softdelete":         {forensics.MailDeleted, lookMessages},
	"harddelete":         {forensics.MailPurged, lookMessages},
	"move":               {forensics.MailMoved, lookMove},
	"copy":               {forensics.Other, lookMessages},
	"create":             {forensics.Other, lookMessages},
	"update":             {forensics.Other, lookMessages},
	"recordsave":         {forensics.Other, lookMessages},
	"recorddelete":       {forensics.MailPurged, lookMessages},
	"send":               {forensics.MailSent, lookMessages},
	"sendas":             {forensics.MailSent, lookMessages},
	"sendonbehalf":       {forensics.MailSent, lookMessages},
	"messagebind":        {forensics.MailRead, lookMessages},
	"mailitemsaccessed":  {forensics.MailRead, lookAccess},
	"folderbind":         {forensics.Other, lookMessages},

	"new-inboxrule":     {forensics.RuleSet, lookRule},
	"set-inboxrule":     {forensics.RuleSet, lookRule},
	"enable-inboxrule":  {forensics.RuleSet, lookRule},
	"disable-inboxrule": {forensics.RuleSet, lookRule},
	"remove-inboxrule":  {forensics.RuleSet, lookRule},
	"updateinboxrules":  {forensics.RuleSet, lookClientRule},
	"set-mailbox":       {forensics.Other, lookMailbox},

	"new-transportrule":                 {forensics.RuleSet, lookTransport},
	"set-transportrule":                 {forensics.RuleSet, lookTransport},
	"enable-transportrule":              {forensics.RuleSet, lookTransport},
	"add-mailboxpermission":             {forensics.Other, lookParameters},
	"remove-mailboxpermission":          {forensics.Other, lookParameters},
	"add-recipientpermission":           {forensics.Other, lookParameters},
	"add-mailboxfolderpermission":       {forensics.Other, lookParameters},
	"set-casmailbox":                    {forensics.Other, lookParameters},
	"set-mailboxauditbypassassociation": {forensics.Other, lookParameters},
	"set-adminauditlogconfig":           {forensics.Other, lookParameters},

	"create application password for user":                     {forensics.KeyCreated, lookTarget},
	"delete application password for user":                     {forensics.KeyRemoved, lookTarget},
	"add service principal credentials":                        {forensics.KeyCreated, lookKey},
	"remove service principal credentials":                     {forensics.KeyRemoved, lookKey},
	"update application - certificates and secrets management": {forensics.KeyCreated, lookKey},

	"change user password":                      {forensics.PasswordChanged, lookTarget},
	"reset user password":                       {forensics.PasswordChanged, lookTarget},
	"reset password":                            {forensics.PasswordChanged, lookTarget},
	"change password (self-service)":            {forensics.PasswordChanged, lookTarget},
	"reset password (self-service)":             {forensics.PasswordChanged, lookTarget},
	"reset password (by admin)":                 {forensics.PasswordChanged, lookTarget},
	"set force change user password":            {forensics.ResetRequested, lookTarget},
	"user started password reset":               {forensics.ResetRequested, lookTarget},
	"user started password change":              {forensics.ResetRequested, lookTarget},
	"admin started password reset":              {forensics.ResetRequested, lookTarget},
	"update stsrefreshtokenvalidfrom":           {forensics.SessionRevoked, lookTarget},
	"update stsrefreshtokenvalidfrom timestamp": {forensics.SessionRevoked, lookTarget},
	"revoke user sign-in sessions":              {forensics.SessionRevoked, lookTarget},

	"update user":                                         {forensics.Other, lookUser},
	"enable strong authentication":                        {forensics.SecondFactorChanged, lookTarget},
	"disable strong authentication":                       {forensics.SecondFactorChanged, lookTarget},
	"add users strong authentication phone app detail":    {forensics.SecondFactorChanged, lookTarget},
	"remove users strong authentication phone app detail": {forensics.SecondFactorChanged, lookTarget},
	"add fido2 security key":                              {forensics.SecondFactorChanged, lookTarget},
	"delete fido2 security key":                           {forensics.SecondFactorChanged, lookTarget},
	"add passwordless phone sign-in credential":           {forensics.SecondFactorChanged, lookTarget},
	"delete passwordless phone sign-in credential":        {forensics.SecondFactorChanged, lookTarget},
	"user registered security info":                       {forensics.RecoveryChanged, lookTarget},
	"user registered all required security info":          {forensics.RecoveryChanged, lookTarget},
	"user deleted security info":                          {forensics.RecoveryChanged, lookTarget},
	"user updated security info":                          {forensics.RecoveryChanged, lookTarget},
	"user changed default security info":                  {forensics.RecoveryChanged, lookTarget},
	"admin registered security info":                      {forensics.RecoveryChanged, lookTarget},
	"admin deleted security info":                         {forensics.RecoveryChanged, lookTarget},
	"admin updated security info":                         {forensics.RecoveryChanged, lookTarget},

	"consent to application":                       {forensics.ConsentGranted, lookConsent},
	"add delegated permission grant":               {forensics.ConsentGranted, lookConsent},
	"add oauth2permissiongrant":                    {forensics.ConsentGranted, lookConsent},
	"add app role assignment to service principal": {forensics.ConsentGranted, lookConsent},

	"alerttriggered":       {forensics.Alert, lookAlert},
	"alertentitygenerated": {forensics.Alert, lookAlert},
}

// operation looks a name up as it is written.
func (r *reader) operation(name []byte) operation {
	op, ok := r.ops[string(name)]
	if !ok {
		op = operations[foldOperation(name)]
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
