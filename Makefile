# make demo    annotate a notebook that ships with the project, and show the diff
# make test    everything, on a fresh machine with Go and Python 3.9 or newer
# make build   ./xetmemo-lint
# make bench   speed and memory
# make runtime-bench  the runtime's hashing, storing and calls beside pickle, joblib and diskcache; installs from PyPI
# make lsp-bench  latency and memory of the language server
# make vscode  the VS Code extension, checked, tested and packaged as dist/xetmemo.vsix; needs npm, installs from it
# make vscode-test  the extension in a real VS Code (code-server, Chromium); installs 900 MB from npm; needs /usr/bin/chromium or CHROMIUM, a C++
#                   compiler, and Debian's libkrb5-dev libx11-dev libxkbfile-dev libsecret-1-dev pkg-config or what is like them
# make install both Python packages into $(PYTHON), python3 unless set: make install PYTHON=.venv/bin/python
# make wheels  the wheels of both Python packages, in dist/, for this system; make wheels-all for each
# make wheels-test  both installed into a fresh environment, which memoizes a notebook; installs from PyPI
# make hooks-test  real pre-commit, pip, ruff and black on scratch repositories; installs from PyPI
# make migrate-test  notebooks of ipython-cache, cache-magic and ipycache, before and after migrate; installs from PyPI
# make knowledge-check  library entries against the libraries themselves; installs from PyPI, needs CPython 3.11
# make replay  published notebooks with and without memos; wants a folder of notebooks, XETMEMO_CORPUS
# make fuzz    every fuzz target, FUZZTIME each
# make runtime-fuzz  random notebooks with memos and without; FUZZ_SEEDS says which, FUZZ_MODE=auto runs them without headers

PYTHON ?= python3
FUZZTIME ?= 1m
# Of the linter, the runtime and the extension.
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' runtime-py/xetcache/__init__.py)
FUZZ_SEEDS ?= 0:300
FUZZ_MODE ?=
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0
VENV = .venv
VENV_PYTHON = $(VENV)/bin/python
TRACER = .venv-tracer
VSCODE = editors/vscode
# What the tests of make test did, for its closing line.
RAN = .ran

REPLAY = .venv-replay
RUNTIME_BENCH = .venv-bench
XETMEMO_CORPUS ?= ../shared/corpus

.PHONY: demo build test check go-test py-test lsp-test lsp-bench runtime-bench soundness replay bench fuzz runtime-fuzz clean install wheels wheels-all wheels-test migrate-test hooks-test knowledge-check vscode vscode-test

# It exits with 1 where there is something to change, as there is here.
demo: build
	@./xetmemo-lint annotate --diff testdata/notebooks/demo.ipynb || test $$? -eq 1

build:
	go build -ldflags '-X main.release=v$(VERSION)' -o xetmemo-lint ./cmd/xetmemo-lint

# The closing line counts the tests that didn't run, by what they lacked.
test: check go-test py-test lsp-test soundness
	@go run ./internal/needs/tally close $(RAN)

check:
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "gofmt -w is due: $$files"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

# The tests that compare with Python use $(VENV). With a corpus, on a busy machine, Go's ten minutes a package are too few.
go-test: $(VENV)/done
	@mkdir -p $(RAN)
	go test -timeout 30m -json ./... | go run ./internal/needs/tally go $(RAN)/go

py-test: build $(VENV)/done
	cd runtime-py && ../$(VENV_PYTHON) -m pytest -q --junitxml=../$(RAN)/runtime.xml

$(VENV)/done: runtime-py/requirements-test.txt editors/tests/requirements.txt runtime-py/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -r runtime-py/requirements-test.txt -r editors/tests/requirements.txt -e runtime-py
	touch $@

# The language server with a client that isn't ours.
lsp-test: build $(VENV)/done
	$(VENV_PYTHON) -m pytest -q --junitxml=$(RAN)/editors.xml editors/tests

# From a keystroke to its findings, for notebooks of 30, 300 and 3,000 cells; memory after 10,000 edits.
lsp-bench:
	go test -run '^$$' -bench 'Keystroke' -benchtime 300x ./internal/lsp
	go test -run '^$$' -bench 'Hour' -benchtime 1x ./internal/lsp

# Random notebooks: what running them shows must not be missing from what analyze says. The
# tracer is the oracle's, which needs IPython 8 on CPython 3.11; the kept cases need no tracer. On
# Python 3.9 none of the fuzzer's own tests runs, which pytest tells by 5.
soundness: build $(TRACER)/done
	$(TRACER)/bin/python -m pytest -q --junitxml=$(RAN)/fuzz.xml testdata/fuzz || test $$? -eq 5
	$(TRACER)/bin/python testdata/fuzz/soundness.py --tool ./xetmemo-lint --replay --seeds 0:300 --not-run $(RAN)/soundness

$(TRACER)/done: testdata/fuzz/requirements.txt
	$(PYTHON) -m venv $(TRACER)
	$(TRACER)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Every notebook of a folder that runs to its end: the same values and output with memos as without,
# cold and warm. It takes an hour for 150 notebooks, and CPython 3.11; started again, it goes on where it stopped.
replay: build $(REPLAY)/done
	$(REPLAY)/bin/python runtime-py/replay/replay.py $(XETMEMO_CORPUS)/dev --truth $(XETMEMO_CORPUS)/truth --lint ./xetmemo-lint --jobs 2 --partly --out $(REPLAY)/report.jsonl

$(REPLAY)/done: runtime-py/replay/requirements.txt
	$(PYTHON) -m venv $(REPLAY)
	$(REPLAY)/bin/python -m pip install --quiet --disable-pip-version-check -r $< -e runtime-py
	touch $@

# The table in docs/runtime.md. It takes a quarter of an hour, and CPython 3.11 or newer.
runtime-bench: $(RUNTIME_BENCH)/done
	$(RUNTIME_BENCH)/bin/python runtime-py/bench/speed.py

$(RUNTIME_BENCH)/done: runtime-py/bench/requirements.txt
	$(PYTHON) -m venv $(RUNTIME_BENCH)
	$(RUNTIME_BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -r $< -e runtime-py
	touch $@

# Random notebooks that must show with memos what they show without: runtime-py/fuzz. Two seconds a notebook; what fails is made
# small and left in .fuzz.
runtime-fuzz: build $(VENV)/done
	$(VENV_PYTHON) runtime-py/fuzz/fuzz.py --seeds $(FUZZ_SEEDS) $(if $(FUZZ_MODE),--mode $(FUZZ_MODE)) --jobs 2 --keep .fuzz

# Writes knowledge/CHECKED.md, and fails when an entry is wrong. It takes a quarter of an hour.
knowledge-check: .venv-knowledge/done
	.venv-knowledge/bin/python knowledge/check/check.py

.venv-knowledge/done: knowledge/check/requirements.txt
	$(PYTHON) -m venv .venv-knowledge
	.venv-knowledge/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

bench:
	go test -run '^$$' -bench . -benchmem ./...

fuzz:
	@grep -rlE --include='*_test.go' '^func Fuzz' . | while read -r file; do \
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/p' "$$file"); do \
			echo "$$(dirname "$$file") $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
		done; \
	done

# The extension is built with a Node of its own, which npm has: Debian's is too old. It is the one for Linux on x86-64.
vscode: $(VSCODE)/node/done $(VSCODE)/node_modules/done
	mkdir -p dist
	export PATH="$(CURDIR)/$(VSCODE)/node/node_modules/.bin:$$PATH" && cd $(VSCODE) && npm run check && npm test && npm run package

# Pictures of what was seen are left in $(VSCODE)/scenario/.run/pictures.
vscode-test: build vscode $(VSCODE)/scenario/node_modules/done
	$(VSCODE)/node/node_modules/.bin/node $(VSCODE)/scenario/run.mjs

$(VSCODE)/node/done: $(VSCODE)/node/package-lock.json
	npm ci --prefix $(VSCODE)/node --loglevel error
	touch $@

$(VSCODE)/node_modules/done: $(VSCODE)/package-lock.json $(VSCODE)/node/done
	PATH="$(CURDIR)/$(VSCODE)/node/node_modules/.bin:$$PATH" npm ci --prefix $(VSCODE) --loglevel error
	touch $@

$(VSCODE)/scenario/node_modules/done: $(VSCODE)/scenario/package-lock.json $(VSCODE)/node/done
	$(VSCODE)/scenario/install.sh
	touch $@

wheels:
	$(PYTHON) packaging/wheels.py dist native

wheels-all:
	$(PYTHON) packaging/wheels.py dist all

# What is installed of the same version is replaced, too.
install: wheels
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --find-links dist xetcache==$(VERSION)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-index --find-links dist --force-reinstall --no-deps xetcache==$(VERSION) xetmemo-lint==$(VERSION)
	@$(PYTHON) -m xetcache.cli version

# Notebooks of other packages, migrated, against those packages; installs from PyPI.
migrate-test: build
	$(PYTHON) packaging/migrate_test.py

wheels-test:
	$(PYTHON) packaging/wheels_test.py

hooks-test:
	$(PYTHON) packaging/hooks_test.py
	$(PYTHON) packaging/team_test.py

clean:
	rm -rf dist $(RAN) $(VSCODE)/dist $(VSCODE)/scenario/.run $(VENV) $(TRACER) $(REPLAY) $(RUNTIME_BENCH) .venv-knowledge xetmemo-lint
