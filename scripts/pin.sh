#!/bin/sh
# Writes constraints.txt anew: the newest versions that fit pyproject.toml, with every extra, on Python 3.11 and up.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$(scripts/find-python.sh)" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet uv

# Held back on purpose. torch: some indexes offer this version built without CUDA, which saves gigabytes.
echo 'torch==2.13.0' > "$scratch/held"
# What the set-up itself installs: pip, and what builds sayso.
printf '%s\n' pip hatchling editables > "$scratch/setup"

# One version for every Python (fewest), and Linux only: the other platforms' lines and all conditions go.
"$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
    --all-extras --no-annotate --no-header --constraint "$scratch/held" pyproject.toml "$scratch/setup" \
    -o "$scratch/pins"
{
    echo '# Everything that any of the extras installs, pinned. Made by scripts/pin.sh.'
    grep -v "== 'win32'\|== 'emscripten'\|== 'darwin'" "$scratch/pins" | sed 's/ ;.*//'
} > constraints.txt
