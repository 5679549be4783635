#!/bin/sh
# Installs what Samut needs on Debian 12: packages (apt.txt), Python packages by hash, npm packages, built pages.
# `setup.sh run` for running it, `setup.sh test` with what the tests need. Doing it again takes a second.
set -eu
cd "$(dirname "$0")"
purpose=${1:-run}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
# sudo drops the caller's environment.
as_root() {
    set -- env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "$@"
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

free_kb=$(df -Pk . | awk 'NR==2 {print $4}')
[ "$free_kb" -gt 2000000 ] || fail "Only $((free_kb / 1024)) MB are free here; setting up needs 2000 MB. Make room and start again."

packages=$(awk -v purpose="$purpose" '/^# tests/ {if (purpose != "test") exit} /^[^#]/ {print $1}' apt.txt)
missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || fail "These packages are missing and you are not root:$missing. Ask an administrator: apt-get install$missing"
    say "Installing Debian packages:$missing"
    as_root apt-get update -qq || fail "The list of packages cannot be fetched. Is there a network?"
    # shellcheck disable=SC2086
    as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null || fail "apt-get could not install:$missing"
fi

python=$(command -v python3.11 || command -v python3) || fail "Python 3.11 is missing. Install it: apt-get install python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed; this is $("$python" --version)."
command -v node >/dev/null && command -v npm >/dev/null || fail "Node.js 20 with npm is missing. Install it from nodejs.org or your distribution."
node_major=$(node -p 'process.versions.node.split(".")[0]')
[ "$node_major" -ge 20 ] || fail "Node.js 20 or newer is needed; this is $(node --version). Install it from nodejs.org."

stamp=.venv/samut-stamp
wanted=$(cat requirements.lock apt.txt package-lock.json ./*/pyproject.toml ./*/*/pyproject.toml | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing Python packages"
    # One that was broken off, or made without python3-venv, has no pip.
    .venv/bin/python -m pip --version >/dev/null 2>&1 || rm -rf .venv
    [ -x .venv/bin/python ] || "$python" -m venv .venv || fail "A virtual environment cannot be made. Install it: apt-get install python3-venv"
    .venv/bin/python -m pip install -q --disable-pip-version-check 'uv>=0.13,<0.14' || fail "uv cannot be installed. Is there a network?"
    # pyscard and evdev have no wheel for Linux, sip2 (for the tests) none at all: what builds them is taken from the lock too, by hash.
    awk '/^[a-z]/ {wanted = /^(setuptools|swig)==/} wanted' requirements.lock |
        .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r -
    # Compiled once here: otherwise each start compiles anew and holds tens of megabytes more.
    .venv/bin/uv pip install -q --python .venv/bin/python --compile-bytecode --require-hashes \
        --only-binary :all: --no-binary pyscard --no-build-isolation-package pyscard \
        --no-binary evdev --no-build-isolation-package evdev \
        --no-binary sip2 --no-build-isolation-package sip2 -r requirements.lock
    .venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e hub -e hub/rules -e edge -e edge/wire
    say "Installing npm packages"
    PUPPETEER_SKIP_DOWNLOAD=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --ignore-scripts --no-audit --no-fund
    printf '%s' "$wanted" >"$stamp"
fi

built=.venv/samut-built
sources=$(find kiosk_ui hub/assets -name node_modules -prune -o -type f -print | sort | xargs sha256sum | sha256sum)
if [ "$(cat "$built" 2>/dev/null)" != "$sources" ] || [ ! -d edge/samut_edge/kiosk_page ] || [ ! -d hub/samut_hub/web/static/dist ]; then
    say "Building the pages"
    npm run --silent build >/dev/null || fail "The pages cannot be built: see npm run build."
    printf '%s' "$sources" >"$built"
fi
env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m compileall -q hub edge
for folder in hub/samut_hub/*/translations hub/samut_hub/*/*/translations; do
    [ -d "$folder" ] || continue
    .venv/bin/pybabel -q compile -d "$folder" 2>/dev/null || fail "The translations in $folder cannot be compiled."
done
