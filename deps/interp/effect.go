package interp

// What a cell does besides computing.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// EffectKind is the kind of an effect: one of those that facts of libraries have, or of these.
type EffectKind = knowledge.EffectKind

// The kinds of effects that code has without a library.
const (
	RunsCode             EffectKind = "dynamic-code"           // runs code, or takes names, that can't be known
	UnknownMagic         EffectKind = "unknown-magic"          // a magic of which nothing is known
	SyntaxError          EffectKind = "syntax-error"           // text that is no Python may do anything
	UnresolvedStarImport EffectKind = "unresolved-star-import" // a star import of a module that isn't known
	UnresolvedRun        EffectKind = "unresolved-run"         // %run of a file that wasn't found
)

// Effect is something that a cell does besides computing.
type Effect struct {
	Kind   EffectKind
	Pos    pyast.Pos
	Detail string
	Via    []string
	// Seen says that the run came to it. Else it is only possible: code out of sight may call
	// what has the effect.
	Seen bool
	// ReadsAny says that it may read any global, by a name that can't be known: globals()[name], eval(text).
	ReadsAny bool
}

// effect notes an effect of the code that runs.
func (r *runner) effect(kind EffectKind, detail string) {
	r.noteEffect(Effect{Kind: kind, Pos: r.pos, Detail: detail, Via: r.via})
}

// unknownCode notes that code runs, or a name is taken, which can't be known.
func (r *runner) unknownCode() {
	r.noteEffect(Effect{Kind: RunsCode, Pos: r.pos, Via: r.via, ReadsAny: true})
}

func (r *runner) noteEffect(e Effect) {
	if r.unit == beforeAll {
		return
	}
	e.Seen = r.sure()
	for i := range r.cell.Effects {
		if known := &r.cell.Effects[i]; known.Kind == e.Kind && known.Detail == e.Detail {
			known.Seen = known.Seen || e.Seen
			return
		}
	}
	e.Via = slices.Clone(e.Via)
	r.cell.Effects = append(r.cell.Effects, e)
}

// libraryEffect notes an effect of a library call. All ways to read os.environ are one.
func (r *runner) libraryEffect(kind EffectKind, path string) {
	if kind == knowledge.Environment && (strings.HasPrefix(path, "os._Environ.") || strings.HasPrefix(path, "os.environ")) {
		path = "os.environ"
	}
	r.effect(kind, path)
}

// possibly runs what may happen, for all that is known: code out of sight may call it.
func (r *runner) possibly(run func()) {
	r.unsure++
	run()
	r.unsure--
}

// sure says that what runs was seen to be called.
func (r *runner) sure() bool { return r.unsure == 0 }
