package interp

// Budgets: how much a notebook's run may cost.
//
// Calls in their own contexts are exponential in the worst case. So a cell has a budget of steps,
// in three parts: while the first lasts, calling contexts are told apart; after it a function has
// one context for all its calls, and later runs once, or, where it is a local module's, counts by the
// summary of what it changes (changes.go); past the last part, which walks over what
// objects hold use up, calls are not looked into at all. What a cell leaves of the notebook's pool
// the later ones have.

const (
	// Instructions run with calling contexts told apart: a pool for the notebook, in proportion
	// to its instructions, of which a cell may take half of what is left, but always minExact.
	exactPerStep = 3
	minExact     = 200
	// After that a cell may run this many times as much again.
	beyondExact = 2
	// Walks over objects have a pool of their own, so many times as large.
	walksPerStep = 8 * exactPerStep
	// begunPool is what a session has to begin with. A notebook's first cells may take what its later ones bring; of a
	// session's later cells nothing is there yet.
	begunPool = 6_000
	// appendedPool bounds the steps that quick cells leave to later ones: in a long session they would add up to seconds.
	appendedPool = 60_000
)

// budget is what one cell, or module, may cost, and has cost so far.
type budget struct {
	steps int
	exact int // steps after which calling contexts are no longer told apart
	limit int // steps after which calls are not looked into
}

// isExact says that calling contexts are told apart.
func (b *budget) isExact() bool { return b.steps <= b.exact }

// spent says that the cell has used up what it may run: nothing more is run.
func (b *budget) spent() bool { return b.steps > b.exact*(1+beyondExact) }

// exhausted says that the cell has cost many times its budget, in walks over what it holds: from here on
// calls are not looked into at all.
func (b *budget) exhausted() bool { return b.steps > b.limit }

// ofModule is the budget of a local module's body.
func ofModule() budget { return newBudget(minExact, minExact*walksPerStep) }

func newBudget(exact, walks int) budget {
	return budget{exact: exact, limit: exact*(1+beyondExact) + walks}
}

// pool is what is left to a notebook's cells.
type pool struct {
	exact int // steps to be run with calling contexts told apart
	walks int // steps of walks over objects
}

// add adds what a cell of some instructions brings.
func (p *pool) add(size int) {
	p.exact += exactPerStep * size
	p.walks += walksPerStep * size
}

// begin adds what a session has before its first cell.
func (p *pool) begin() {
	p.exact += begunPool
	p.walks += walksPerStep / exactPerStep * begunPool
}

// bound drops what is too much to leave to later cells.
func (p *pool) bound() {
	p.exact, p.walks = min(p.exact, appendedPool), min(p.walks, walksPerStep/exactPerStep*appendedPool)
}

// grant is the budget of the next cell.
func (p *pool) grant() budget { return newBudget(max(minExact, p.exact/2), max(4*minExact, p.walks/2)) }

// pay takes what a cell has cost out of the pool.
func (p *pool) pay(b budget) {
	p.exact -= min(b.steps, b.exact, p.exact)
	p.walks -= min(max(0, b.steps-b.exact*(1+beyondExact)), p.walks)
}
