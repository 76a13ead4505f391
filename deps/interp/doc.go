// Package interp runs the cells of a notebook, and the local modules that they import, in the
// abstract: it finds what each cell may read, bind, mutate, delete and do besides, without running
// any Python. What these words mean is said in docs/semantics.md; this page says how they are
// found, in the words of the field, and what that can't find.
//
// # Questions
//
// For each cell: which globals may it use as they were before it, and which bindings may have made
// those values? Which globals does it bind, on some path or on all? Which globals name an object
// whose content it may change? Which functions may run for it, whoever calls them? What does it do
// to the world outside? All are may-questions but one (a binding on all paths), so the analysis
// takes in what it can't rule out: a name too many costs a run, a name too few gives a wrong result.
//
// # Terms
//
// A word on the left means one thing here, and the names on the right are where it lives.
//
//	abstract object      Object                    all objects that one instruction makes in one call context
//	points-to set        Value                     the abstract objects that a name, register or place may hold
//	access path          Selector                  how a part is reached from an object: a selector for each step
//	part                 Object.part               the object that stands for a place of which only the path is known
//	holder               Object.holders            an object that may hold this one
//	view                 Object.shares             objects that share their content: a change of one changes all
//	reaching definition  Binding                   a statement that may have bound a name
//	state                variable                  of a name: points-to set, reaching definitions, may it be unbound
//	path state           delta                     what a path has changed of the states since it began
//	strong update        paths.set                a name is bound: what it held is forgotten
//	weak update          Object.Hold               an object holds more: nothing is forgotten
//	join                 paths.join               the state in which paths meet
//	widening             paths.widen              a loop's state, grown by what one more round brings
//	call string          context                   the chain of call sites that leads to a body
//	activation           activation                a call whose body is being run
//	mod, ref             Cell.Mutates, Cell.Reads  what a cell changes, what it reads
//	latent               escapes.latent            what a function reads, as long as nothing is known to call it
//	escape               escapes.escape            a function gets where calls can't be followed: what is latent is possible
//	havoc                runner.havoc              code that is not run may change and connect all that it gets hold of
//	seen, possible       Read.Seen, Effect.Seen    the run came to it; code out of sight may do it
//	budget               budget                    what the run of a cell may cost
//	fact                 factCall                  what knowledge says of a library's function
//	trait                knowledge.Trait           what knowledge says of a type
//	model                Model                     what a library's function does that no fact can say
//	unstorable           Object.Unstorable         what can't be pickled or hashed
//
// # The lattice
//
// The state of a cell's run is a map from names to [variable], and a heap of [Object]. A variable is a triple
// (points-to set, set of reaching definitions, may it be unbound), ordered by inclusion in each
// place; the join is the union ([variable.merge]). The empty points-to set is the bottom: a value of which nothing is
// known but that it shares nothing with what the notebook has, like the result of an operator on
// numbers. There is no top. What isn't known is an object that is Open: it may hold more than is
// listed, and taking something of it makes a part that stands for the place.
//
// Names are treated flow-sensitively: each path has its own state, and binding a name is a strong
// update. So a name that is bound on every path is bound for certain, and a name that some path
// leaves as it was is still read from before the cell. Of parameters it is known, too, which constant they certainly hold, from the call
// or their default until something else may be stored: of an if statement that asks for it the side that can't run isn't. A path is run, its changes are recorded on a
// trail, and they are taken back before the next path runs from the same state; where paths meet,
// the recorded changes are joined (run.go, state.go).
//
// The heap is treated flow-insensitively: what objects hold only grows, within a cell and from cell to
// cell, and all updates of it are weak. So after d["k"] = a; d["k"] = b the item may be either. Three flags
// of an object only go up, too: Open, Unstorable, Iterator.
//
// Abstract objects are named by the instruction that makes them, the call string, and, where one
// instruction makes several, a part and a type ([runner.alloc]): the analysis is context-sensitive in calls and in
// allocation. Immutable values of a type are one object, and so is what one dotted path of a library names.
// Two names with a common object are aliases.
//
// # What a transfer function owes
//
// Whatever evaluates an instruction, a fact, a trait or a model, must
//
//   - be monotone: with larger points-to sets it gives larger ones and mutates no less;
//   - make objects through alloc alone, so that the same call in the same context gives the same
//     objects: else no loop comes to an end;
//   - never change a [Value] in place: values that hold one object share its memory;
//   - note a mutation ([runner.mutate]) of each object whose content may differ afterwards, and of no other: holders and
//     views of it are found at the cell's end;
//   - run what may or may not happen in a branch ([paths.branchCall]), so that a name bound there may be unbound;
//   - let escape what it hands to code that can't be followed;
//   - go through maps in a fixed order: the same text always gives the same result.
//
// # Why it ends
//
// Loops: a round is run, and its end is widened into the state before it, until that changes nothing more. Sets of
// bindings and objects grow only, the bindings that a statement makes are the same in each round, and so are the objects that it
// makes; so there are finitely many states. Two or three rounds nearly always do; after [maxRounds] the
// state is taken as it is.
//
// Recursion: a function that is running already is followed a second time, to see what its rounds
// hand on, and more often only over different arguments ([runner.running]). A further round stands for what those so far
// have returned, and changes what they have changed of what they got in the same place ([runner.callAgain]). Nesting
// is cut at [maxDepth]; a call that is cut is havoc ([runner.callNotRun]).
//
// Access paths: a part of a part is at most [maxParts] steps from an object that is none; a longer
// path stands for its fourth step.
//
// Cost: telling call strings apart is exponential in the worst case, so the run has a budget; budget.go says how it is spent. What
// the budget cuts in the notebook's own functions is havoc as well; for those of local modules their mod summaries stand
// (changes.go): which parameters each may change, hold or return, by a fixpoint over what calls what, for each class of
// self. An unknown receiver changes there by the verb of the method's name, so a change may be missed. Reads don't depend on it: what a function may read is found from its text
// (escape.go). Function.Approximated says of which functions a call was not followed.
//
// # What the heap keeps
//
// heap_test.go checks these after running each notebook of deps/testdata:
//
//   - where o may hold x under a field, as an element or a default, x.holders has o, unless x is immutable or o itself:
//     so a change of x is found to be one of o;
//   - views are mutual: if x is in o.shares, o is in x.shares;
//   - a part's owner has it among its parts under its step, and a part is one level deeper than its owner;
//   - o.order has each key of o.fields, once, in order of coming;
//   - a value has no object twice.
//
// Besides, version differs whenever a global's state does, so a load with the same version gives the
// same; and module.holding has, for each object that can change, every global that may hold it when a cell ends.
//
// # What is sound
//
// Taken as a question about one run of the cells from top to bottom, with what libraries do as knowledge says:
//
//   - reads: whatever function may run for a cell, what it may read is among the cell's reads, seen
//     or possible; an open end (exec of a computed text, a star import that isn't found) makes the cell read or bind any name;
//   - bindings: a binding on all paths is one, as long as no exception ends the cell;
//   - mutations by the notebook's own code, through any alias, container, closure, default or view that the run made.
//
// # What is not, and why
//
//   - A library of which nothing is known: a call whose result is used is taken to change nothing
//     that it gets, one whose result is thrown away to change what its name says (shape.go). Taking every call
//     for a change would list nearly every name as an output of nearly every cell.
//   - What a library does to what it gets hold of is followed four levels deep ([runner.deep]).
//   - A loop that hands a value through more than maxRounds names, one a round, is cut.
//   - An exception that no try in the notebook catches ends the path, wherever it happens.
//   - Conditions are not evaluated, but for those that ask whether a parameter of known constant value is None, True or False
//     (closure.Test): all paths count. Arithmetic on keys is not: a computed key may be any.
//   - Code that changes the rules is not followed: classes whose methods are replaced from outside, frames,
//     garbage collection, threads that change globals while a cell runs.
//   - Cells are taken in document order, whatever order they were run in.
//
// # An example, from cells to header
//
//	1: rows = [3, 1, 2]
//	   table = {"rows": rows}
//	2: def smallest(xs):
//	       xs.sort()
//	       return xs[0]
//	3: first = smallest(table["rows"])
//	4: print(first, rows)
//
// Cell 1 makes two objects, L by the display of the list and D by that of the dict, and D holds L
// under the selector 'rows: D is among L's holders. The names rows and table are bound, with the points-to sets {L} and {D}.
//
// Cell 2 makes a function object F. Its body is not run. That it reads nothing but its parameter is known from its text.
//
// In cell 3, loading smallest notes a read, reaching definition cell 2, and F is carried: what it may
// read is latent. Loading table notes a read. The item 'rows of D is {L}: D is a dict and not open, so nothing else can be there.
// The call runs F's body with the call string (cell 3, smallest) and xs = {L}; rows itself is not read. xs.sort is a member of L,
// whose type is builtins.list, of which knowledge has the fact "mutates self": L is noted as mutated, seen, through
// smallest. The item 0 of L is what was stored there, a number; that is the result, and what first is bound to.
//
// At the end of cell 3 the changes spread ([runner.affected]): from L to its holder D. Of the globals that were bound before the cell, rows may
// hold L and table may hold D; so both are mutated. The reads are smallest and table; smallest holds a function, so it is an input after
// the data.
//
// Cell 4 reads first and rows, and nothing reads table: going back over the cells, first and rows are
// live after cell 3, table isn't (deps/live.go). So the header of cell 3 is
//
//	%%xetmemo input=table,smallest output=first,rows
package interp
