package resident

// What is answered about a run: facts about names, and what a hit has to do to be like it.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// answer is the result of answer. Lists are never null; docs/analyser.md says what each field means.
type answer struct {
	Run         int                 `json:"run"`
	Reads       []read              `json:"reads"`
	Binds       []bound             `json:"binds"`
	Mutates     []mutation          `json:"mutates"`
	Deletes     []string            `json:"deletes"`
	Aliases     map[string][]string `json:"aliases"`
	Effects     []effect            `json:"effects"`
	WhyNot      []reason            `json:"why_not"`
	Computed    bool                `json:"computed_names"`
	Unknown     []unknownCall       `json:"unknown"`
	Functions   []string            `json:"functions"`
	Modules     []localModule       `json:"modules"`
	Imports     []statement         `json:"imports"`
	Definitions []statement         `json:"definitions"`
}

type read struct {
	Name      string   `json:"name"`
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	Via       []string `json:"via"`
	DefinedIn []int    `json:"defined_in"`
	Imported  bool     `json:"imported"`
	Function  bool     `json:"function"`
	Opaque    bool     `json:"opaque"`
}

type bound struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Must   bool   `json:"must"`
	Opaque bool   `json:"opaque"`
	// Statement is the text of the one statement at the cell's top level that binds the name; "" where there is none such.
	Statement string `json:"statement"`
}

type mutation struct {
	Name      string   `json:"name"`
	Line      int      `json:"line"`
	Via       []string `json:"via"`
	Reference bool     `json:"reference"`
	Opaque    bool     `json:"opaque"`
}

type effect struct {
	Kind   string   `json:"kind"`
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Detail string   `json:"detail"`
	Via    []string `json:"via"`
}

type reason struct {
	Code string `json:"code"`
	Line int    `json:"line"`
	Name string `json:"name"`
	Text string `json:"text"`
}

type unknownCall struct {
	Name string   `json:"name"`
	Line int      `json:"line"`
	Via  []string `json:"via"`
}

type localModule struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Edited bool   `json:"edited"`
}

// statement is one that a hit can run again: an import, or a definition that calls nothing.
type statement struct {
	Names []string `json:"names"`
	Line  int      `json:"line"`
	Text  string   `json:"text"`
}

func (s *session) describe() *answer {
	unit := len(s.graph.Cells) - 1
	c := s.graph.Cells[unit]
	f := c.Summary.File
	a := &answer{
		Run: unit, Reads: []read{}, Binds: []bound{}, Mutates: []mutation{}, Deletes: list(c.Deletes), Aliases: map[string][]string{},
		Effects: []effect{}, WhyNot: []reason{}, Computed: c.ReadsAny(), Unknown: []unknownCall{}, Functions: []string{},
		Modules: s.localModules(c), Imports: []statement{}, Definitions: []statement{},
	}
	for _, r := range slices.Concat(c.Reads, c.Undefined) {
		out := read{Name: r.Name, Via: list(r.Via), DefinedIn: []int{}, Imported: r.Imported, Function: r.Function, Opaque: r.Opaque}
		out.Line, out.Column = f.Position(r.Pos)
		for _, d := range r.Defs {
			if d.Unit >= 0 && !slices.Contains(out.DefinedIn, d.Unit) {
				out.DefinedIn = append(out.DefinedIn, d.Unit)
			}
		}
		a.Reads = append(a.Reads, out)
	}
	again := findAgain(c)
	for _, b := range c.Bound {
		a.Binds = append(a.Binds, bound{b.Name, kinds[b.Kind], b.Must, b.Opaque, again.statements[b.Name]})
		if len(b.Aliases) > 0 {
			a.Aliases[b.Name] = b.Aliases
		}
	}
	a.Imports = append(a.Imports, again.imports...)
	a.Definitions = append(a.Definitions, again.definitions...)
	for _, m := range c.Mutates {
		out := mutation{Name: m.Name, Via: list(m.Via), Reference: m.Reference, Opaque: m.Opaque}
		out.Line, _ = f.Position(m.Pos)
		a.Mutates = append(a.Mutates, out)
	}
	for _, e := range c.Effects {
		out := effect{Kind: string(e.Kind), Detail: e.Detail, Via: list(e.Via)}
		out.Line, out.Column = f.Position(e.Pos)
		a.Effects = append(a.Effects, out)
	}
	for _, u := range c.Unknown {
		line, _ := f.Position(u.Pos)
		a.Unknown = append(a.Unknown, unknownCall{u.Name, line, list(u.Via)})
	}
	for _, fn := range c.Functions {
		a.Functions = append(a.Functions, fn.Name)
	}
	a.WhyNot = append(a.WhyNot, whyNot(s.graph, c, again)...)
	return a
}

// kinds are the words for what binds a name.
var kinds = map[closure.BindKind]string{
	closure.BindAssign: "assign", closure.BindAug: "augmented", closure.BindFor: "for", closure.BindWith: "with",
	closure.BindExcept: "except", closure.BindWalrus: "walrus", closure.BindMatch: "match", closure.BindDef: "def",
	closure.BindClass: "class", closure.BindLambda: "lambda", closure.BindImport: "import", closure.BindMagic: "magic",
	closure.BindTypeAlias: "type", closure.BindUnknown: "unknown",
}

// localModules are the local modules whose code the cell may run, or which it imports, in order of name.
func (s *session) localModules(c *deps.Cell) []localModule {
	found := []localModule{}
	add := func(m *deps.Module) {
		if m != nil && !slices.ContainsFunc(found, func(x localModule) bool { return x.Name == m.Name }) {
			found = append(found, localModule{m.Name, m.Path, slices.Contains(s.modules.edited, m.Name)})
		}
	}
	for _, fn := range c.Functions {
		add(fn.Module)
	}
	for _, r := range c.Reads {
		for _, m := range r.Local() {
			add(m)
		}
	}
	for _, name := range importedIn(c.Summary.File) {
		add(s.modules.finder.Find(name))
	}
	slices.SortFunc(found, func(a, b localModule) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// importedIn are the modules that a cell's own import statements name.
func importedIn(f *pyast.File) []string {
	var names []string
	for _, stmt := range f.Body {
		pyast.Walk(stmt, func(n pyast.Node) bool {
			switch n := n.(type) {
			case *pyast.Import:
				for _, a := range n.Names {
					names = append(names, a.Name.Name)
				}
			case *pyast.ImportFrom:
				names = append(names, n.Module.Name)
				for _, a := range n.Names {
					names = append(names, n.Module.Name+"."+a.Name.Name)
				}
			case pyast.Expr:
				return false
			}
			return true
		})
	}
	return names
}

// whyNot is what forbids a memo, whatever later cells do. What a hit makes again forbids nothing.
func whyNot(g *deps.Graph, c *deps.Cell, again *again) []reason {
	var reasons []reason
	for _, r := range g.Memoizable(c.Index) {
		text := r.Text
		switch r.Code {
		case deps.ReasonTopLevelAwait, deps.ReasonNothingToStore, deps.ReasonDeletesGlobal, deps.ReasonShownResult, deps.ReasonPartsAliases:
			continue
		case deps.ReasonLiveImport:
			if r.Name != "*" && again.makes(r.Name) {
				continue
			}
			text = "a hit would not repeat the import of " + r.Name
			if r.Name == "*" {
				text = "what names the star import binds is not known"
			}
		case deps.ReasonLiveDefinition:
			if again.makes(r.Name) {
				continue
			}
			text = "a hit would not repeat the definition of " + r.Name
		case deps.ReasonOpaqueOutput:
			text = r.Name + " can't be stored"
		}
		line, _ := c.Summary.File.Position(r.Pos)
		reasons = append(reasons, reason{r.Code, line, r.Name, text})
	}
	return reasons
}

func list(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}
