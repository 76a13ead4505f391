// Package rules holds what check reports: one rule a file, with its documentation beside it.
//
// A rule looks at one cell, or at the notebook as a whole, and reports findings. Adding one means
// a file with its check, a page of documentation under the rule's name with a cell that breaks it
// and the cell that doesn't (both are tests), and a line in the list below.
package rules

import "strings"

// A Rule is one kind of finding.
type Rule struct {
	Code     string // "XM101"
	Name     string // "missing-input"
	Severity Severity
	Off      bool // reported only when selected
	Fix      Fixing
	// For says which memoized cells the rule is for.
	For Audience

	cell     func(*pass, *cell) // looks at one Python cell
	memoized func(*pass, *cell) // looks at one Python cell with a header that parses
	notebook func(*pass)        // looks at the notebook
}

// Audience says for which memoized cells a finding is news.
type Audience uint8

const (
	AllCells Audience = iota
	// UnderXetCache002 is for what our runtime keeps right by itself: for cells that run under that of 2023, or where nothing
	// imports ours and the header isn't as annotate writes it.
	UnderXetCache002
	// WrittenByHand is for what whoever let annotate write the header has been content with.
	WrittenByHand
)

// Severity says how bad a finding is. Errors and warnings count for the exit code.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the memo is wrong, or never made
	Warning Severity = "warning" // worth a look
	// Information is nothing to mend: no rule has it, but single findings of one may.
	Information Severity = "information"
)

// Fixing says whether the rule's findings can be fixed.
type Fixing string

// The kinds of fixes.
const (
	NoFix     Fixing = ""
	SafeFix   Fixing = "safe"   // by --fix: only headers, directives and the import of the runtime change
	UnsafeFix Fixing = "unsafe" // by --unsafe-fixes: code moves
)

// All are the rules, by code.
var All = []*Rule{
	invalidNotebook, cellSyntaxError, unsupportedLanguage, unusedSuppression,
	missingInput, unusedInput, missingOutput, unboundOutput, malformedHeader, unknownOption,
	unhashableInput, unpicklableOutput, staleDependency, missingDependency, missingRuntime,
	unannotatedCell, unsplitCell, unsupportedCell, sharpEdge, selfChangingCell,
	hiddenFileInput, hiddenEnvironment, globalRandomState, networkCall, lostSideEffect,
	consumedIterator, dynamicCode, magicInMemoizedCell,
	undefinedName, usedBeforeDefinition, outOfOrderExecution, crossCellMutation,
}

// Lookup returns the rule with that code or name, in any case, or nil.
func Lookup(text string) *Rule {
	for _, r := range All {
		if strings.EqualFold(r.Code, text) || strings.EqualFold(r.Name, text) {
			return r
		}
	}
	return nil
}
