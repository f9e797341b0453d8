package microsoft

import "bytes"

// field is one of the top-level properties of an audit record that events are made of.
type field uint8

const (
	fNone field = iota
	fID
	fOtherID // the container's copy of fID: RecordId, Identity, SourceRecordId
	fTime
	fOuterTime // the container's copy of fTime
	fOperation
	fResult
	fUser
	fOtherUser // the container's copy of fUser
	fWorkload
	fObject
	fClientIP
	fClientIPAddress
	fActorIPAddress
	fActorIP
	fClientInfo
	fClientProcess
	fClientVersion
	fActorInfo
	fUserAgent
	fMailboxOwner
	fSession
	fAppAccess
	fParameters
	fOperationProperties
	fExtendedProperties
	fDeviceProperties
	fModifiedProperties
	fItem
	fAffectedItems
	fFolder
	fDestFolder
	fFolders
	fErrorCode
	fLogonError
	fActor
	fTarget
	fName
	fSeverity
	fRiskType
	fAuditData
	numFields
)

// fieldOf finds a property by its name as Microsoft's schema writes it. Names that are
// common and of no use are listed, so that they need not be folded.
func fieldOf(key []byte) field {
	switch string(key) {
	case "Id":
		return fID
	case "CreationTime":
		return fTime
	case "Operation":
		return fOperation
	case "ResultStatus":
		return fResult
	case "UserId":
		return fUser
	case "Workload":
		return fWorkload
	case "ObjectId":
		return fObject
	case "ClientIP":
		return fClientIP
	case "ClientIPAddress":
		return fClientIPAddress
	case "ActorIpAddress":
		return fActorIPAddress
	case "ClientInfoString":
		return fClientInfo
	case "UserAgent":
		return fUserAgent
	case "MailboxOwnerUPN":
		return fMailboxOwner
	case "SessionId":
		return fSession
	case "AppAccessContext":
		return fAppAccess
	case "Parameters":
		return fParameters
	case "OperationProperties":
		return fOperationProperties
	case "ExtendedProperties":
		return fExtendedProperties
	case "DeviceProperties":
		return fDeviceProperties
	case "ModifiedProperties":
		return fModifiedProperties
	case "Item":
		return fItem
	case "AffectedItems":
		return fAffectedItems
	case "Folder":
		return fFolder
	case "DestFolder":
		return fDestFolder
	case "Folders":
		return fFolders
	case "ErrorCode":
		return fErrorCode
	case "LogonError":
		return fLogonError
	case "Actor":
		return fActor
	case "Target":
		return fTarget
	case "ActorContextId", "AppId", "ApplicationId", "AppPoolName", "AuthType", "AuthenticationType",
		"AzureActiveDirectoryEventType", "BrowserName", "BrowserVersion", "ClientAppId", "ClientMachineName",
		"ClientRequestId", "CorrelationId", "CrossMailboxOperation", "CrossMailboxOperations", "DeviceId",
		"DeviceDisplayName", "EventSource", "ExternalAccess", "GeoLocation", "HostAppId", "InterSystemsId",
		"InternalLogonType", "IntraSystemId", "IsManagedDevice", "ItemType", "ListId", "ListItemUniqueId", "LogonType",
		"LogonUserDisplayName", "LogonUserSid", "MailboxGuid", "MailboxOwnerSid", "OperationCount",
		"OrganizationId", "OrganizationName", "OriginatingServer", "Platform", "RecordType", "RequestId", "Scope",
		"Site", "SiteUrl", "SourceFileExtension", "SourceFileName", "SourceRelativeUrl", "SupportTicketId",
		"TargetContextId", "UserType", "TokenObjectId", "TokenTenantId", "TokenType", "UserKey", "Version", "WebId",
		"TenantId", "DoNotDistributeEvent", "HighPriorityMediaProcessing", "ApplicationDisplayName",
		"MailboxOwnerMasterAccountSid", "FileSizeBytes", "SaveToSentItems", "ListBaseType", "ListServerTemplate":
		return fNone
	}
	return folded(key)
}

// folded finds a property by its name in the spellings of other containers: camel case
// (Graph), lower case (data lakes), with underscores (Sentinel's OfficeActivity).
func folded(key []byte) field {
	if len(key) > 40 {
		return fNone
	}
	if bytes.IndexByte(key, '\\') >= 0 {
		key = decode(nil, key, 1)
	}
	var room [40]byte
	n := 0
	for _, c := range key {
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '_' || c == ' ' || c == '"':
			continue
		}
		if n < len(room) {
			room[n] = c
			n++
		}
	}
	return byName[string(room[:n])]
}

// byName is never changed.
var byName = map[string]field{
	"id": fID, "recordid": fOtherID, "sourcerecordid": fOtherID, "officeid": fOtherID,
	"creationtime": fTime, "creationdate": fOuterTime, "createddatetime": fOuterTime, "timegenerated": fOuterTime,
	"activitydatetime": fOuterTime, "detecteddatetime": fOuterTime, "starttime": fNone,
	"operation": fOperation, "operations": fOperation,
	"resultstatus": fResult, "userid": fUser, "userids": fOtherUser, "userprincipalname": fOtherUser,
	"workload": fWorkload, "officeworkload": fWorkload, "service": fWorkload,
	"objectid": fObject, "officeobjectid": fObject,
	"clientip": fClientIP, "clientipaddress": fClientIPAddress, "actoripaddress": fActorIPAddress, "actorip": fActorIP,
	"ipaddress": fActorIP, "clientinfostring": fClientInfo, "clientprocessname": fClientProcess, "clientversion": fClientVersion,
	"actorinfostring": fActorInfo, "useragent": fUserAgent, "mailboxownerupn": fMailboxOwner,
	"sessionid": fSession, "appaccesscontext": fAppAccess, "parameters": fParameters,
	"operationproperties": fOperationProperties, "extendedproperties": fExtendedProperties,
	"deviceproperties": fDeviceProperties, "modifiedproperties": fModifiedProperties,
	"item": fItem, "affecteditems": fAffectedItems, "folder": fFolder, "destfolder": fDestFolder, "folders": fFolders,
	"errorcode": fErrorCode, "logonerror": fLogonError, "actor": fActor, "target": fTarget,
	"name": fName, "severity": fSeverity, "riskeventtype": fRiskType, "auditdata": fAuditData,
}
