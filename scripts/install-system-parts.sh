#!/usr/bin/env bash
# Brings what the tests need and one environment of pip cannot: Chromium, Prometheus, git and fonts
# from Debian, the GitHub emulator and HashiCorp's HCL parser from npm, and the Athena emulator from
# pip. What is there already is left alone, so a second run does nothing.
#
# Where it may not install (a laptop without root, another system), each missing part gets one
# sentence and the tests that need it are skipped. With CI=true a missing part is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

emulator=tests/github_emulator
missing=0

have() { command -v "$1" >/dev/null 2>&1; }

have_chromium() { have chromium || have chromium-browser || have google-chrome; }

have_font() { # have_font PATTERN: without fontconfig nobody can tell, and nobody needs it
  ! have fc-list || [ -n "$(fc-list "$1" 2>/dev/null | head -n 1)" ]
}

as_root=()
may_install() {
  have apt-get || return 1
  [ "$(id -u)" -eq 0 ] && return 0
  have sudo && sudo -n true 2>/dev/null && as_root=(sudo -n)
}

# The Debian packages that bring what is not here.
wanted=()
have_chromium || wanted+=(chromium)
{ have prometheus && have promtool; } || wanted+=(prometheus)
have git || wanted+=(git)
have npm || wanted+=(nodejs npm)
{ have_chromium && have_font ':lang=en'; } || wanted+=(fonts-dejavu-core)
{ have_chromium && have_font ':family=Noto Color Emoji'; } || wanted+=(fonts-noto-color-emoji)

install_packages() {
  # RUNLEVEL=1 tells the packages not to start a Prometheus of their own on this machine.
  local apt=("${as_root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
  echo "Installing ${wanted[*]} ..."
  "${apt[@]}" update >/dev/null || true # an old list may do
  "${apt[@]}" install -y --no-install-recommends "${wanted[@]}" >/dev/null
}

if [ "${#wanted[@]}" -gt 0 ] && may_install; then
  install_packages || echo "apt-get could not install all of: ${wanted[*]}"
fi

# The emulator, unless the lock it was installed from is the lock that lies here.
install_emulator() {
  local stamp="$emulator/node_modules/.installed-from"
  if cmp -s "$emulator/package-lock.json" "$stamp"; then return 0; fi
  have npm || return 1
  echo "Installing the GitHub emulator ..."
  npm --prefix "$emulator" ci --silent || return 1
  cp "$emulator/package-lock.json" "$stamp"
}

# Athena with real SQL, in an environment of its own; anew when its list has changed.
athena=tests/athena_emulator
install_athena() {
  local stamp="$athena/.venv/.installed-from"
  if cmp -s "$athena/requirements.txt" "$stamp"; then return 0; fi
  local python=.venv/bin/python
  [ -x "$python" ] || python=python3
  echo "Installing the Athena emulator ..."
  "$python" -m venv --clear "$athena/.venv" || return 1
  "$athena/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$athena/requirements.txt" || return 1
  cp "$athena/requirements.txt" "$stamp"
}

report() { # report PART CONSEQUENCE
  echo "$1 is missing: $2"
  missing=1
}

install_emulator || report "The GitHub emulator" "tests against the GitHub API are skipped (npm did not install $emulator)."
install_athena || report "The Athena emulator" "tests of bills in Athena are skipped (pip did not install $athena)."
have_chromium || report "Chromium" "tests in a browser are skipped (install Chromium or Google Chrome)."
{ have prometheus && have promtool; } || report "Prometheus" "tests of PromQL are skipped (install prometheus and promtool)."
have git || report "git" "tests of the local code host are skipped."

if [ "$missing" -eq 1 ] && [ "${CI:-}" = true ]; then exit 1; fi
