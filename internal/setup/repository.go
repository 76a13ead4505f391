package setup

// The repository that a project lies in: its root, its main branch, and what of it keeps memos or durations out.

import (
	"os"
	"path/filepath"
	"strings"
)

// rootOf is the folder of the repository that a folder lies in, the folder itself outside of one.
func rootOf(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for d := abs; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if filepath.Dir(d) == d {
			return abs
		}
	}
}

// relative is the path from one folder to another.
func relative(from, to string) string {
	absFrom, err1 := filepath.Abs(from)
	absTo, err2 := filepath.Abs(to)
	rel, err := filepath.Rel(absFrom, absTo)
	if err1 != nil || err2 != nil || err != nil {
		return "."
	}
	return rel
}

// mainBranch is the branch that others start from: the one that the remote says, else main or master if there is one,
// else the one that is checked out.
func mainBranch(root string) string {
	git := filepath.Join(root, ".git")
	if name, ok := refIn(filepath.Join(git, "refs", "remotes", "origin", "HEAD"), "refs/remotes/origin/"); ok {
		return name
	}
	packed, _ := os.ReadFile(filepath.Join(git, "packed-refs"))
	for _, name := range []string{"main", "master"} {
		if _, err := os.Stat(filepath.Join(git, "refs", "heads", name)); err == nil || strings.Contains(string(packed), " refs/heads/"+name+"\n") {
			return name
		}
	}
	if name, ok := refIn(filepath.Join(git, "HEAD"), "refs/heads/"); ok {
		return name
	}
	return "main"
}

// refIn is the name in a file that refers to another ref: "ref: refs/heads/main".
func refIn(file, prefix string) (string, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(string(text), "ref:")), prefix)
}

// notes says what in the repository works against memos that are shared.
func notes(root string) []string {
	var list []string
	for line := range strings.Lines(read(root, ".gitignore")) {
		if strings.Trim(strings.TrimSpace(line), "/*") == "xmemo" {
			list = append(list, "note: .gitignore leaves xmemo/ out: commit it if others are to have the memos")
		}
	}
	if strings.Contains(read(root, ".gitattributes")+read(root, ".pre-commit-config.yaml")+read(root, ".git/config"), "nbstripout") {
		list = append(list, "note: nbstripout takes recorded durations and outputs out of what is committed: run annotate before you commit, in CI it can't tell which cells are slow")
	}
	return list
}

func read(root, name string) string {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return ""
	}
	return string(text)
}
