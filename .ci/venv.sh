#!/usr/bin/env bash
# Makes the environment of this checkout, or the one of its documentation: .ci/venv.sh FOLDER [LOCK]
#
# Finds a Python >= 3.12, makes the virtual environment FOLDER, installs LOCK (requirements.lock) into it, every file
# held against its hash, then Corridor itself unless LOCK is another one. A stamp is written last: an environment without it, or with another one, is
# half-made or out of date and is made anew. PYTHON=... names the Python to use; uv does the work where it is installed.
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

wanted() { printf '%s %s\n' "$root" "$(cat "$lock" pyproject.toml | cksum)"; }

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

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ] && fits "$venv/bin/python"; then exit 0; fi
python=$(find_python)
clear_old
say "making $venv with $("$python" --version) ($python); the packages of $lock, once"
mkdir -p "$venv" && : >"$mark"
make_venv "$python" || fail "$python could not make $venv (reason above). Mend that, then run the same command again."
install --require-hashes -r "$lock" \
    || fail "the packages could not be installed (reason above; without a network they cannot be fetched). Mend that, then run the same command again."
[ "$lock" != requirements.lock ] || install --no-deps --no-build-isolation --editable . \
    || fail "Corridor itself could not be installed (reason above). Mend that, then run the same command again."
wanted >"$stamp"
