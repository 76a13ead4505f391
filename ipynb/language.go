package ipynb

// The language of a notebook, and of a cell.

import "strings"

// readLanguages finds the notebook's language: by metadata.language_info, which
// the kernel wrote; by the kernelspec; by the code cells of nbformat 3. A
// notebook that says nothing is in Python. Then it leaves a language to those
// cells alone that differ.
func (nb *Notebook) readLanguages() {
	info := member(nb.Src, nb.metadata, "language_info")
	spec := member(nb.Src, nb.metadata, "kernelspec")
	nb.LanguageVersion = decoded(nb.Src, member(nb.Src, info, "version"))
	candidates := [...]string{
		languageName(decoded(nb.Src, member(nb.Src, info, "name"))),
		languageName(decoded(nb.Src, member(nb.Src, spec, "language"))),
		kernelLanguage(decoded(nb.Src, member(nb.Src, spec, "name"))),
		nb.oldCellLanguage(),
		"python",
	}
	for _, name := range candidates {
		if name != "" {
			nb.Language = name
			break
		}
	}
	for i := range nb.Cells {
		c := &nb.Cells[i]
		if c.Language == "" && c.Kind == Code && nb.Format < 4 {
			c.Language = languageName(decoded(nb.Src, nb.layouts[i].language))
		}
		if c.Language == nb.Language {
			c.Language = ""
		}
	}
}

// oldCellLanguage is the language of the first code cell that names one, in
// nbformat 2 and 3.
func (nb *Notebook) oldCellLanguage() string {
	if nb.Format >= 4 {
		return ""
	}
	for i := range nb.layouts {
		if name := languageName(decoded(nb.Src, nb.layouts[i].language)); name != "" && nb.Cells[i].Kind == Code {
			return name
		}
	}
	return ""
}

// languageName brings the spellings of a language to one.
func languageName(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	switch {
	case strings.HasPrefix(name, "ipython"), name == "python2", name == "python3":
		return "python"
	case name == "csharp":
		return "c#"
	case name == "fsharp":
		return "f#"
	case name == "pwsh":
		return "powershell"
	}
	return name
}

// kernelLanguage tells the language by a kernel's name, "" when the name is not
// that of a well-known kernel: most names are those of somebody's environment.
func kernelLanguage(kernel string) string {
	kernel = strings.ToLower(kernel)
	for _, k := range knownKernels {
		if kernel == k.name || k.prefix && strings.HasPrefix(kernel, k.name) {
			return k.language
		}
	}
	return ""
}

var knownKernels = []struct {
	name     string
	prefix   bool // the name goes on with a version or an environment
	language string
}{
	{"python", true, "python"},
	{"ipython", true, "python"},
	{"xpython", true, "python"},
	{"pyspark", true, "python"},
	{"sagemath", true, "python"},
	{"ir", false, "r"},
	{"r", false, "r"},
	{"xr", false, "r"},
	{"julia", true, "julia"},
	{".net-csharp", false, "c#"},
	{".net-fsharp", false, "f#"},
	{".net-powershell", false, "powershell"},
	{"bash", false, "bash"},
	{"clojure", true, "clojure"},
	{"deno", false, "typescript"},
	{"gophernotes", false, "go"},
	{"ihaskell", false, "haskell"},
	{"iruby", false, "ruby"},
	{"ruby", false, "ruby"},
	{"ruby3", false, "ruby"},
	{"ijava", false, "java"},
	{"java", false, "java"},
	{"javascript", false, "javascript"},
	{"jslab", false, "javascript"},
	{"tslab", false, "typescript"},
	{"kotlin", false, "kotlin"},
	{"matlab", true, "matlab"},
	{"octave", false, "octave"},
	{"rust", false, "rust"},
	{"scala", true, "scala"},
	{"spylon-kernel", false, "scala"},
	{"spark", false, "scala"},
	{"sql", false, "sql"},
	{"xcpp", true, "c++"},
	{"xsqlite", false, "sql"},
}
