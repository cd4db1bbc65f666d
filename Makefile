# Everything works on a fresh machine with Python 3.11+ and make:
#   make demo     set up, then validate, apply, and plan to no changes on the embedded Cognito, and show the URLs
#   make demo-ui  the same pool on a server that stays up, with the address of its sign-in page
#   make quick    what to run while you write: lint, types, import contracts and the quick tests
#   make test     what CI runs: the same with all tests, and the floor of branch coverage
#   make test-long  before a release: every fault on every call, which writes docs/reliability.md, and the long search
#                 for pools and manifests that break a law; up to over two hours of CPU
#   make mutation  not part of make test: changes one thing at a time in what decides about writes, and counts the changes
#                 that no test notices; five minutes of CPU. docs/mutation.md says how to read it
#   make docs     write every generated file: docs/reference/, docs/coverage.md, docs/schema/
#   make docs-site  build the documentation site into build/site; warnings, and links that lead nowhere, are errors
#   make packages  install the packages of npm that read outputs and that sign in, a Rego interpreter and the AWS CLI, for
#                 the tests that are skipped without them
#   make pictures  take pictures of the sign-in pages into docs/images/sign-in, after make packages and with Chromium;
#                 look at them before you commit them
#   make golden   write expected outputs anew; read the difference before you commit it

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
POOLCTL := $(BIN)/poolctl
STAMP := $(VENV)/.installed
DEMO := .poolctl-local/demo
FIRST := pools/my-first-user-pool.yaml
TRY := --local=$(DEMO)
shown = @echo; echo '$$ poolctl $(1)'; $(POOLCTL) $(1)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The quick tests are these paths: no embedded Cognito, no subprocess to speak of. A test under one of them is to take
# less than a second of CPU; a slow one belongs elsewhere. All other tests are found by `make test` alone.
QUICK := tests/schemas tests/manifest tests/render tests/cloud tests/engine/test_kinds.py \
         tests/engine/test_merge_and_diff.py tests/engine/test_differ.py tests/engine/test_overlay.py \
         tests/engine/test_lowering.py tests/engine/test_guard.py tests/engine/test_planner_units.py \
         tests/engine/test_applier_units.py tests/engine/test_own_references.py tests/applications/test_known_pool.py tests/applications/test_urls.py \
         tests/applications/test_output_formats.py tests/applications/test_web_checks.py tests/people tests/notify \
         tests/security/test_members.py tests/security/test_rules.py tests/local/signin \
         tests/importing/cloudformation \
         tests/site/test_navigation.py tests/site/test_check.py tests/site/test_files.py \
         $(wildcard tests/test_*.py)
COV := --cov --cov-branch --cov-report= --hypothesis-profile=ci # derandomized, and without deadlines

.PHONY: demo demo-ui test test-long mutation quick lint types contracts unit unit-quick unit-slow coverage docs docs-site golden packages pictures setup lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "poolctl needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,docs]'
	@touch $@

demo: $(STAMP)
	@rm -rf $(DEMO)
	$(call shown,validate pools/)
	$(call shown,$(TRY) apply --quiet --yes $(FIRST))
	$(call shown,$(TRY) plan --detailed-exitcode $(FIRST))
	@echo; echo '# An application lets a user sign up, confirm with the code, and sign in:'
	@$(BIN)/python -m tools.walkthrough $(DEMO) us-west-2 MyFirstUserPool MyFirstUserPool
	$(call shown,$(TRY) users list $(FIRST))
	@echo; echo '# For an application in React:'
	$(call shown,$(TRY) outputs $(FIRST) --client MyFirstUserPool --format amplify)
	@echo; echo '# For an application in Flutter:'
	$(call shown,$(TRY) outputs $(FIRST) --client MyFirstUserPool --format amplify-dart)
	@echo; echo '# Where users sign in:'
	$(call shown,$(TRY) show pool $(FIRST))
	@printf '%s\n' '' 'Next, `make demo-ui` opens the sign-in page on this machine; or after `source $(BIN)/activate`:' \
	  '  poolctl init                           a few questions, and a manifest of your own' \
	  '  poolctl --local apply pools/           all examples, on the embedded Cognito' \
	  '  poolctl explain clients                every member, with its default and what it does' \
	  '  poolctl export --pool ID --to mine/    a pool of yours as a manifest; reads AWS, and never writes to it'

demo-ui: $(STAMP)
	@rm -rf $(DEMO)
	@$(POOLCTL) $(TRY) apply --quiet --yes $(FIRST)
	@$(BIN)/python -m tools.walkthrough $(DEMO) us-west-2 MyFirstUserPool MyFirstUserPool --stay

test: lint types contracts docs-site unit

test-long: $(STAMP)
	$(BIN)/python -m tests.faults --jobs 2 --write
	$(BIN)/python -m tests.laws --jobs 2 --seeds 20 --examples 500 --write

mutation: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,mutation]'
	rm -rf mutants
	$(BIN)/mutmut run --max-children 2
	$(BIN)/python -m tools.mutation

quick: lint types contracts unit-quick

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

unit: coverage unit-slow

unit-quick: $(STAMP)
	$(BIN)/python -m pytest $(QUICK)

unit-slow: $(STAMP)
	$(BIN)/python -m pytest -n 2 $(QUICK:%=--ignore=%)

# Python 3.11 and 3.12 measure branches by tracing, which doubles the time of what is measured. So the quick tests alone
# are measured; `make coverage QUICK=tests` measures all of them, for a person with time.
coverage: $(STAMP)
	$(BIN)/python -m pytest -n 2 $(COV) $(QUICK)
	$(BIN)/python -m tools.floors --coverage

docs: $(STAMP)
	$(BIN)/python -m tools.docs

docs-site: $(STAMP)
	$(BIN)/python -m tools.site

# The packages of npm that read what `poolctl outputs` writes, and those that sign in at the embedded Cognito, for tests
# that are skipped without them. Of client-config
# only the types are needed; installed as a tool it brings all of CDK along.
NPM := tests/applications/npm
CLIENTS := tests/local/npm
CONFIG := @aws-amplify/client-config
CONFIG_VERSION := 1.11.1
# The AWS CLI needs a botocore of its own, and so an environment of its own.
AWS_CLI := tests/local/.aws-cli
AWS_CLI_VERSION := 1.46.3

packages: $(STAMP)
	cd $(NPM) && npm ci --silent --ignore-scripts --no-audit --no-fund
	cd $(CLIENTS) && npm ci --silent --ignore-scripts --no-audit --no-fund
	mkdir -p $(NPM)/node_modules/$(CONFIG)
	cd $(NPM) && tar -xzf "$$(npm pack --silent $(CONFIG)@$(CONFIG_VERSION))" --strip-components=1 -C node_modules/$(CONFIG)
	rm -f $(NPM)/*.tgz
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[policy]'
	$(PYTHON) -m venv $(AWS_CLI)
	$(AWS_CLI)/bin/python -m pip install --quiet awscli==$(AWS_CLI_VERSION)

pictures: $(STAMP)
	rm -f docs/images/sign-in/*.png
	UPDATE_PICTURES=1 $(BIN)/python -m pytest tests/local/real/test_pictures.py

golden: $(STAMP)
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -n 2

lock: # writes constraints.txt anew from the newest versions that fit
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev,docs,mutation]'
	$(BIN)/python -m pip freeze --exclude-editable | sort -f > constraints.txt
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .poolctl-local .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage mutants build dist *.egg-info
