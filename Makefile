# Two commands do everything on a fresh machine with Python 3.11+ and make:
#   make demo   set up, validate, plan, apply and plan again on the embedded Cognito
#   make test   lint, types, import contracts and all tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
POOLCTL := $(BIN)/poolctl
STAMP := $(VENV)/.installed
DEMO := .poolctl-local/demo
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint types contracts unit setup golden lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "poolctl needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(STAMP)
	@rm -rf $(DEMO)
	@echo '--- poolctl validate pools/'
	@$(POOLCTL) validate pools/
	@echo '--- poolctl --local plan pools/'
	@$(POOLCTL) --local=$(DEMO) plan pools/
	@echo '--- poolctl --local apply pools/ --yes'
	@$(POOLCTL) --local=$(DEMO) apply pools/ --yes
	@echo '--- poolctl --local plan pools/ --detailed-exitcode    (nothing left to do)'
	@$(POOLCTL) --local=$(DEMO) plan pools/ --detailed-exitcode

test: lint types contracts unit

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP)
	$(BIN)/python -m pytest -n 2

golden: $(STAMP) ## rewrite the expected outputs after a wanted change; read the diff before you commit it
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -n 2

lock: ## write constraints.txt anew from the newest versions that fit
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable | sort -f > constraints.txt
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .poolctl-local .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist *.egg-info
