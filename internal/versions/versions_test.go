package versions

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMajor(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		want             int
	}{
		{"uv", "uv.lock", "version = 1\n\n[[package]]\nname = \"numpy\"\nversion = \"2.1.0\"\n\n[[package]]\nname = \"pandas\"\nversion = \"3.0.1\"\n", 3},
		{"poetry", "poetry.lock", "[[package]]\nname = \"pandas-stubs\"\nversion = \"9.0\"\n\n[[package]]\nname = \"pandas\"\nversion = \"2.2.3\"\n", 2},
		{"pipenv", "Pipfile.lock", `{"_meta": {"hash": {}}, "default": {"pandas": {"version": "==3.1.0"}}}`, 3},
		{"conda-lock", "conda-lock.yml", "package:\n- name: pandas\n  version: 2.2.0\n", 2},
		{"requirements", "requirements.txt", "numpy\npandas==3.1.1  # pinned\n", 3},
		{"extras", "requirements.txt", "pandas[excel] ~= 2.1\n", 2},
		{"only a bound", "requirements.txt", "pandas>=1.5\n", 0},
		{"another library", "requirements.txt", "pandas-datareader==3.0\ngeopandas==3.0\n", 0},
		{"conda", "environment.yml", "dependencies:\n  - python=3.11\n  - pandas=3.0\n", 3},
		{"pip in conda", "environment.yml", "dependencies:\n  - pip:\n    - pandas==2.0.1\n", 2},
		{"pyproject", "pyproject.toml", "[project]\ndependencies = [\"pandas==3.0.0\"]\n", 3},
		{"poetry's pyproject", "pyproject.toml", "[tool.poetry.dependencies]\npandas = \"^2.2\"\n", 2},
		{"virtual environment", ".venv/lib/python3.12/site-packages/pandas-3.0.2.dist-info/METADATA", "", 3},
		{"nothing", "README.md", "pandas==3\n", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			folder := filepath.Join(root, "notebooks", "deep")
			for path, text := range map[string]string{filepath.Join(root, test.file): test.text, filepath.Join(folder, "nb.ipynb"): ""} {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var f Finder
			if got := f.Major("pandas", folder, root); got != test.want {
				t.Errorf("major version %d, want %d", got, test.want)
			}
			if got := f.Major("pandas", folder, ""); got != 0 {
				t.Errorf("outside of a project: %d", got)
			}
		})
	}
}

// TestNearest holds that the nearest folder counts, and in it what is locked.
func TestNearest(t *testing.T) {
	root := t.TempDir()
	inner := filepath.Join(root, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(root, "requirements.txt"):  "pandas==3.0\n",
		filepath.Join(inner, "requirements.txt"): "pandas==1.5\n",
		filepath.Join(inner, "uv.lock"):          "name = \"pandas\"\nversion = \"2.2\"\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var f Finder
	if got := f.Major("pandas", inner, root); got != 2 {
		t.Errorf("major version %d, want that of the lock file beside it", got)
	}
}
