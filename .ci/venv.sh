#!/usr/bin/env bash
# Makes an environment of this checkout: .ci/venv.sh FOLDER [LOCK]
#
# LOCK is requirements.lock (to run Corridor; the default), .ci/dev.lock (that and the tests' packages) or .ci/docs.lock (the site of docs/).
# Finds a Python >= 3.12, makes the virtual environment FOLDER, installs LOCK into it, every file held against its hash, then Corridor itself
# unless LOCK is .ci/docs.lock. A stamp, written last, names the lock. An environment with the packages of requirements.lock gets those of
# .ci/dev.lock added; one without a stamp, or with another one, is half-made or out of date and is made anew.
# PYTHON=... names the Python to use; uv does the work where it is installed.
set -euo pipefail
unset PYTHONPATH PYTHONHOME
cd "$(dirname "$0")/.."
root=$(pwd -P)
venv=${1:?usage: .ci/venv.sh FOLDER [LOCK]}
lock=${2:-requirements.lock}
stamp=$venv/.corridor-complete
mark=$venv/.corridor-begun

say() { printf 'corridor: %s\n' "$*" >&2; }
fail() { say "$@"; exit 2; }
have() { command -v "$1" >/dev/null 2>&1; }

# What the stamp of an environment with the packages of a lock says.
wanted() { printf '%s %s %s\n' "$root" "$1" "$(cat "$1" pyproject.toml | cksum)"; }
holds() { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted "$1")" ] && fits "$venv/bin/python"; }

count() { grep -c '^[a-z].*==' "$1"; }

# How many packages a lock takes, and what a machine without any of them downloads.
size() {
    case $1 in
        requirements.lock) echo "about $(count "$1") packages, 270 MB" ;;
        .ci/dev.lock) echo "about $(count "$1") packages, 570 MB" ;;
        *) echo "about $(count "$1") packages" ;;
    esac
}

# Works, is 3.12 or newer and, without uv, can make virtual environments itself.
fits() {
    local check='import sys; sys.exit(sys.version_info < (3, 12))'
    have uv || check="import ensurepip, venv; $check"
    "$1" -c "$check" >/dev/null 2>&1
}

candidates() {
    local name
    for name in 3.13 3.12 3.14 3 ''; do echo "python$name"; done
    for name in 3.13 3.12 3.14 3; do printf '%s\n' "/usr/bin/python$name" "/usr/local/bin/python$name" "/opt/homebrew/bin/python$name"; done
    printf '%s\n' "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3
}

find_python() {
    local candidate
    if [ -n "${PYTHON:-}" ]; then
        fits "$PYTHON" || fail "PYTHON=$PYTHON is not a working Python 3.12 or newer that can make virtual environments."
        echo "$PYTHON"
        return
    fi
    while read -r candidate; do
        if fits "$candidate"; then echo "$candidate"; return; fi
    done <<<"$(candidates)"
    if have uv && candidate=$(uv python find --system --quiet '>=3.12' 2>/dev/null) && fits "$candidate"; then
        echo "$candidate"
        return
    fi
    fail "no Python 3.12 or newer that can make virtual environments was found. Install one (Debian and Ubuntu:" \
        "apt install python3 python3-venv; macOS: brew install python@3.13; uv: uv python install 3.13), or name one: make demo PYTHON=/path/to/python3"
}

# Only what this script made (it leaves a mark at once), or what is empty, is ever removed.
clear_old() {
    [ -e "$venv" ] || return 0
    [ -d "$venv" ] || fail "$venv is in the way: it is a file."
    if [ -n "$(ls -A "$venv")" ] && [ ! -e "$mark" ] && [ ! -e "$stamp" ]; then
        fail "$venv was not made for Corridor and is left alone. Remove it yourself, or name another one: make demo VENV=FOLDER"
    fi
    say "$venv is half-made or out of date; making it anew"
    rm -rf "$venv"
}

make_venv() {
    if have uv; then uv venv --quiet --allow-existing --python "$1" "$venv"; else "$1" -m venv "$venv"; fi
}

install() {
    if have uv; then
        uv pip install --quiet --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    fi
}

add_packages() {
    install --require-hashes -r "$lock" || fail "the packages could not be installed (reason above; without a network they cannot be" \
        "fetched). Mend that, then run the same command again."
}

# .ci/dev.lock holds all of requirements.lock.
if holds "$lock" || { [ "$lock" = requirements.lock ] && holds .ci/dev.lock; }; then exit 0; fi
if [ "$lock" = .ci/dev.lock ] && holds requirements.lock; then
    say "downloading what the tests need beside it into $venv (about $(($(count "$lock") - $(count requirements.lock))) packages, 290 MB), once"
    add_packages
    wanted "$lock" >"$stamp"
    exit 0
fi
python=$(find_python)
clear_old
say "making $venv with $("$python" --version) ($python); downloading the packages of $lock ($(size "$lock")), once"
mkdir -p "$venv" && : >"$mark"
make_venv "$python" || fail "$python could not make $venv (reason above). Mend that, then run the same command again."
add_packages
[ "$lock" = .ci/docs.lock ] || install --no-deps --no-build-isolation --editable . \
    || fail "Corridor itself could not be installed (reason above). Mend that, then run the same command again."
wanted "$lock" >"$stamp"
