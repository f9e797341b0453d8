// Package incident joins the findings of one account into incidents, weighs them, says what they lack, and joins
// incidents into campaigns.
//
// The way of one incident: the events of the findings become points; points of one session or about one message
// become atoms, which are never split; atoms in the order of time join the draft with which they have the best
// stated reason, or begin a new one; further events of the same hand are gathered; the draft is weighed, and where
// it is heavy enough its steps, its reasons, what is missing, the owner's repair and the losses are written out.
//
// Invariants: no I/O beyond what rule.Input.Briefs reads; the same input gives the same incidents in the same order;
// every step says why it belongs, and a reason such as "same session" is said only where the texts are equal, never
// because hashes are; a hand that is known by different addresses, networks, keys and clients is two hands, and two
// hands are two incidents; what the owner does is told, but is never part of an attack.
package incident
