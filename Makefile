# The two commands a newcomer needs: `make demo` and `make test`. Each target makes .venv and installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WEIGHTS := data/musicnn.npz
PACKAGES := bot catalog recommender sandbox scheduler storage
SEED ?= 7
SEEDS ?= 10
# Most tests wait for sockets and processes more than they count: more workers than cores.
WORKERS ?= 4

.DEFAULT_GOAL := help
.PHONY: help demo demo-seeds run link audio test check lint format docs gallery bench eval clean

help:  ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Installing into $(VENV) (a minute, once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Everything works without the weights, so a machine that cannot have them goes on.
$(WEIGHTS): | $(STAMP)
	@$(BIN)/tastebud audio install || true

audio: $(WEIGHTS)  ## Fetch the network that hears previews (29 MB, once; run and test do so too).

demo: $(STAMP)  ## Play four weeks of a small community on loopback, no account needed.
	@$(BIN)/tastebud demo --seed $(SEED) $(ARGS)

demo-seeds: $(STAMP)  ## Play the demo with ten seeds and check what it claims.
	@$(BIN)/python -m sandbox.demo.seeds --seeds $(SEEDS)

run: $(STAMP) $(WEIGHTS)  ## Run the bot with config.toml and .env.
	@$(BIN)/tastebud run

link: $(STAMP)  ## Link the Spotify account that owns the playlists.
	@$(BIN)/tastebud link

lint: $(STAMP)  ## Formatting, lint, strict typing and the direction of imports.
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

check: lint $(WEIGHTS)  ## All of lint, then the tests with their coverage.
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal --cov --cov-report=term:skip-covered --quiet $(ARGS)

test: check  ## The same: everything that must hold.

format: $(STAMP)  ## Put the code into its form.
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

docs: $(STAMP)  ## Write config.toml, .env.example, the README's settings and docs/commands.md anew from the code.
	@$(BIN)/python -m bot.config_text
	@$(BIN)/python -m bot.commands_text

gallery: $(STAMP)  ## Draw every picture and page into docs/gallery, to be looked at.
	@$(BIN)/python -m tests.gallery

bench: $(STAMP)  ## Measure speed, as ratios in one run.
	@$(BIN)/python -m benchmarks

# LightGBM and XGBoost are opponents and no part of the product, so they are installed here alone.
eval: $(STAMP)  ## Judge the taste model on the real feedback in ../shared/data, beside what else could be used.
	@$(BIN)/python -c 'import lightgbm, xgboost' 2> /dev/null || \
		$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@$(BIN)/python -m benchmarks.taste $(ARGS)

clean:  ## Remove what was made, but not the database.
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
