# Commands for those who work on beachhead. `just` without a name lists them.

python := ".venv/bin/python"

[private]
default:
    @just --list

# Make the environment with everything that development needs
setup:
    python3 -m venv .venv
    {{python}} -m pip install --quiet --upgrade "pip>=25.1"
    {{python}} -m pip install --quiet --editable ".[refresh,build]" --group dev

# Run beachhead: just run plan examples/kenya_coffee.toml
run *arguments:
    .venv/bin/beachhead {{arguments}}

# Run the tests: just test, or just test tests/select -x
test *arguments:
    {{python}} -m pytest {{arguments}}

# Style and types
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy --strict src

# Write the reference pages and the tutorial's outputs anew, then build the site into site/
docs:
    {{python}} docs/make_reference.py
    {{python}} docs/make_tutorial.py
    .venv/bin/mkdocs build --strict

# Measure speed and memory beside named peers; writes bench/results.md and the table in README.md
bench:
    {{python}} bench/all.py --write

# Build the snapshot from a folder of raw files, then the page of licences
build-snapshot raw:
    .venv/bin/beachhead evidence build {{raw}}
    {{python}} -m beachhead.evidence.build.licences
