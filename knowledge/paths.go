package knowledge

// Keys of the YAML files that stand for several paths.

import (
	"fmt"
	"strings"
)

// maxExpansion bounds the paths that one key stands for.
const maxExpansion = 4096

// Paths returns the paths that the key of a library's entry stands for. A group in braces stands
// for each of its words: "{DataFrame,Series}.{head,tail}" is four paths. The key "." is the library.
func Paths(library, key string) ([]string, error) {
	paths := []string{library + "."}
	if key == "." {
		paths, key = []string{library}, ""
	}
	for rest := key; rest != ""; {
		plain, group, found := strings.Cut(rest, "{")
		words := []string{""}
		if found {
			var inside string
			if inside, rest, found = strings.Cut(group, "}"); !found {
				return nil, fmt.Errorf("a brace is not closed")
			}
			words = strings.Split(inside, ",")
		} else {
			rest = ""
		}
		if len(paths)*len(words) > maxExpansion {
			return nil, fmt.Errorf("it stands for more than %d paths", maxExpansion)
		}
		next := make([]string, 0, len(paths)*len(words))
		for _, p := range paths {
			for _, w := range words {
				next = append(next, p+plain+strings.TrimSpace(w))
			}
		}
		paths = next
	}
	for _, p := range paths {
		if !isPath(p) {
			return nil, fmt.Errorf("%q is no dotted path", p)
		}
	}
	return paths, nil
}

// isPath reports whether p is identifiers with dots between them; the last may be a "*".
func isPath(p string) bool {
	if p = strings.TrimSuffix(p, ".*"); p == "" {
		return false
	}
	for part := range strings.SplitSeq(p, ".") {
		if !isIdentifier(part) {
			return false
		}
	}
	return true
}
