# make demo      the sample CRM with planted faults, checked; says what to open
# make test      the quick tests
# make test-all  all tests, on Spark too where there is Java
# make lint      style, types, layers
# make clean     remove what the others made
#
# Needs Python 3.11 or newer, and make; everything else goes into $(VENV).

VENV ?= .venv
DEMO ?= build/demo
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock

# The first Python that is new enough and can make environments.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo $$p && break; done)

.PHONY: demo test test-all lint clean
.DELETE_ON_ERROR:

# Exit code 1 means findings, which is what the sample is made for.
demo: $(VENV)/.run
	@$(BIN)/dq demo $(DEMO) || test $$? -eq 1

test: $(VENV)/.dev
	$(BIN)/python -m pytest -m "not slow and not spark"

# Kills, crashes and random inputs by their full count; make test does a few of each.
test-all: export DQ_PROFILE := full
test-all: $(VENV)/.all
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/.made:
ifeq ($(strip $(PYTHON)),)
	@echo "No Python 3.11 or newer with the venv module was found." >&2
	@echo "Install one (Debian and Ubuntu: apt-get install python3 python3-venv)," >&2
	@echo "or name yours: make PYTHON=/path/to/python3." >&2
	@exit 1
else
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
endif

$(VENV)/.run: $(VENV)/.made pyproject.toml requirements.lock
	$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml requirements.lock
	$(PIP_INSTALL) -e '.[dev,postgres,mysql]'
	@touch $@ $(VENV)/.run

$(VENV)/.all: $(VENV)/.made pyproject.toml requirements.lock
	$(PIP_INSTALL) -e '.[dev,spark,postgres,mysql]'
	@touch $@ $(VENV)/.run $(VENV)/.dev
