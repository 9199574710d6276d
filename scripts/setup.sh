#!/bin/sh
# Makes this checkout ready and is done in a moment when nothing changed.
#
#   scripts/setup.sh run    what dictating needs: system packages, .venv, sayso, the tiny.en model
#   scripts/setup.sh all    and the trainer, the tests, the checks, the base model
#
# .venv/sayso-setup is the stamp: for which interpreter and folder .venv was made, from which files, how far, and what
# it held. It is taken away before anything changes and written last, so a .venv without it is unfinished: made anew.
set -eu
cd "$(dirname "$0")/.."
level=${1:?run or all}

# One set-up at a time. The lock is not handed down (-o): a daemon that apt starts would hold it for ever.
if [ -z "${SAYSO_SETUP_LOCKED:-}" ] && command -v flock >/dev/null; then
    SAYSO_SETUP_LOCKED=yes exec flock -o .setup-lock scripts/setup.sh "$level"
fi

log=.setup-log
stamp=.venv/sayso-setup
case $level in
    run) groups='run'      extras='offline-model,indicator'                                     models='tiny.en' ;;
    all) groups='run test' extras='offline-model,offline-model-base,whispercpp,picture,indicator,trainer,test,dev' models='tiny.en base' ;;
    *) echo "setup.sh: run or all, not $level" >&2; exit 2 ;;
esac

say() { printf 'sayso: %s\n' "$*"; }

# quietly COMMAND…: what it prints goes to the log, and is shown when it fails.
quietly() {
    "$@" >>"$log" 2>&1 && return 0
    tail -n 30 "$log" >&2
    say "'$*' failed; the end of $log is above" >&2
    return 1
}

pip() { quietly .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }

# contents: the names in site-packages, one a line.
contents() { ls .venv/lib/python3.*/site-packages | grep -v '^__pycache__$'; }

# sound: .venv was finished, for this interpreter and this folder, and nothing it held is gone.
sound() {
    [ -f "$stamp" ] && .venv/bin/python -c '' 2>/dev/null || return 1
    {
        read -r made_for && [ "$made_for" = "$home" ] || return 1
        read -r made_from && read -r made_level || return 1
        while read -r name; do
            [ -e "$site/$name" ] || return 1
        done
    } < "$stamp"
}

: > "$log"
scripts/system-packages.sh $groups
python=$(scripts/find-python.sh) || exit 1
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
home="$python $version $PWD"
site=.venv/lib/python$version/site-packages
source=$(cat pyproject.toml constraints.txt scripts/packages.txt scripts/setup.sh | cksum)

if sound; then
    if [ "$made_from" = "$source" ]; then
        case $made_level in "$level" | all) ready=yes ;; esac
    fi
else
    [ ! -e .venv ] || say 'the .venv here is unfinished, broken, or made for another Python or folder: making it anew'
    rm -rf .venv
    say "making .venv with Python $version"
    quietly "$python" -m venv .venv
    pip install --upgrade pip -c constraints.txt
fi

if [ -z "${ready:-}" ]; then
    [ ! -f "$stamp" ] || mv "$stamp" "$stamp.before"
    case $level in
        run) say 'installing sayso (the first time takes a minute or two) …' ;;
        all) say 'installing sayso with its trainer and tests (the first time takes several minutes) …' ;;
    esac
    # Where pip fails (no network, say) it leaves what was there, and that stays usable.
    pip install -e ".[$extras]" -c constraints.txt --build-constraint constraints.txt || {
        [ ! -f "$stamp.before" ] || mv "$stamp.before" "$stamp"
        exit 1
    }
    { printf '%s\n' "$home" "$source" "$level"; contents; } > "$stamp.new"
    mv "$stamp.new" "$stamp"
    rm -f "$stamp.before"
fi
quietly .venv/bin/sayso models import $models
[ "$level" = run ] || quietly .venv/bin/sayso-train convert $models
