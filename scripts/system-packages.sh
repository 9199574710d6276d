#!/bin/sh
# Installs what packages.txt asks for and this machine lacks: with apt when root or sudo can; otherwise it prints the
# one command for apt, dnf and pacman and stops with status 1. Where nothing is missing, no package manager is called.
#
#   scripts/system-packages.sh run          what dictating needs
#   scripts/system-packages.sh run test     and what the tests need
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin  # ldconfig, for a user whose path lacks it
log=.setup-log

say() { printf 'sayso: %s\n' "$*"; }

# present PROBE: true when any of its alternatives holds (packages.txt explains them).
present() {
    for one in $(echo "$1" | tr '|' ' '); do
        case $one in
            python) scripts/find-python.sh >/dev/null 2>&1 && return 0 ;;
            lib:*) case $libraries in *"${one#lib:} "*) return 0 ;; esac ;;
            alsa:*) for file in /usr/lib*/alsa-lib/"${one#alsa:}" /usr/lib/*/alsa-lib/"${one#alsa:}"; do
                    [ -e "$file" ] && return 0
                done ;;
            cmd:*) command -v "${one#cmd:}" >/dev/null && return 0 ;;
            file:*) for file in ${one#file:}; do [ -e "$file" ] && return 0; done ;;
        esac
    done
    return 1
}

# missing GROUPS: puts the names of what is missing into $apt, $dnf and $pacman.
missing() {
    apt='' dnf='' pacman=''
    libraries=$(ldconfig -p 2>/dev/null || true)
    while read -r group probe on_apt on_dnf on_pacman _; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        present "$probe" && continue
        apt="$apt $on_apt"
        [ "$on_dnf" = - ] || dnf="$dnf $on_dnf"
        [ "$on_pacman" = - ] || pacman="$pacman $on_pacman"
    done < scripts/packages.txt
}

stop() {
    cat >&2 <<END
sayso: $1
  Debian, Ubuntu   sudo apt-get update && sudo apt-get install$apt
  Fedora           sudo dnf install$dnf
  Arch             sudo pacman -S --needed$pacman
Install them with the one that fits, then run make again.
END
    exit 1
}

missing "$@"
[ -n "$apt" ] || exit 0
if [ -n "${PYTHON:-}" ] && ! scripts/find-python.sh >/dev/null; then exit 1; fi  # asked for by name: never replaced

command -v apt-get >/dev/null || stop 'these system packages are missing:'
if [ "$(id -u)" = 0 ]; then
    as_root=''
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
elif command -v sudo >/dev/null && [ -t 0 ]; then
    as_root=sudo
else
    stop 'these system packages are missing, and installing them needs root:'
fi

# A first boot may still be holding the lock for its own updates: wait for it.
apt_get() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}
update() { apt_get update || { tail -n 20 "$log" >&2; stop 'apt-get update failed; to do it by hand:'; }; }
known() { apt-cache show "$1" >/dev/null 2>&1; }

# newest_python: prints the newest python3.N-venv that apt offers, 3.11 at least.
newest_python() {
    for version in 3.14 3.13 3.12 3.11; do
        known "python$version-venv" && echo "python$version-venv" && return 0
    done
    return 1
}

# Debian's python3-venv belongs to Debian's python3. Where that one is older than 3.11, take the newest beside it.
choose_python() {
    case " $apt " in *' python3-venv '*) ;; *) return 0 ;; esac
    minor=$(apt-cache show python3-venv | sed -n 's/^Version: 3\.\([0-9]*\).*/\1/p' | sort -n | tail -n 1)
    [ "${minor:-0}" -lt 11 ] || return 0
    newest=$(newest_python || { update; newest_python; }) || {
        say 'apt offers no Python of at least 3.11 here. Install one and name it: PYTHON=/path/to/python3 make …' >&2
        exit 1
    }
    apt=$(echo "$apt" | sed "s/python3-venv/$newest/")
}

# Nothing already there is ever taken away (--no-remove) for the sake of what is added.
install() { apt_get install --no-install-recommends --no-remove $apt; }

say "installing system packages:$apt"
[ "$as_root" != sudo ] || say 'sudo may ask for your password'
for package in $apt; do
    known "$package" || { update; break; }
done
choose_python
install || { update && install; } || { tail -n 20 "$log" >&2; stop 'apt could not install them; to do it by hand:'; }

missing "$@"
[ -z "$apt" ] || stop 'installed, and yet these are not to be found:'
