# Two commands matter: `make demo` and `make test`. Both need nothing but Python 3.11 or newer.
PYTHON ?= python3
PORT ?= 8000
# Processes of one test run; 0 runs the tests in one.
WORKERS ?= 2
BIN := .venv/bin
CODE := governance integrations portal

.PHONY: demo answers up test lint types format journeys peers chaos prove compared bench bench-firm runtime dev clean-demo

# Builds .venv and installs a lock file, and does so again only when that lock file has changed.
define install
	@test -x $(BIN)/python || { \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }; \
	  echo "Making .venv"; $(PYTHON) -m venv .venv; }
	@cmp -s requirements/$(1).txt .venv/installed-$(1).txt || { \
	  echo "Installing requirements/$(1).txt (once)"; \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes \
	    -r requirements/$(1).txt && cp requirements/$(1).txt .venv/installed-$(1).txt; }
endef

runtime:
	$(call install,runtime)

dev:
	$(call install,dev)
	@cp requirements/runtime.txt .venv/installed-runtime.txt  # its pins are the same

demo: runtime  ## a whole firm with its systems; PORT= chooses the port
	@exec $(BIN)/python -m portal.demo --port $(PORT)

answers: runtime  ## starts the firm afresh and compares what it finds with what was planted
	@CONCORDAT_VAR="$$(mktemp -d)" $(BIN)/python -m portal.demo --port $(PORT) --answers

up: runtime  ## an empty portal
	@exec $(BIN)/python manage.py up --port $(PORT)

test: dev  ## the suite on SQLite, or on what DATABASE_URL names
	$(BIN)/python -m pytest -n $(WORKERS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check $(shell find templates -name "*.html")
	$(BIN)/lint-imports

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade $(shell find templates -name "*.html")

types: dev
	$(BIN)/mypy $(CODE)

journeys: dev  ## a browser walks through the demo; screenshots in var/screenshots/
	$(BIN)/python -m pytest tests/journeys

peers: dev  ## real systems in their own environments under var/
	$(BIN)/python tests/peers/setup.py
	$(BIN)/python -m pytest tests/peers

chaos: dev  ## kills at every named point; the ledger must neither lose nor double
	$(BIN)/python -m pytest tests/chaos -n $(WORKERS)

prove: dev  ## long searches for counterexamples
	$(BIN)/python -m pytest tests/prove

compared: dev  ## this engine beside other tools, on the cases in CASES=
	$(BIN)/python tests/prove/compatibility/compare_with_peers.py --cases $(CASES) > var/compared.md
	mv var/compared.md docs/compatibility/compared.md

bench: dev  ## prints records per second and page times
	$(BIN)/python -m tests.bench.ingest
	$(BIN)/python -m tests.bench.pages

bench-firm: dev  ## what each page costs at the size of the sample firm in COPY, a copy of var/demo
	CONCORDAT_VAR=$(COPY) $(BIN)/python -m tests.bench.sample

clean-demo:  ## forget the sample firm
	rm -rf var/demo
