# linkkit: every target sets up what it needs. `make help` lists them.
#
# The environment is .venv, made from the pinned requirements files. A stamp inside it is written only after a complete
# installation and taken away before the next one begins: an environment without a stamp was interrupted (or moved, or made
# by hand) and is made anew.

PYTHON ?= python3
PIP_FLAGS ?=
ARGS ?=
URL ?=
CLIENT ?=

VENV := .venv
PY := $(VENV)/bin/python
RUN := $(VENV)/.linkkit-run
TEST := $(VENV)/.linkkit-test

# Passed through the environment, never pasted into a command line: & ? ' and $ in an address stay what they are.
export AUDIT_URL := $(value URL)
export AUDIT_CLIENT := $(value CLIENT)

# A .venv that was copied from elsewhere, or whose Python is gone, is no environment, whatever its stamps say.
OURS := $(shell [ "$$(cat $(VENV)/.linkkit-home 2>/dev/null)" = "$$(pwd -P)" ] && $(PY) -c 'import pip' 2>/dev/null && echo yes)
ifneq ($(OURS),yes)
$(shell rm -f $(RUN) $(TEST))
endif

# $(call install,requirements file,stamps to write)
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "linkkit needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)."; \
	  echo "Install a newer one, or name it: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; } >&2
	@if [ ! -f $(RUN) ]; then \
	  echo "Making $(VENV) with $$($(PYTHON) --version) ..."; \
	  $(PYTHON) -m venv --clear $(VENV) || { \
	    echo "$(PYTHON) could not make $(VENV). On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	fi
	@rm -f $(RUN) $(TEST)
	@echo "Installing from $(1) (a few minutes the first time) ..."
	@$(PY) -m pip install --disable-pip-version-check $(PIP_FLAGS) -r $(1)
	@$(PY) -m pip install --disable-pip-version-check $(PIP_FLAGS) --quiet --no-deps --editable .
	@pwd -P > $(VENV)/.linkkit-home
	@touch $(2)
endef

.NOTPARALLEL:
.PHONY: help audit lab test coverage mutants fuzz bench test-versions test-lowest audit-dependencies lint format docs faults translations requirements requirements-check setup setup-test clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make audit URL='https://client.example/' CLIENT=name    audits a real site into clients/name/"
	@echo "  ARGS='...' is handed on to linkkit (audit, lab) or pytest (test, coverage)."

audit: $(RUN) ## audit the sample site, or URL= as CLIENT=
	@set --; \
	if [ -n "$$AUDIT_URL" ]; then \
	  set -- audit --url "$$AUDIT_URL"; \
	  if [ -n "$$AUDIT_CLIENT" ]; then set -- "$$@" --client "$$AUDIT_CLIENT"; fi; \
	elif [ -n "$$AUDIT_CLIENT" ]; then \
	  set -- audit --client "$$AUDIT_CLIENT"; \
	else \
	  set -- demo; \
	fi; \
	exec $(PY) -m linkkit "$$@" $(ARGS)

lab: $(RUN) ## open JupyterLab on notebooks/00_start_here.ipynb
	@exec $(PY) -m linkkit start $(ARGS)

test: $(TEST) ## run every test, a file at a time on each core
	@exec $(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

coverage: $(TEST) ## run every test and tell the lines and branches of linkkit/ that none reached; fails under 95 %
	@exec $(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --cov --cov-report=term-missing $(ARGS)

mutants: $(TEST) ## put small faults into checks, metrics, plan and verdict, and tell those that no test notices (docs/mutation.md)
	@exec $(PY) -m tests.mutation $(ARGS)

fuzz: $(TEST) ## damaged and hostile files for every reader: INPUTS= of them each (2000); tells how many were read and refused, also in docs/limits.md
	@exec $(PY) -m tests.fuzz --write --inputs $(or $(INPUTS),2000) $(ARGS)

bench: $(TEST) ## measure against other ways to do it and write docs/benchmarks.md: SIZE=quick (10,000 pages), large, huge, growth or crawl
	@exec $(PY) -m tests.bench.suite $(or $(SIZE),quick) $(ARGS)

test-versions: $(TEST) ## a selection of tests in fresh environments, on every Python that is found (or PYTHONS='3.12 3.13')
	@exec tests/versions.sh pythons $(PYTHONS)

test-lowest: $(TEST) ## the same selection with the lowest versions that pyproject.toml allows
	@exec tests/versions.sh lowest

audit-dependencies: $(TEST) ## do the pins fit together, what are their licences, and, from the network, are faults of them known?
	@$(PY) -m pip check
	@$(PY) -m tests.licences
	@exec $(VENV)/bin/uv tool run pip-audit --requirement requirements.txt --no-deps --disable-pip

lint: $(TEST) ## format, lint, types, layer contract, notebooks stripped
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo
	@if [ -d notebooks ]; then \
	  echo "nbstripout --verify notebooks"; \
	  find notebooks -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' -exec $(VENV)/bin/nbstripout --verify {} +; \
	fi

format: $(TEST) ## bring code into the house format, strip notebooks
	$(PY) -m ruff format
	$(PY) -m ruff check --fix
	@if [ -d notebooks ]; then \
	  find notebooks -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' -exec $(VENV)/bin/nbstripout {} +; \
	fi

# --universal: one file for Linux, macOS and Windows. Pins already in the file are kept while they fit; UPGRADE=1 renews them.
COMPILE = $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --no-emit-index-url \
  --no-emit-find-links --custom-compile-command 'make requirements' $(if $(UPGRADE),--upgrade)

docs: $(RUN) ## write docs/client-settings.md anew from the settings that the code declares
	@$(PY) -c "from pathlib import Path; from linkkit.settings import settings_page; Path('docs/client-settings.md').write_text(settings_page(), 'utf-8')"

faults: $(TEST) ## provoke every fault of crawling and write docs/faults.md anew
	@LINKKIT_FAULT_TABLE=1 exec $(PY) -m pytest -q tests/crawl -k test_faults $(ARGS)

translations: $(RUN) ## bring linkkit/deck/locales/*.po up to date: new texts come in untranslated, texts that are gone go out
	@$(PY) -c "from linkkit.deck.catalog import update_translations; print(*update_translations(), sep='\n')"

requirements: $(TEST) ## compile requirements*.txt from pyproject.toml (UPGRADE=1 renews the pins)
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --extra test --constraint requirements.txt --output-file requirements-test.txt

requirements-check: $(TEST) ## are requirements*.txt what pyproject.toml asks for?
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	cp requirements.txt requirements-test.txt "$$folder" && \
	$(COMPILE) --output-file "$$folder/requirements.txt" >/dev/null && \
	$(COMPILE) --extra test --constraint requirements.txt --output-file "$$folder/requirements-test.txt" >/dev/null && \
	for name in requirements.txt requirements-test.txt; do \
	  diff -u $$name "$$folder/$$name" || { \
	    echo "$$name is not what pyproject.toml asks for: run 'make requirements' and commit the result." >&2; exit 1; }; \
	done && echo "requirements files match pyproject.toml"

setup: $(RUN) ## only make the environment

setup-test: $(TEST) ## only make the environment, test tools included

$(RUN): requirements.txt pyproject.toml
	$(call install,requirements.txt,$(RUN))

$(TEST): requirements-test.txt pyproject.toml
	$(call install,requirements-test.txt,$(RUN) $(TEST))

clean: ## remove the environment and caches; clients/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
