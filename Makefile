# Every entry to this project. The work is in scripts/; `make` alone lists what there is.
.DEFAULT_GOAL := help
# Most tests wait for audio to play, so two at a time; those marked `alone` measure, and come after the others.
PYTEST := .venv/bin/python -m pytest
NONE_CHOSEN := [ $$? = 5 ]  # what ARGS chose may all be in the other half
.PHONY: run demo setup test check soak bench clean help

run: ## install what it needs and start sayso in the foreground (the demo where there is no microphone or desktop)
	@scripts/setup.sh run
	@exec .venv/bin/sayso run --or-demo

demo: ## a spoken sample through the live flow, on the terminal
	@scripts/setup.sh run
	@exec .venv/bin/sayso demo

setup: ## everything that running, training and testing need; quick when nothing changed
	@scripts/setup.sh all

test: setup ## all tests, the slow ones in reduced form (ARGS="-k ring" passes options to pytest)
	@$(PYTEST) -m "not soak and not alone" -n 2 --dist loadfile $(ARGS) || $(NONE_CHOSEN)
	@$(PYTEST) -m "not soak and alone" $(ARGS) || $(NONE_CHOSEN)

soak: setup ## the slow tests whole; an hour each is allowed
	@$(PYTEST) -m soak -o timeout=3600 $(ARGS)

check: setup ## ruff, mypy, import-linter
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup ## print the figures
	@.venv/bin/python benchmarks/run.py $(ARGS)

clean: ## take away .venv and what the tools left
	rm -rf .venv .setup-log .setup-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile
