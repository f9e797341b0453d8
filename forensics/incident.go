package forensics

import (
	"fmt"
	"strings"
)

// StepName is a stage of an attack.
type StepName string

// The steps in the order in which an attack takes them, as the contract spells them. StepSettings can
// stand anywhere behind the login.
const (
	StepKey      StepName = "key"
	StepLogin    StepName = "login"
	StepReset    StepName = "reset"
	StepDeletion StepName = "deletion"
	StepMoney    StepName = "money"
	StepSettings StepName = "settings"
)

// Steps lists the steps in the order of an attack.
func Steps() []StepName {
	return []StepName{StepKey, StepLogin, StepSettings, StepReset, StepDeletion, StepMoney}
}

// Finding is what one rule of the catalogue says about one account, with the events that prove it.
type Finding struct {
	Rule      string // such as "LOG-02"
	Account   string
	Step      StepName // the step it speaks for; empty where it speaks for none
	Technique string   // ATT&CK, such as "T1078.004"; empty where there is none

	Start, End int64   // nanoseconds since 1970
	Rows       []int64 // the events that prove it, in the order of the timeline
	Related    []int64 // events that give it its meaning: the notice whose mail was deleted, the key change before
	Certainty  Certainty
	// Weight is how much it speaks for an attack, 0 (for the record) to 1. Against holds the entity
	// verdicts that lowered or raised it, in words.
	Weight float64

	Why        string // one sentence with its figures: "first login from AS64511 in 214 days"
	InnocentIf string // what would make it harmless, in one sentence
	// Owner marks what the owner did to repair: a strange key removed, a password changed from an own network.
	Owner bool

	// Title and Level are a Sigma rule's own, and EventIDs those of Rows; empty in findings of the catalogue.
	Title, Level string
	EventIDs     []string
}

// NotChecked is a rule that could not be asked, and why.
type NotChecked struct {
	Rule    string
	Title   string
	Account string // empty: of the whole case
	Why     string // "no such source: no login records"
}

// Step is one stage of an incident.
type Step struct {
	Step       StepName
	Start, End int64   // nanoseconds since 1970
	Rows       []int64 // the events, in the order of the timeline
	EventIDs   []string
	Rules      []string // the findings behind it, such as "LOG-02"
	Certainty  Certainty
	JoinedBy   []string // "same session", "same ip", "same key", "same client", "same network", "message-id", "same service", "time window"
	Technique  string
	Label      string // a few words for a storyboard: `"Outlook-2"`, "203.0.113.77", "Coinbase, Gemini"
	Why        string // why it belongs, in a sentence or two with figures
	InnocentIf string
	// Owner marks a step of the owner's own repair: it is told, but is no part of the attack.
	Owner bool
}

// Missing is a step that an incident lacks, and whether the evidence could have shown it.
type Missing struct {
	Step       StepName
	LookedIn   []string // sources of the account that cover the time and show nothing
	NotCovered []string // what could show it and is not in the case: "no statement of Coinbase for 2022-11"
}

// mostLookedIn is how many sources are named where a step is missing: an account's logs can be dozens of files.
const mostLookedIn = 5

// Looked names what was looked in, the first few of many, and how many more there are.
func (m *Missing) Looked(sep string) string {
	list := m.LookedIn
	if len(list) <= mostLookedIn+1 {
		return strings.Join(list, sep)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:mostLookedIn], sep), len(list)-mostLookedIn)
}

// Loss is money that left in an incident: a sum over one asset.
type Loss struct {
	Service  string
	Asset    string
	Amount   string // decimal, positive
	ValueUSD string // decimal; empty where the statements give none
	Rows     []int64
}

// ScorePart is one reason of a score.
type ScorePart struct {
	Text  string  // "four steps in order"
	Value float64 // what it added (or, below 0, took away)
}

// Incident is a group of findings of one account that form one attack.
type Incident struct {
	ID         int64
	Account    string
	Start, End int64   // nanoseconds since 1970
	Score      float64 // 0 to 1
	Parts      []ScorePart
	Strength   string // "strong", "likely" or "weak": what the score means
	Campaign   string // "A"; empty where it stands alone
	Summary    string // one sentence: "strong: four steps joined by session and ip"
	State      string // how it ended: "stopped by owner", "ended by the provider's reset"; empty where nothing shows an end
	Steps      []Step // of the attacker, in order
	Repair     []Step // of the owner and of the provider
	Missing    []Missing
	Loss       []Loss
	Entities   []string // what it came from: ip:203.0.113.77, asn:64511, client:..., key:..., as verdicts name them
	Services   []string
}

// Campaign is a group of incidents that share a source.
type Campaign struct {
	ID        string   // "A", "B", ... by the first incident
	Incidents []int64  // in the order of their start
	Shared    []string // what they share, in words: "network AS64511", "key names like Outlook-N"
	First     int64    // nanoseconds since 1970: the start of the first incident
	Last      int64    // the start of the last
	Text      string   // "10 times since November 2022, every 11 days or so"
	Loss      []Loss
}

// Analysis is everything that detection says about a case.
type Analysis struct {
	Incidents  []Incident // by ID
	Campaigns  []Campaign
	Findings   []Finding // all of them, those inside incidents too, by account and time
	NotChecked []NotChecked
	// Changed are thresholds that the case sets otherwise than the program: "reset.window = 30m (15m)".
	Changed []string
	// Notes are what limits the whole: accounts that were not looked at, a baseline too short.
	Notes []string
}

// Question is one that settles much: asked in triage.
type Question struct {
	Text     string   // "You used Thunderbird from this network 214 times, mostly 8-22 h. Yours?"
	Detail   string   // what it rests on
	Entities []string // what the answer judges, as verdicts name them
	Events   int64    // how many events the answer speaks for
	// Incidents are those whose score changes with the answer.
	Incidents []int64
	// Suggest is the likelier answer, mine or not-mine, empty where the evidence does not lean.
	Suggest string
}
