package lsp

// Completion in headers.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// completion completes headers: the options, and in their lists the names that belong there
// first, others that there are behind them.
func (s *server) completion(p *documentPosition) (any, *responseError) {
	list := []object{}
	nb, loaded, index, unit := s.find(p.TextDocument.URI)
	if loaded == nil || unit < 0 {
		return list, nil
	}
	text := nb.cells[index].text
	offset := s.encoding.offset(text, p.Position)
	start := strings.LastIndexAny(text[:offset], "\r\n") + 1
	before := text[start:offset]
	if strings.TrimSpace(text[:start]) != "" || !strings.HasPrefix(strings.TrimLeft(before, " \t"), header.Prefix) {
		return list, nil
	}
	line := strings.TrimRight(text[start:ipynb.LineEnd(text, start)], "\r\n")
	option, listed := openList(before)
	const variable, keyword = 6, 14
	if option == "" {
		for _, o := range [...][2]string{
			{"input=", "what the cell reads, separated by commas"}, {"output=", "what the cell leaves for later cells"},
			{"always=True", "store it however quick it was"}, {"key=", "a name that keeps its memos apart"},
		} {
			name, _, _ := strings.Cut(o[0], "=")
			if !strings.Contains(line, " "+name+"=") {
				list = append(list, object{"label": o[0], "kind": keyword, "detail": o[1]})
			}
		}
		return list, nil
	}
	wanted, others := candidates(loaded, unit, option)
	for i, name := range slices.Concat(wanted, others) {
		if slices.Contains(listed, name) {
			continue
		}
		item := object{"label": name, "kind": variable, "sortText": fmt.Sprintf("%04d", i)}
		if i < len(wanted) {
			item["detail"] = map[string]string{"input": "the cell reads it", "output": "a later cell reads it"}[option]
		}
		list = append(list, item)
	}
	return list, nil
}

// openList is the option whose list the text ends in, with the items that stand before its last.
func openList(before string) (option string, listed []string) {
	word := before[strings.LastIndexAny(before, " \t")+1:]
	option, items, ok := strings.Cut(word, "=")
	if !ok || option != "input" && option != "output" {
		return "", nil
	}
	listed = strings.Split(items, ",")
	return option, listed[:len(listed)-1]
}

// candidates are the names that an option should list, and those that it might.
func candidates(nb *load.Notebook, unit int, option string) (wanted, others []string) {
	g := nb.Graph
	if option == "output" {
		out := g.Outputs(unit)
		return out.Live, without(out.All, out.Live)
	}
	wanted = g.Inputs(unit)
	seen := slices.Clone(wanted)
	for i := unit - 1; i >= 0; i-- {
		for _, b := range g.Cells[i].Bound {
			if !b.Import && !b.Opaque && !slices.Contains(seen, b.Name) {
				seen = append(seen, b.Name)
				others = append(others, b.Name)
			}
		}
	}
	return wanted, others
}

func without(list, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return slices.Contains(taken, x) })
}
