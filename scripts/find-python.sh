#!/bin/sh
# Prints the interpreter that .venv is made with, or says on stderr why there is none (status 1).
# $PYTHON is taken at its word; else the one .venv already has, python3, then the newest python3.N.
set -u

# Is it new enough, and can it make a .venv (Debian splits that off as python3-venv)?
# A shim, a link or a virtual environment answers with the interpreter behind it.
probe='
import os, sys
if sys.version_info < (3, 11):
    sys.exit("is %d.%d" % sys.version_info[:2] + "; sayso needs 3.11 or newer")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("cannot make a virtual environment (its venv or ensurepip module is missing)")
print(os.path.realpath(sys._base_executable))
'

if [ -n "${PYTHON:-}" ]; then
    if ! command -v "$PYTHON" >/dev/null; then
        echo "PYTHON=$PYTHON: no such command" >&2
        exit 1
    fi
    if ! answer=$("$PYTHON" -c "$probe" 2>&1); then
        echo "PYTHON=$PYTHON ${answer:-does not answer as a Python does}" >&2
        exit 1
    fi
    echo "$answer"
    exit 0
fi

for candidate in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do
    command -v "$candidate" >/dev/null || continue
    "$candidate" -c "$probe" 2>/dev/null && exit 0
done
echo "no Python of at least 3.11 that can make a virtual environment was found" >&2
exit 1
