package rule

// rst06 is the rule RST-06.
func rst06() *Rule {
	return &Rule{
		ID: "RST-06", Title: "Genuine notice about another account", Technique: "",
		Means:    "A real notice came to this mailbox because somebody named it as the recovery address of another account. It says nothing about this one, and attackers use it to frighten.",
		Innocent: "The owner has a second account, or a member of the family named this address.",
		find:     (*evaluation).findRst06,
	}
}

func (e *evaluation) findRst06() {
	const most = 100
	for n := 0; n < len(e.foreign); n += most {
		part := e.foreign[n:min(len(e.foreign), n+most)]
		e.say(0, part, nil, figure("%s about another account, the first %s", count(len(part), "notice"), quoted(e.spelled(e.all[part[0]].Detail))), "")
	}
}
