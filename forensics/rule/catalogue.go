package rule

// catalogue are the rules in the order of an attack. Never changed.
var catalogue = []*Rule{
	key01(),
	key02(),
	key03(),
	key04(),
	key05(),
	key06(),
	key07(),
	log01(),
	log02(),
	log03(),
	log04(),
	log05(),
	log06(),
	log07(),
	log08(),
	log09(),
	log10(),
	rst01(),
	rst02(),
	rst03(),
	rst04(),
	rst05(),
	rst06(),
	del01(),
	del02(),
	del03(),
	del04(),
	del05(),
	del06(),
	del07(),
	del08(),
	loss01(),
	loss02(),
	loss03(),
	gap01(),
}

// Catalogue lists the rules in the order of an attack. They are not to be changed.
func Catalogue() []*Rule { return append([]*Rule(nil), catalogue...) }
